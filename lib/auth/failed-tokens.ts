/**
 * Counts wrong tokens by address. An address that sent many is told to wait for the rest of a minute. Look a token up
 * before you ask: behind a reverse proxy everybody has one address, and other people's guesses must lock nobody out. The
 * secrets are 256 random bits, so that no number of guesses finds one.
 */
const WINDOW_MS = 60_000;
const MOST_FAILURES = 30;
/** The most addresses; above this the oldest are dropped. */
const MOST_REMEMBERED = 10_000;

export interface FailedTokens {
  /** Counts a wrong token of the address; returns whether it has sent too many. */
  isTooMany(address: string): boolean;
}

export function createFailedTokens(now: () => number): FailedTokens {
  const failures = new Map<string, { count: number; untilMs: number }>();
  return {
    isTooMany(address) {
      const found = failures.get(address);
      if (found && found.untilMs > now()) {
        found.count += 1;
        return found.count > MOST_FAILURES;
      }
      failures.delete(address);
      failures.set(address, { count: 1, untilMs: now() + WINDOW_MS });
      for (const oldest of failures.keys()) {
        if (failures.size <= MOST_REMEMBERED) break;
        failures.delete(oldest);
      }
      return false;
    },
  };
}
