/**
 * Stores which of two trees a person kept: the kept one is pinned, and a fact of the other one names it. The fact goes with
 * its tree.
 */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { notKeptFact } from "@/db/queries/tree-rows";

interface Key {
  id: number;
  uid: string;
}

/** What the fact of a tree that was not kept says. */
interface NotKept {
  /** Public id of the tree that was kept instead. */
  instead: string;
  by: string;
  at: string;
  /** Whether keeping the other one pinned it, so that undoing takes the pin away. A person's own pin takes this back. */
  pinned: boolean;
}

export interface KeptTrees {
  /** Keeps one of two trees. An earlier choice of the other one is undone. */
  keep(kept: Key, other: Key, by: string): Promise<void>;
  /**
   * Undoes `keep`. Resolves with false, and changes nothing, when the first tree is not kept in place of the second.
   */
  undo(kept: Key, other: Key): Promise<boolean>;
}

export function createKeptTrees(sqlite: Sqlite, log: Writes): KeptTrees {
  const facts = createFacts(sqlite);
  const run = {
    pin: sqlite.prepare(
      "UPDATE trees SET pinned_by = @by, pinned_at_ms = @now WHERE id = @id AND pinned_at_ms IS NULL RETURNING id",
    ),
    unpin: sqlite.prepare("UPDATE trees SET pinned_by = NULL, pinned_at_ms = NULL WHERE id = ?"),
    forget: sqlite.prepare("DELETE FROM facts WHERE name = ?"),
    handOn: sqlite.prepare(`
      UPDATE facts SET value = json_set(value, '$.pinned', json('true')) WHERE name = (
        SELECT name FROM facts WHERE name GLOB '${notKeptFact("*")}' AND value ->> '$.instead' = ? LIMIT 1)`),
  };
  const undo = (kept: Key, other: Key): boolean => {
    const name = notKeptFact(other.uid);
    const value = facts.read(name);
    const fact = value === undefined ? null : (JSON.parse(value) as NotKept);
    if (fact?.instead !== kept.uid) return false;
    run.forget.run(name);
    // While it is kept instead of a third tree, the pin goes with that choice.
    if (fact.pinned && run.handOn.run(kept.uid).changes === 0) run.unpin.run(kept.id);
    return true;
  };
  return {
    keep: (kept, other, by) =>
      log.write(({ nowMs, touch }) => {
        // Keeping a second time must not forget that the first time pinned it.
        undo(kept, other);
        undo(other, kept);
        const pinned = run.pin.get({ id: kept.id, by, now: nowMs }) !== undefined;
        run.forget.run(notKeptFact(kept.uid));
        const fact: NotKept = { instead: kept.uid, by, at: new Date(nowMs).toISOString(), pinned };
        facts.write(notKeptFact(other.uid), JSON.stringify(fact));
        for (const key of [kept, other]) touch(key, null);
      }),
    undo: (kept, other) =>
      log.write(({ touch }) => {
        const isUndone = undo(kept, other);
        if (isUndone) for (const key of [kept, other]) touch(key, null);
        return isUndone;
      }),
  };
}
