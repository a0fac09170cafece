/** Removes lessons without evidence, so that the file stops growing, however long a server learns. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface LessonPruning {
  /** Returns when lessons were last pruned; null: never. */
  prunedAtMs(): number | null;
  /**
   * Removes lessons that may go until at most `most` are left, those that changed longest ago first, and merges the
   * parts of the search index. Resolves with how many were removed. Lessons that helped at least as often as they
   * harmed stay, and so do those that a person approved.
   */
  prune(most: number): Promise<number>;
}

const FACT = "lessons_pruned";
const DAY_MS = 86_400_000;
/** A candidate that nobody changed for this many days will not be decided any more. */
const CANDIDATE_DAYS = 180;
/** A retired lesson keeps the same advice from coming back, and says why. Nobody asks any more after a year. */
const RETIRED_DAYS = 365;
/** In one transaction, so that no turn waits long for it. */
const BATCH = 500;
/** Pages of the index that one transaction merges. */
const MERGED_PAGES = 200;
/** FTS5 reports fewer changes than this when a merge had nothing to do. */
const NOTHING_MERGED = 2;

export function createLessonPruning(sqlite: Sqlite, log: Pick<Writes, "write">): LessonPruning {
  const facts = createFacts(sqlite);
  const run = statements(sqlite);
  const ages = (nowMs: number) => ({
    candidatesBeforeMs: nowMs - CANDIDATE_DAYS * DAY_MS,
    retiredBeforeMs: nowMs - RETIRED_DAYS * DAY_MS,
  });
  const goneBy = (nowMs: number, most: number) =>
    run.idle.all({ ...ages(nowMs), limit: Math.max(0, (run.count.get() as number) - most) }) as number[];
  /** Returns whether it was still to go: a person may have approved it since it was chosen. */
  const drop = (id: number, nowMs: number): boolean => {
    if (run.drop.run({ ...ages(nowMs), id }).changes === 0) return false;
    run.dropIndex.run(id);
    return true;
  };
  const merge = (pages: number): boolean => {
    const before = run.changes.get() as number;
    run.merge.run(pages);
    return (run.changes.get() as number) - before >= NOTHING_MERGED;
  };
  return {
    prunedAtMs: () => {
      const value = facts.read(FACT);
      return value === undefined ? null : Number(value);
    },
    async prune(most) {
      const ids = await log.write(({ nowMs }) => {
        facts.write(FACT, String(nowMs));
        return goneBy(nowMs, most);
      });
      let removed = 0;
      for (let from = 0; from < ids.length; from += BATCH)
        removed += await log.write(({ nowMs }) => ids.slice(from, from + BATCH).filter((id) => drop(id, nowMs)).length);
      // A search costs one lookup for each word in each part of the index.
      let isLeft = await log.write(() => merge(-MERGED_PAGES));
      while (isLeft) isLeft = await log.write(() => merge(MERGED_PAGES));
      return removed;
    },
  };
}

/** SQL condition for a lesson without evidence that nobody has changed or seen for long. */
const MAY_GO = `status <> 'live' AND is_approved = 0 AND (helped = 0 OR helped < harmed)
  AND max(changed_at_ms, ifnull(last_used_ms, 0))
    < CASE status WHEN 'candidate' THEN @candidatesBeforeMs ELSE @retiredBeforeMs END`;

function statements(sqlite: Sqlite) {
  return {
    count: sqlite.prepare("SELECT count(*) FROM lessons").pluck(),
    idle: sqlite
      .prepare(`
        SELECT id FROM lessons WHERE ${MAY_GO} ORDER BY changed_at_ms LIMIT @limit`)
      .pluck(),
    dropIndex: sqlite.prepare("DELETE FROM lessons_fts WHERE rowid = ?"),
    // Its uses, sources and history go with it.
    drop: sqlite.prepare(`DELETE FROM lessons WHERE id = @id AND ${MAY_GO}`),
    merge: sqlite.prepare("INSERT INTO lessons_fts (lessons_fts, rank) VALUES ('merge', ?)"),
    changes: sqlite.prepare("SELECT total_changes()").pluck(),
  };
}
