import type { McpLimits } from "./limits";

export interface BackOff {
  /** Milliseconds until it may be tried again; 0: now. */
  waitMs(key: string): number;
  failed(key: string, why: string): void;
  succeeded(key: string): void;
  /** Failures in a row, and the last one's sentence. */
  of(key: string): { failures: number; why: string } | undefined;
}

/** What fails is tried again at once the first time, then after waits that double: a server that always crashes starts no storm. */
export function createBackOff(limits: Pick<McpLimits, "backOffMs" | "backOffMostMs">, now: () => number): BackOff {
  const failing = new Map<string, { failures: number; why: string; nextMs: number }>();
  return {
    waitMs: (key) => Math.max(0, (failing.get(key)?.nextMs ?? 0) - now()),
    failed(key, why) {
      const failures = (failing.get(key)?.failures ?? 0) + 1;
      const waitMs = failures === 1 ? 0 : Math.min(limits.backOffMs * 2 ** (failures - 2), limits.backOffMostMs);
      failing.set(key, { failures, why, nextMs: now() + waitMs });
    },
    succeeded: (key) => {
      failing.delete(key);
    },
    of: (key) => failing.get(key),
  };
}
