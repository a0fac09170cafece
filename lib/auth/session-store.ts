/**
 * Where the hashes of sessions and of sign-in links are kept. Only hashes: whoever reads the store cannot sign in with it.
 * `has` is false, and `delete` answers false, for a hash that is not there or whose time is over.
 * `delete` must be atomic: of two callers at once only one is told true, because that is what makes a link valid once.
 */
export interface SessionStore {
  create(hash: string, expiresAtMs: number): Promise<void>;
  has(hash: string): Promise<boolean>;
  delete(hash: string): Promise<boolean>;
}

/** Forgets everything with the process; for tests. */
export function memorySessionStore(now: () => number = Date.now): SessionStore {
  const expiries = new Map<string, number>();
  const isLive = (hash: string) => (expiries.get(hash) ?? 0) > now();
  return {
    async create(hash, expiresAtMs) {
      expiries.set(hash, expiresAtMs);
    },
    async has(hash) {
      return isLive(hash);
    },
    async delete(hash) {
      const live = isLive(hash);
      expiries.delete(hash);
      return live;
    },
  };
}
