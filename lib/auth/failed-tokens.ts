/**
 * Limits how often tokens can be tried. An address that sent many wrong tokens is ignored for the rest of a minute,
 * except with a token that worked before, so that other people's guesses lock nobody out.
 */
const WINDOW_MS = 60_000;
const MOST_FAILURES = 30;
/** The most entries of each list; above this the oldest are dropped. */
const MOST_REMEMBERED = 10_000;

export interface FailedTokens {
  /** Whether a token from this address is checked. */
  mayTry(address: string, tokenHash: string): boolean;
  note(address: string, tokenHash: string, wasRight: boolean): void;
}

export function createFailedTokens(now: () => number): FailedTokens {
  const failures = new Map<string, { count: number; untilMs: number }>();
  const right = new Set<string>();
  return {
    mayTry(address, tokenHash) {
      const found = failures.get(address);
      return !found || found.untilMs <= now() || found.count < MOST_FAILURES || right.has(tokenHash);
    },
    note(address, tokenHash, wasRight) {
      if (wasRight) {
        right.add(tokenHash);
        forgetOldest(right);
        return;
      }
      right.delete(tokenHash);
      const found = failures.get(address);
      if (found && found.untilMs > now()) found.count += 1;
      else {
        failures.delete(address);
        failures.set(address, { count: 1, untilMs: now() + WINDOW_MS });
        forgetOldest(failures);
      }
    },
  };
}

function forgetOldest(memory: Map<string, unknown> | Set<string>): void {
  if (memory.size <= MOST_REMEMBERED) return;
  for (const oldest of memory.keys()) {
    memory.delete(oldest);
    return;
  }
}
