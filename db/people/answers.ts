/** Stores answers to requests with an `Idempotency-Key` for a day. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

interface KeptAnswer {
  requestHash: string;
  status: number;
  body: unknown;
}

export interface Answers {
  find(hash: string): KeptAnswer | null;
  keep(hash: string, answer: KeptAnswer): Promise<void>;
}

const KEPT_MS = 24 * 3_600_000;

export function createAnswers(sqlite: Sqlite, log: Writes, now: () => number): Answers {
  const select = sqlite.prepare(
    "SELECT request_hash AS requestHash, status, body FROM answers WHERE hash = ? AND created_at_ms > ?",
  );
  const insert = sqlite.prepare("INSERT OR REPLACE INTO answers VALUES (@hash, @requestHash, @status, @body, @nowMs)");
  const prune = sqlite.prepare("DELETE FROM answers WHERE created_at_ms <= ?");
  return {
    find(hash) {
      const row = select.get(hash, now() - KEPT_MS) as (Omit<KeptAnswer, "body"> & { body: string }) | undefined;
      return row ? { ...row, body: JSON.parse(row.body) } : null;
    },
    keep: (hash, { requestHash, status, body }) =>
      log.write(({ nowMs }) => {
        prune.run(nowMs - KEPT_MS);
        insert.run({ hash, requestHash, status, body: JSON.stringify(body), nowMs });
      }),
  };
}
