/** Stores requests with an `Idempotency-Key`, what they have done, and their answers, for a day: see lib/http/idempotency.ts. */
import { createHash } from "node:crypto";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

interface Answer {
  status: number;
  body: unknown;
}

interface BegunRequest {
  requestHash: string;
  atMs: number;
  answer: Answer | null;
}

/** What a request does only once, with what it answers. */
export interface Once {
  /** Unique among all senders and operations. */
  key: string;
  /** Of what was asked for: the same key with another input is another request. */
  inputHash: string;
  answer: object;
}

export interface Answers {
  /** Stores that the request has come, unless one with this key has come within a day, and returns the first one. */
  begin(hash: string, requestHash: string): Promise<BegunRequest>;
  keep(hash: string, answer: Answer): Promise<void>;
  /** Returns what was done with this key within a day; undefined: nothing was. An older version kept no hash. */
  doneWith(key: string): Omit<Once, "key"> | undefined;
  /** Stores what was done in no transaction of its own. */
  note(once: Once): Promise<void>;
}

/** The status of a request that has no answer yet, and of something that was done. */
const [UNANSWERED, DONE] = [0, 1];
const KEPT_MS = 24 * 3_600_000;

export function createAnswers(sqlite: Sqlite, log: Writes, now: () => number): Answers {
  const select = sqlite.prepare(
    "SELECT request_hash AS requestHash, status, body, created_at_ms AS atMs FROM answers WHERE hash = ? AND created_at_ms > ?",
  );
  const insert = sqlite.prepare("INSERT INTO answers VALUES (@hash, @requestHash, @status, 'null', @nowMs)");
  const answer = sqlite.prepare("UPDATE answers SET status = @status, body = @body WHERE hash = @hash");
  const prune = sqlite.prepare("DELETE FROM answers WHERE created_at_ms <= ?");
  const once = createOnce(sqlite);
  const find = (hash: string) => {
    const row = select.get(hash, now() - KEPT_MS) as StoredRow | undefined;
    if (!row) return undefined;
    const { requestHash, atMs, status, body } = row;
    return { requestHash, atMs, answer: status === UNANSWERED ? null : { status, body: JSON.parse(body) } };
  };
  return {
    // Read first, because a repeated request, which is the usual case of a known key, writes nothing.
    begin: async (hash, requestHash) =>
      find(hash) ??
      log.write(({ nowMs }) => {
        prune.run(nowMs - KEPT_MS);
        const known = find(hash);
        if (!known) insert.run({ hash, requestHash, status: UNANSWERED, nowMs });
        return known ?? { requestHash, atMs: nowMs, answer: null };
      }),
    keep: (hash, { status, body }) => log.write(() => void answer.run({ hash, status, body: JSON.stringify(body) })),
    doneWith(key) {
      const done = find(hashOf(key));
      return done?.answer ? { inputHash: done.requestHash, answer: done.answer.body as object } : undefined;
    },
    note: (done) => log.write(({ nowMs }) => once.note(done, nowMs)),
  };
}

interface StoredRow {
  requestHash: string;
  status: number;
  body: string;
  atMs: number;
}

/** Stores what is done in the transaction in which it is done. Both do nothing without a key. */
export function createOnce(sqlite: Sqlite) {
  const select = sqlite.prepare("SELECT 1 FROM answers WHERE hash = ? AND created_at_ms > ?").pluck();
  const insert = sqlite.prepare(`INSERT OR REPLACE INTO answers VALUES (@hash, @inputHash, ${DONE}, @body, @nowMs)`);
  return {
    isDone: (once: Once | undefined, nowMs: number): boolean =>
      once !== undefined && select.get(hashOf(once.key), nowMs - KEPT_MS) !== undefined,
    note(once: Once | undefined, nowMs: number): void {
      if (!once) return;
      const { key, inputHash, answer } = once;
      insert.run({ hash: hashOf(key), inputHash, body: JSON.stringify(answer), nowMs });
    },
  };
}

function hashOf(key: string): string {
  return createHash("sha256").update(`done ${key}`).digest("hex");
}
