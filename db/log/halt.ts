/**
 * The kill switch: while a halt stands nothing is claimed, in no process, but for what is to be stopped; every task that has
 * not ended shows as paused. It is one row, so that it holds for ten thousand tasks as quickly as for one, and for trees
 * that are submitted while it stands.
 */
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import type { Halt } from "@/db/records/halted";

export interface Halts {
  /** Cheap: asked with every look for work. */
  current(): Halt | null;
  /** False when one stands already. */
  begin(by: string, reason: string): Promise<boolean>;
  /** What stood; null: nothing did. */
  end(): Promise<Halt | null>;
}

export function createHalts(sqlite: Sqlite, log: Writes): Halts {
  const select = sqlite.prepare("SELECT value FROM facts WHERE name = 'halt'").pluck();
  const insert = sqlite.prepare("INSERT INTO facts (name, value) VALUES ('halt', ?) ON CONFLICT DO NOTHING");
  const remove = sqlite.prepare("DELETE FROM facts WHERE name = 'halt' RETURNING value").pluck();
  const open = sqlite.prepare(`
    SELECT task.uid, tree.id AS treeId, tree.uid AS treeUid FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.ended_at_ms IS NULL`);

  /** Everything that has not ended looks otherwise from now on. */
  function touchOpen(context: WriteContext): void {
    for (const { uid, treeId, treeUid } of open.all() as { uid: string; treeId: number; treeUid: string }[])
      context.touch({ id: treeId, uid: treeUid }, uid);
  }

  return {
    current() {
      const value = select.get() as string | undefined;
      return value === undefined ? null : JSON.parse(value);
    },
    begin: (by, reason) =>
      log.write((context) => {
        const halt: Halt = { by, sinceMs: context.nowMs, reason };
        if (insert.run(JSON.stringify(halt)).changes === 0) return false;
        touchOpen(context);
        return true;
      }),
    end: () =>
      log.write((context) => {
        const value = remove.get() as string | undefined;
        if (value === undefined) return null;
        touchOpen(context);
        return JSON.parse(value) as Halt;
      }),
  };
}
