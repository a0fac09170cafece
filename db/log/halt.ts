/**
 * The kill switch. During a halt no process claims tasks, except tasks that are to be stopped, and every open task shows
 * as paused. A halt is one row, so it pauses ten thousand tasks as fast as one, and also trees submitted later.
 */
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import { FORMER_HALTS, type Halt } from "@/db/records/halt";

const MOST_FORMER = 1_000;

export interface Halts {
  /** Returns the current halt, or null. Cheap, because every search for work asks. */
  current(): Halt | null;
  /** Begins a halt. Resolves with false when there is one already. */
  begin(by: string, reason: string): Promise<boolean>;
  /** Begins a halt within the caller's transaction. Returns false when there is one already. */
  beginWithin(context: WriteContext, by: string, reason: string): boolean;
  /** Ends the halt. Resolves with the ended halt, or null when there was none. */
  end(): Promise<Halt | null>;
}

export function createHalts(sqlite: Sqlite, log: Writes): Halts {
  const select = sqlite.prepare("SELECT value FROM facts WHERE name = 'halt'").pluck();
  const insert = sqlite.prepare("INSERT INTO facts (name, value) VALUES ('halt', ?) ON CONFLICT DO NOTHING");
  const remove = sqlite.prepare("DELETE FROM facts WHERE name = 'halt' RETURNING value").pluck();
  const former = sqlite.prepare(`SELECT value FROM facts WHERE name = '${FORMER_HALTS}'`).pluck();
  const keep = sqlite.prepare(
    `INSERT INTO facts (name, value) VALUES ('${FORMER_HALTS}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  const open = sqlite.prepare(`
    SELECT task.uid, tree.id AS treeId, tree.uid AS treeUid FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.ended_at_ms IS NULL`);

  /** Marks all open tasks as changed, because their shown status changes. */
  function touchOpen(context: WriteContext): void {
    for (const { uid, treeId, treeUid } of open.all() as { uid: string; treeId: number; treeUid: string }[])
      context.touch({ id: treeId, uid: treeUid }, uid);
  }

  function beginWithin(context: WriteContext, by: string, reason: string): boolean {
    const halt: Halt = { by, sinceMs: context.nowMs, reason };
    if (insert.run(JSON.stringify(halt)).changes === 0) return false;
    touchOpen(context);
    return true;
  }

  return {
    current() {
      const value = select.get() as string | undefined;
      return value === undefined ? null : JSON.parse(value);
    },
    begin: (by, reason) => log.write((context) => beginWithin(context, by, reason)),
    beginWithin,
    end: () =>
      log.write((context) => {
        const value = remove.get() as string | undefined;
        if (value === undefined) return null;
        touchOpen(context);
        const halt = JSON.parse(value) as Halt;
        const times = JSON.parse((former.get() as string | undefined) ?? "[]") as [number, number][];
        keep.run(JSON.stringify([...times, [halt.sinceMs, context.nowMs]].slice(-MOST_FORMER)));
        return halt;
      }),
  };
}
