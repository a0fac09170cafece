/** Writes one record inside the log's transaction: fence, messages, subtasks, reviews, letters, wake-ups, totals. */

import { rowOf } from "@/agents/core/row";
import { initialState } from "@/agents/core/state";
import type { DailyCaps } from "@/lib/env";
import { createActivity } from "./activity";
import { createAuditWriter } from "./audit";
import type { EncodedEntry } from "./bodies";
import type { Sqlite } from "./client";
import { createDailySpend } from "./daily-spend";
import { createGrants, type GrantRow, grantOf } from "./grants";
import { createInterventionWriter } from "./interventions";
import { createMail } from "./mail";
import { createMessageWriter } from "./messages";
import { createOutputWriter, type EncodedOutput } from "./outputs";
import { createProposalWriter } from "./proposals";
import type { AppendResult, NewTask, Release, TaskKey, TaskRecord } from "./records";
import { createReviewWriter } from "./reviews";
import { encodeEntry } from "./rows";
import { recordStatements } from "./statements";
import { createToolStateWriter } from "./tool-states";

interface Encoded {
  encoded: EncodedEntry[];
  outputs: EncodedOutput[];
}

type Touch = (tree: { id: number; uid: string }, taskUid: string | null, seq?: number) => void;

/** Whether the task gets further with it: that a call was in flight when its worker ended says only that it was tried. */
function isStep({ release, entries }: TaskRecord): boolean {
  return (
    release !== undefined || entries.some(({ kind, content }) => kind !== "event" || content.type !== "unconfirmed")
  );
}

export function createRecordWriter(sqlite: Sqlite, dailyCaps: DailyCaps) {
  const run = recordStatements(sqlite);
  const messages = createMessageWriter(sqlite);
  const mail = createMail(sqlite);
  const grants = createGrants(sqlite);
  const daily = createDailySpend(sqlite, dailyCaps);
  const activity = createActivity(sqlite);
  const reviews = createReviewWriter(sqlite);
  const interventions = createInterventionWriter(sqlite);
  const auditWriter = createAuditWriter(sqlite);
  const outputWriter = createOutputWriter(sqlite);
  const toolStates = createToolStateWriter(sqlite);
  const proposals = createProposalWriter(sqlite);

  /** Idempotent: the public id comes from parent and call, and a task that is there is left alone. */
  function insertChild(parent: TaskKey, child: NewTask, nowMs: number, touch: Touch): void {
    const row = rowOf(initialState(child.setup, child.assignment));
    const { assignment } = child;
    const inserted = run.insertTask.get({
      uid: child.uid,
      tree: parent.treeId,
      parent: parent.id,
      role: child.role,
      purpose: child.purpose,
      agent: child.agent,
      model: child.model,
      title: child.title,
      depth: assignment.depth,
      status: assignment.dependsOn.length > 0 ? "waiting" : "ready",
      waitKind: assignment.dependsOn.length > 0 ? "predecessors" : null,
      length: 2,
      headline: row.headline,
      grantTokens: assignment.grant.tokens,
      grantMicroUsd: assignment.grant.microUsd,
      grantTasks: assignment.grant.tasks,
      grantDepth: assignment.grant.depth,
      grantSeconds: assignment.grant.seconds,
      now: nowMs,
    }) as number | undefined;
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
    run.countTask.run(child.role === "work" ? 1 : 0, parent.treeId);
    touch({ id: parent.treeId, uid: parent.treeUid }, child.uid, seq);
  }

  function release(key: TaskKey, to: Release, nowMs: number, lastSeq: number, attempt: number, touch: Touch): void {
    if (to.status === "waiting") {
      run.await.run({ tasks: JSON.stringify(to.tasks), parent: key.id });
      run.rest.run({ id: key.id, status: "waiting", kind: to.kind, until: to.untilMs, why: null });
    } else if (to.status === "parked") {
      run.rest.run({ id: key.id, status: "parked", kind: null, until: to.untilMs, why: to.why });
    } else if (to.status === "ready") {
      run.rest.run({ id: key.id, status: "ready", kind: null, until: null, why: null });
    } else {
      run.dropLetters.run(key.id);
      run.end.run({ id: key.id, status: to.status, reason: to.reason, detail: to.detail, seq: lastSeq, now: nowMs });
      run.insertAttempt.run(key.id, attempt, key.treeId, to.status, to.reason, lastSeq, nowMs);
      run.countEnded.run(key.treeId);
      grants.returnRemainder(key.id, key.parentId);
      if (run.hasQuestions.get(key.id)) run.withdrawQuestions.run(key.id);
      for (const woken of run.wakeParent.all({ id: key.parentId }) as string[])
        touch({ id: key.treeId, uid: key.treeUid }, woken);
      if (run.hasDependents.get(key.id))
        for (const woken of run.wakeDependents.all({ id: key.id, status: to.status }) as string[])
          touch({ id: key.treeId, uid: key.treeUid }, woken);
      run.endTree.run({ now: nowMs, tree: key.treeId });
    }
  }

  /** Writes the record, or nothing when its fence does not hold. */
  function apply(record: TaskRecord, { encoded, outputs }: Encoded, nowMs: number, touch: Touch): AppendResult {
    const { task, row } = record;
    const tree = { id: task.treeId, uid: task.treeUid };
    const fenced = run.fence.get({
      id: task.id,
      lease: record.lease,
      length: record.length,
      added: encoded.length,
      read: record.lettersRead?.length ?? 0,
      mustHaveRead: record.mustHaveRead ? 1 : 0,
      isStep: isStep(record) ? 1 : 0,
      ...row,
    }) as (GrantRow & { held: number; letters: number; turnsAllowed: number; priority: number }) | undefined;
    if (!fenced) {
      const isUnread =
        record.mustHaveRead === true && run.holds.get(task.id, record.lease, record.length) !== undefined;
      return { ok: false, isUnread };
    }

    grants.settle(record);
    daily.add(task.treeId, record.spend, nowMs);
    let lastSeq = 0;
    for (const entry of encoded) {
      lastSeq = messages.insert(task, entry, nowMs);
      touch(tree, task.uid, lastSeq);
    }
    for (const id of record.lettersRead ?? []) run.deleteLetter.run(id);
    for (const child of record.children ?? []) insertChild(task, child, nowMs, touch);
    // Only now: a sibling may name one that comes after it.
    for (const child of record.children ?? []) {
      for (const before of child.assignment.dependsOn) run.insertDependency.run(child.uid, before);
    }
    for (const review of record.reviews ?? []) reviews.open(task, row.agent, review, lastSeq, nowMs);
    const answeredBefore = new Set<string>();
    for (const change of record.reviewChanges ?? []) {
      const { uid, answer } = change;
      if (answer && run.answerReview.run(answer.text, answer.by, nowMs, uid).changes === 0) answeredBefore.add(uid);
      if (change.withdraw) run.withdrawReview.run(uid);
      if (change.addressee !== undefined) run.readdressReview.run(change.addressee, change.uid);
    }
    for (const letter of record.mail ?? []) {
      // A person was quicker: the question has its one answer.
      if (letter.body.kind === "answer" && answeredBefore.has(letter.body.review)) continue;
      if (mail.send(letter.to, letter.body, nowMs)) touch(tree, letter.to);
    }
    const dailyCap = record.reserve ? daily.refusal(task.treeId, record.reserve, nowMs) : null;
    const promised = dailyCap ? null : grants.reserve(record);
    for (const one of record.interventions ?? []) interventions.insert(task.uid, one, nowMs);
    for (const output of outputs) outputWriter.insert(task, output);
    for (const use of record.toolUses ?? []) toolStates.count(use, nowMs);
    for (const proposal of record.proposals ?? []) proposals.insert(proposal, row.agent, nowMs);
    const by = { actor: `${row.agent} ${task.uid}`, tree: task.treeUid };
    for (const entry of record.audit ?? []) auditWriter.insert({ ...entry, ...by }, nowMs);
    for (const owner of record.taintsFolders ?? []) {
      if (owner === null) run.taintTree.run(task.treeId);
      else run.taintFolder.run(owner);
    }
    if (record.snapshot) run.keepSnapshot.run(record.snapshot, task.treeId);
    for (const { task: owner, snapshot = null, base = null } of record.folders ?? [])
      run.keepFolder.run({ task: owner, snapshot, base });
    if (record.openStep) {
      run.openStep.run(task.treeId, task.id, nowMs);
      run.addHold.run(task.id);
    }
    if (record.release) {
      activity.end(task.id, nowMs);
      release(task, record.release, nowMs, lastSeq, row.attempt, touch);
    }
    touch(tree, task.uid);
    return {
      ok: true,
      lastSeq,
      atMs: nowMs,
      held: fenced.held > 0,
      letters: fenced.letters,
      turnsAllowed: fenced.turnsAllowed,
      priority: fenced.priority,
      dailyCap,
      grant: promised ?? (record.children?.length || record.overrun ? grants.read(task.id) : grantOf(fenced)),
    };
  }

  return { apply };
}
