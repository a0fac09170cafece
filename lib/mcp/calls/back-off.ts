import type { McpLimits } from "./limits";

export interface Failing {
  server: string;
  scope: string;
  /** In a row. */
  failures: number;
  /** The last one's sentence. */
  why: string;
  retryInMs: number;
}

/** For a server and a scope together: what one tree does to its process does not keep others from starting theirs. */
export interface BackOff {
  /** Milliseconds until it may be tried again; 0: now. */
  waitMs(key: string): number;
  failed(key: string, server: string, scope: string, why: string): void;
  succeeded(key: string): void;
  of(key: string): Failing | undefined;
  all(): Failing[];
  /** The scope has ended. */
  forget(scope: string): void;
}

/** What fails is tried again at once the first time, then after waits that double: a server that always crashes starts no storm. */
export function createBackOff(limits: Pick<McpLimits, "backOffMs" | "backOffMostMs">, now: () => number): BackOff {
  const failing = new Map<string, { server: string; scope: string; failures: number; why: string; nextMs: number }>();
  const waitMs = (key: string) => Math.max(0, (failing.get(key)?.nextMs ?? 0) - now());
  const of = (key: string): Failing | undefined => {
    const found = failing.get(key);
    if (!found) return undefined;
    const { nextMs: _, ...rest } = found;
    return { ...rest, retryInMs: waitMs(key) };
  };
  return {
    waitMs,
    failed(key, server, scope, why) {
      const failures = (failing.get(key)?.failures ?? 0) + 1;
      const pauseMs = failures === 1 ? 0 : Math.min(limits.backOffMs * 2 ** (failures - 2), limits.backOffMostMs);
      failing.set(key, { server, scope, failures, why, nextMs: now() + pauseMs });
    },
    succeeded: (key) => {
      failing.delete(key);
    },
    of,
    all: () => [...failing.keys()].flatMap((key) => of(key) ?? []),
    forget(scope) {
      for (const [key, entry] of failing) if (entry.scope === scope) failing.delete(key);
    },
  };
}
