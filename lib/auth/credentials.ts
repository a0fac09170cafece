/**
 * Where the hashes of sessions, sign-in links and API tokens are kept. Only hashes: whoever reads the store cannot sign in
 * with it. What is over, revoked, or of a person who was removed is not there any more, from that moment on: the store is
 * asked with every request.
 */
import type { Actor } from "@/core/rules/roles";

export interface CredentialStore {
  /** `userId` null: of whoever has the machine. */
  create(hash: string, expiresAtMs: number, userId?: string | null): Promise<void>;
  /** Who has the session, as they are now. */
  ofSession(hash: string): Promise<Actor | null>;
  /** Atomic: of two callers at once only one is told true, because that is what makes a link valid once. */
  delete(hash: string): Promise<boolean>;
  /** Who has the token; notes that it was used, at most once a minute. */
  ofToken(hash: string): Promise<Actor | null>;
  /** Somebody's session, role or token changed in this process. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
}

/** Has no users and no tokens, and forgets everything with the process; for tests. */
export function memoryCredentials(now: () => number = Date.now): CredentialStore {
  const expiries = new Map<string, number>();
  const listeners = new Set<() => void>();
  const owner: Actor = { id: "owner", name: "you", role: "admin" };
  const isLive = (hash: string) => (expiries.get(hash) ?? 0) > now();
  return {
    async create(hash, expiresAtMs) {
      expiries.set(hash, expiresAtMs);
    },
    ofSession: async (hash) => (isLive(hash) ? owner : null),
    async delete(hash) {
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
