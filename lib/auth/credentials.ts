/**
 * Stores the hashes of sessions, sign-in links and API tokens. Only hashes, so that reading the store is not enough to
 * sign in. Every request reads the store, so expired and revoked credentials, and those of removed people, stop working
 * immediately.
 */
import type { Actor } from "@/core/rules/roles";

export interface CredentialStore {
  /** `userId` null: the machine's owner. */
  create(hash: string, expiresAtMs: number, userId?: string | null): Promise<void>;
  /** Stores a sign-in link in place of the one before it, which no longer works. */
  createLink(hash: string, expiresAtMs: number): Promise<void>;
  /** Returns the session's actor with their present role. */
  ofSession(hash: string): Promise<Actor | null>;
  /** Atomic: only one of two parallel callers gets true, which makes a link valid only once. */
  delete(hash: string): Promise<boolean>;
  /** Returns the token's actor; records its use, at most once a minute. */
  ofToken(hash: string): Promise<Actor | null>;
  /** Calls `listener` when a session, role or token changed in this process. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
}

/** Returns a store in memory without users and tokens, for tests. */
export function memoryCredentials(now: () => number = Date.now): CredentialStore {
  const expiries = new Map<string, number>();
  let link: string | null = null;
  const listeners = new Set<() => void>();
  const owner: Actor = { id: "owner", name: "you", role: "admin" };
  const isLive = (hash: string) => (expiries.get(hash) ?? 0) > now();
  return {
    async create(hash, expiresAtMs) {
      expiries.set(hash, expiresAtMs);
    },
    async createLink(hash, expiresAtMs) {
      if (link !== null) expiries.delete(link);
      link = hash;
      expiries.set(hash, expiresAtMs);
    },
    ofSession: async (hash) => (isLive(hash) ? owner : null),
    async delete(hash) {
      if (!expiries.has(hash)) return false;
      const live = isLive(hash);
      expiries.delete(hash);
      for (const listener of listeners) listener();
      return live;
    },
    ofToken: async () => null,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
