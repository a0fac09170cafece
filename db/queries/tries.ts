/** Counts the attempts at the newest words of a person. */
import { fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { TaskRow } from "./shapes";

export type TriesReader = (row: Pick<TaskRow, "id" | "uid" | "attempt">) => number;

/** Rows are read often, and few tasks have a second attempt. */
const MOST_KEPT = 1_000;

export function createTries(sqlite: Sqlite): TriesReader {
  const words = fieldOf("words");
  const retries = sqlite
    .prepare(`
    SELECT count(*) FROM messages WHERE task_id = @id AND ${isEvent(["retried"])} AND ${words} IS NULL
      AND id > coalesce((SELECT max(id) FROM messages WHERE task_id = @id AND ${isEvent(["retried"])}
        AND ${words} IS NOT NULL), 0)`)
    .pluck();
  /** By the task: what was counted up to an attempt never changes. */
  const kept = new Map<string, { attempt: number; tries: number }>();
  return ({ id, uid, attempt }) => {
    if (attempt <= 1) return 1;
    const known = kept.get(uid);
    if (known?.attempt === attempt) return known.tries;
    const tries = 1 + (retries.get({ id }) as number);
    kept.delete(uid);
    kept.set(uid, { attempt, tries });
    for (const old of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(old);
    return tries;
  };
}
