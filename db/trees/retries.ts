/** Retries an ended task: starts a new attempt of it, and of the tasks that were stopped because it failed. */

import { fold } from "@/core/evolve";
import type { Entry } from "@/core/log/entries";
import { type EndStatus, isEnded, type TaskStatus } from "@/core/log/terms";
import { isSelector } from "@/core/selection";
import type { Sqlite } from "@/db/file/client";
import { encodeEntry } from "@/db/file/rows";
import type { WriteContext } from "@/db/file/writes";
import { createLoader } from "@/db/log/load";
import type { FoundTask } from "@/db/records/found-task";
import { createGrants } from "@/db/records/grants";
import { createMessageWriter } from "@/db/records/messages";

interface EndedRow {
  id: number;
  uid: string;
  length: number;
  attempt: number;
  reason: string | null;
  status: EndStatus;
}

interface ParentRow extends Omit<EndedRow, "status"> {
  agent: string;
  status: TaskStatus;
}

export function createRetries(sqlite: Sqlite) {
  const loader = createLoader(sqlite);
  const messages = createMessageWriter(sqlite);
  const columns = "id, uid, length, attempt, reason, status";
  const selectEnded = sqlite.prepare(`SELECT ${columns} FROM tasks WHERE id = ? AND ended_at_ms IS NOT NULL`);
  const selectParent = sqlite.prepare(
    `SELECT ${columns}, agent FROM tasks WHERE id = (SELECT parent_id FROM tasks WHERE id = ?)`,
  );
  const selectDependents = sqlite.prepare(`
    SELECT ${columns} FROM tasks WHERE reason = 'dependency_failed' AND ended_at_ms IS NOT NULL
      AND id IN (SELECT task_id FROM dependencies WHERE on_id = ?)`);
  /** Raises the fencing number, so that no former holder can write to the task. */
  const revive = sqlite.prepare(`
    UPDATE tasks SET status = @status, wait_kind = @kind, reason = NULL, detail = NULL, result_seq = NULL,
      ended_at_ms = NULL, awaited = 1, lease = lease + 1, length = length + 1, attempt = @attempt WHERE id = @id`);
  const grants = createGrants(sqlite);
  const parentOf = sqlite.prepare("SELECT parent_id FROM tasks WHERE id = ?").pluck();
  const reopenTree = sqlite.prepare("UPDATE trees SET ended_at_ms = NULL, tasks_ended = tasks_ended - 1 WHERE id = ?");

  /** A subtask can restart only while its parent still waits and has not read the result. */
  function hasRead(parent: ParentRow, childUid: string): boolean {
    if (isSelector(parent.agent)) return false;
    if (parent.status !== "waiting") return true;
    return fold(loader.entries(parent.id, parent.length)).subtasks.get(childUid)?.delivered ?? true;
  }

  function begin(
    row: EndedRow | ParentRow,
    tree: { id: number; uid: string },
    by: string,
    waits: "subtasks" | "predecessors" | null,
    context: WriteContext,
  ) {
    const state = fold(loader.entries(row.id, row.length));
    const attempt = row.attempt + 1;
    const because = row.reason ? ` (${row.reason})` : "";
    const text = `Attempt ${row.attempt} of this task ended as ${row.status}${because}: ${state.ended?.summary ?? ""}\nThis is attempt ${attempt}. Look at what is there already before you repeat it.`;
    const entry: Entry = { kind: "event", turn: state.turn, content: { type: "retried", attempt, by, text } };
    messages.insert({ id: row.id, treeId: tree.id }, encodeEntry(entry), context.nowMs);
    revive.run({ id: row.id, attempt, status: waits ? "waiting" : "ready", kind: waits });
    grants.takeRemainder(row.id, parentOf.get(row.id) as number | null);
    reopenTree.run(tree.id);
    context.touch(tree, row.uid);
    for (const dependent of selectDependents.all(row.id) as EndedRow[])
      begin(dependent, tree, by, "predecessors", context);
    return attempt;
  }

  return {
    /** Returns the number of the new attempt. Calls `before` once nothing refuses the retry, while the task still counts as ended. Call inside a transaction. */
    retry(
      task: FoundTask,
      by: string,
      context: WriteContext,
      before: () => void = () => {},
    ): number | "read" | "not_ended" {
      const row = selectEnded.get(task.id) as EndedRow | undefined;
      if (!row) return "not_ended";
      const parent = selectParent.get(task.id) as ParentRow | undefined;
      if (parent && hasRead(parent, row.uid)) return "read";
      const tree = { id: task.treeId, uid: task.treeUid };
      before();
      const attempt = begin(row, tree, by, null, context);
      // agent_selector has copied the result, so it waits again for the task that it chose.
      if (parent && isSelector(parent.agent) && isEnded(parent.status)) begin(parent, tree, by, "subtasks", context);
      return attempt;
    },
  };
}
