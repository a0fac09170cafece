import type { McpLimits } from "./limits";

export interface Failing {
  server: string;
  scope: string;
  /** Failures in a row. */
  failures: number;
  /** The sentence of the last failure. */
  why: string;
  retryInMs: number;
}

/** Keeps waits per server and scope, so that failures in one tree do not delay other trees. */
export interface BackOff {
  /** Milliseconds until the next attempt is allowed; 0: now. */
  waitMs(key: string): number;
  failed(key: string, server: string, scope: string, why: string): void;
  succeeded(key: string): void;
  of(key: string): Failing | undefined;
  all(): Failing[];
  /** Drops the failures that are meant. */
  forget(isMeant: (failing: Pick<Failing, "server" | "scope">) => boolean): void;
}

/**
 * The first failure allows an immediate retry; after that, waits double, so that a crashing server is not restarted in
 * a storm.
 */
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
    forget(isMeant) {
      for (const [key, entry] of failing) if (isMeant(entry)) failing.delete(key);
    },
  };
}
