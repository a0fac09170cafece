/** Ends the lease with a record: the task waits, is parked, is ready for another turn, or has ended. */
import type { LeaseEnd, TaskKey } from "@/db/records/records";
import type { RecordContext, Touch } from "./record-context";

type Ended = Extract<LeaseEnd, { reason: unknown }>;

interface LeaseEndMoment {
  nowMs: number;
  /** Letters that the task has not read. */
  letters: number;
  /** Sequence number of the record's last message. */
  lastSeq: number;
  attempt: number;
}

export function endLease(context: RecordContext, key: TaskKey, to: LeaseEnd, at: LeaseEndMoment, touch: Touch): void {
  const { run } = context;
  if (to.status === "waiting") {
    run.await.run({ tasks: JSON.stringify(to.tasks), parent: key.id });
    run.rest.run({ id: key.id, status: "waiting", kind: to.kind, until: to.untilMs, why: null });
  } else if (to.status === "parked") {
    run.rest.run({
      id: key.id,
      status: "parked",
      kind: to.by,
      until: to.untilMs,
      why: to.why,
    });
  } else if (to.status === "ready") {
    run.rest.run({ id: key.id, status: "ready", kind: null, until: null, why: null });
  } else end(context, key, to, at, touch);
}

function end(
  { run, grants }: RecordContext,
  key: TaskKey,
  to: Ended,
  { nowMs, letters, lastSeq, attempt }: LeaseEndMoment,
  touch: Touch,
): void {
  const tree = { id: key.treeId, uid: key.treeUid };
  if (letters > 0) run.dropLetters.run(key.id);
  run.end.run({ id: key.id, status: to.status, reason: to.reason, detail: to.detail, seq: lastSeq, now: nowMs });
  run.insertAttempt.run(key.id, attempt, key.treeId, to.status, to.reason, lastSeq, nowMs);
  run.countEnded.run({ task: key.id, status: to.status });
  grants.returnRemainder(key.id, key.parentId);
  if (run.hasQuestions.get(key.id)) run.withdrawQuestions.run(key.id);
  for (const woken of run.wakeParent.all({ id: key.parentId }) as string[]) touch(tree, woken);
  if (run.hasDependents.get(key.id))
    for (const woken of run.wakeDependents.all({ id: key.id, status: to.status }) as string[]) touch(tree, woken);
  run.endTree.run({ now: nowMs, tree: key.treeId });
}
