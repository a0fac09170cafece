import type { Letter, LetterBody } from "@/core/facts";
import type { Sqlite } from "@/db/file/client";
import type { WriteContext } from "@/db/file/writes";

type Steer = Extract<LetterBody, { kind: "steer" }>;
type GoalChanged = Extract<LetterBody, { kind: "goal_change" }>;
/** As a letter stands in the database. `fields`: the steer is a change of the goal. */
export type StoredLetter = LetterBody | (Steer & { fields: GoalChanged["fields"] });

/**
 * Returns a letter as it is stored. Unlike an unknown event, a letter of an unknown kind cannot be ignored: its task would
 * fail. A change of a goal may lie unread for days, so an older release that comes back reads it as a message.
 */
export function storedLetter(body: LetterBody): StoredLetter {
  return body.kind === "goal_change" ? { ...body, kind: "steer" } : body;
}

/** Returns a stored letter as it was sent. */
export function readLetter(stored: StoredLetter): LetterBody {
  return "fields" in stored ? { ...stored, kind: "goal_change" } : stored;
}

/** Stores letters to tasks: steers, questions, answers, stops. A letter wakes a task that waits or is parked. */
export function createMail(sqlite: Sqlite) {
  const insert = sqlite.prepare(`
    INSERT INTO letters (tree_id, task_id, body, created_at_ms)
    SELECT tree_id, id, @body, @now FROM tasks WHERE uid = @to AND ended_at_ms IS NULL`);
  const wake = sqlite.prepare(`
    UPDATE tasks SET letters = letters + 1, stop_requested = max(stop_requested, @stop), parked_until_ms = NULL, detail = NULL,
      wait_kind = CASE WHEN status = 'running' THEN wait_kind END,
      status = CASE WHEN status = 'running' THEN status ELSE 'ready' END
    WHERE uid = @to`);
  const select = sqlite.prepare("SELECT id, body FROM letters WHERE task_id = ? ORDER BY id");

  const treeOfTask = sqlite.prepare(
    "SELECT trees.id, trees.uid FROM trees JOIN tasks ON tasks.tree_id = trees.id WHERE tasks.uid = ?",
  );

  function send(to: string, body: LetterBody, nowMs: number): boolean {
    if (insert.run({ to, body: JSON.stringify(storedLetter(body)), now: nowMs }).changes === 0) return false;
    wake.run({ to, stop: body.kind === "stop" ? 1 : 0 });
    return true;
  }

  return {
    /** Sends a letter; call inside a transaction. Returns false when the task is deleted or has ended, so nobody would read it. */
    send,
    /** As `send`, and tells who looks at the task's tree. */
    deliver(to: string, body: LetterBody, { nowMs, touch }: Pick<WriteContext, "nowMs" | "touch">): boolean {
      if (!send(to, body, nowMs)) return false;
      touch(treeOfTask.get(to) as { id: number; uid: string }, to);
      return true;
    },
    unread(taskId: number): Letter[] {
      const rows = select.all(taskId) as { id: number; body: string }[];
      return rows.map((row) => ({ id: row.id, ...readLetter(JSON.parse(row.body) as StoredLetter) }));
    },
  };
}
