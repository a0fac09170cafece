/** Removes lessons that nothing speaks for, so that the file stays level however long a server learns. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface LessonPruning {
  /** Returns when lessons were last pruned; null: never. */
  prunedAtMs(): number | null;
  /**
   * Removes lessons that may go until at most `most` are left, those that changed longest ago first. Resolves with how
   * many were removed. Those that helped more often than they harmed stay, and so do those that a person approved.
   */
  prune(most: number): Promise<number>;
}

const FACT = "lessons_pruned";
const DAY_MS = 86_400_000;
/** A candidate that nobody looked at for so long is no longer waited for. */
const CANDIDATE_DAYS = 180;
/** A retired lesson keeps the same advice from coming back, and says why. Nobody asks any more after a year. */
const RETIRED_DAYS = 365;
/** In one transaction, so that no turn waits long for it. */
const BATCH = 500;

export function createLessonPruning(sqlite: Sqlite, log: Pick<Writes, "write">): LessonPruning {
  const facts = createFacts(sqlite);
  const count = sqlite.prepare("SELECT count(*) FROM lessons").pluck();
  const idle = (status: "candidate" | "retired") =>
    sqlite
      .prepare(`
        SELECT id FROM lessons WHERE status = '${status}' AND changed_at_ms < @before
          AND ifnull(last_used_ms, 0) < @before AND is_approved = 0 AND (helped = 0 OR helped < harmed)
        ORDER BY changed_at_ms LIMIT @limit`)
      .pluck();
  const statements = { candidate: idle("candidate"), retired: idle("retired") };
  const dropIndex = sqlite.prepare("DELETE FROM lessons_fts WHERE rowid = ?");
  // Its uses, sources and history go with it.
  const drop = sqlite.prepare("DELETE FROM lessons WHERE id = ?");
  const batch = (most: number, nowMs: number): number => {
    const limit = Math.min(BATCH, (count.get() as number) - most);
    if (limit <= 0) return 0;
    const found = (status: keyof typeof statements, days: number, limit: number) =>
      statements[status].all({ before: nowMs - days * DAY_MS, limit }) as number[];
    const candidates = found("candidate", CANDIDATE_DAYS, limit);
    const ids = [...candidates, ...found("retired", RETIRED_DAYS, limit - candidates.length)];
    for (const id of ids) {
      dropIndex.run(id);
      drop.run(id);
    }
    return ids.length;
  };
  return {
    prunedAtMs: () => {
      const value = facts.read(FACT);
      return value === undefined ? null : Number(value);
    },
    async prune(most) {
      let removed = 0;
      for (;;) {
        const now = await log.write(({ nowMs }) => {
          const gone = batch(most, nowMs);
          if (gone === 0) facts.write(FACT, String(nowMs));
          return gone;
        });
        if (now === 0) return removed;
        removed += now;
      }
    },
  };
}
