/** Stores what people say about the results of trees. A person's newest word replaces the one before. */
import type { PersonVerdict } from "@/core/shapes/improving/trials";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

export interface PersonVerdicts {
  of(treeUid: string): PersonVerdict | null;
  /** Resolves with false when the tree is deleted or has not ended. */
  set(treeUid: string, verdict: Omit<PersonVerdict, "at">): Promise<boolean>;
}

export function createPersonVerdicts(sqlite: Sqlite, log: Writes): PersonVerdicts {
  const select = sqlite.prepare(`
    SELECT outcome, reason, by, person_verdicts.created_at_ms AS atMs
    FROM person_verdicts JOIN trees ON trees.id = tree_id WHERE trees.uid = ?`);
  const replace = sqlite.prepare(`
    INSERT INTO person_verdicts (tree_id, outcome, reason, by, created_at_ms)
    SELECT id, @outcome, @reason, @by, @nowMs FROM trees WHERE uid = @treeUid AND ended_at_ms IS NOT NULL
    ON CONFLICT (tree_id) DO UPDATE SET outcome = @outcome, reason = @reason, by = @by, created_at_ms = @nowMs`);
  return {
    of(treeUid) {
      const row = select.get(treeUid) as (Omit<PersonVerdict, "at"> & { atMs: number }) | undefined;
      if (!row) return null;
      const { atMs, ...verdict } = row;
      return { ...verdict, at: iso(atMs) };
    },
    set: (treeUid, verdict) => log.write(({ nowMs }) => replace.run({ ...verdict, treeUid, nowMs }).changes > 0),
  };
}

/** Returns a function for the transaction that begins a tree again: what people said was about the result before. */
export function createVerdictForgetting(sqlite: Sqlite): (treeId: number) => void {
  const forget = sqlite.prepare("DELETE FROM person_verdicts WHERE tree_id = ?");
  return (treeId) => void forget.run(treeId);
}
