/** Inserts the subtasks that a record starts: rows, first messages, folders and shares of the grant. */
import { rowOf } from "@/core/row";
import { initialState } from "@/core/state";
import { encodeEntry } from "@/db/file/rows";
import type { NewTask, TaskKey } from "@/db/records/records";
import type { RecordContext, Touch } from "./record-context";

export function insertChildren(
  context: RecordContext,
  parent: TaskKey,
  children: NewTask[],
  nowMs: number,
  touch: Touch,
): void {
  for (const child of children) insertChild(context, parent, child, nowMs, touch);
  // After all siblings exist, because a task may depend on a later sibling.
  for (const child of children) {
    for (const before of child.assignment.dependsOn) context.run.insertDependency.run(child.uid, before);
  }
}

/** Inserts a subtask. Idempotent: its public id comes from parent and call, and an existing task is left unchanged. */
function insertChild(context: RecordContext, parent: TaskKey, child: NewTask, nowMs: number, touch: Touch): void {
  const { run, messages, grants } = context;
  const { assignment } = child;
  const inserted = insertRow(context, parent, child, nowMs);
  if (inserted === undefined) return;
  grants.carve(parent.id, child);
  run.inheritHolds.run({ id: inserted, parent: parent.id });
  const key = { id: inserted, treeId: parent.treeId };
  messages.insert(key, encodeEntry({ kind: "system", turn: 0, content: child.setup }), nowMs);
  const seq = messages.insert(key, encodeEntry({ kind: "instruction", turn: 0, content: assignment }), nowMs);
  if (assignment.workspace === "own") {
    const { base = null, into: from = null, tainted } = assignment;
    run.insertFolder.run({ tree: parent.treeId, task: child.uid, from, base, isTainted: tainted ? 1 : 0 });
  }
  run.countTask.run({ task: inserted });
  touch({ id: parent.treeId, uid: parent.treeUid }, child.uid, seq);
}

/** Returns the key of the new row, or undefined when the task exists already. */
function insertRow({ run }: RecordContext, parent: TaskKey, child: NewTask, nowMs: number): number | undefined {
  const row = rowOf(initialState(child.setup, child.assignment));
  const { assignment } = child;
  return run.insertTask.get({
    ...row,
    uid: child.uid,
    tree: parent.treeId,
    parent: parent.id,
    role: child.role,
    purpose: child.purpose,
    title: child.title,
    depth: assignment.depth,
    status: assignment.dependsOn.length > 0 ? "waiting" : "ready",
    waitKind: assignment.dependsOn.length > 0 ? "predecessors" : null,
    length: 2,
    grantTokens: assignment.grant.tokens,
    grantMicroUsd: assignment.grant.microUsd,
    grantTasks: assignment.grant.tasks,
    grantDepth: assignment.grant.depth,
    grantSeconds: assignment.grant.seconds,
    now: nowMs,
  }) as number | undefined;
}
