import type { Sqlite } from "./client";
import type { Log } from "./log";

/** Hashes of sessions and sign-in links. `has` is false, and `delete` answers false, for what is not there or is over. */
export interface Sessions {
  create(hash: string, expiresAtMs: number): Promise<void>;
  has(hash: string): Promise<boolean>;
  delete(hash: string): Promise<boolean>;
}

export function createSessions(sqlite: Sqlite, log: Log, now: () => number): Sessions {
  const insert = sqlite.prepare("INSERT OR REPLACE INTO sessions (hash, expires_at_ms) VALUES (?, ?)");
  const select = sqlite.prepare("SELECT 1 FROM sessions WHERE hash = ? AND expires_at_ms > ?");
  const remove = sqlite.prepare("DELETE FROM sessions WHERE hash = ? RETURNING expires_at_ms").pluck();
  const sweep = sqlite.prepare("DELETE FROM sessions WHERE expires_at_ms <= ?");
  return {
    create: (hash, expiresAtMs) =>
      log.write(({ nowMs }) => {
        sweep.run(nowMs);
        insert.run(hash, expiresAtMs);
      }),
    has: async (hash) => select.get(hash, now()) !== undefined,
    delete: (hash) => log.write(({ nowMs }) => ((remove.get(hash) as number | undefined) ?? 0) > nowMs),
  };
}
