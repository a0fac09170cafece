/** Writes a record inside the log's transaction: fence, messages, subtasks, reviews, letters, wake-ups, totals. */
import type { GrantState } from "@/core/rules/grants";
import type { EncodedEntry } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { Moment, Writes } from "@/db/file/writes";
import type { EncodedAttachment } from "@/db/records/attachments";
import { type GrantRow, grantOf } from "@/db/records/grants";
import type { EncodedOutput } from "@/db/records/outputs";
import type { AppendResult, DailyCapReached, TaskRecord } from "@/db/records/records";
import type { DailyCaps } from "@/lib/env/daily-caps";
import { insertChildren } from "./insert-children";
import { endLease } from "./lease-end";
import { type RecordContext, recordContext, type Touch } from "./record-context";

interface Encoded {
  encoded: EncodedEntry[];
  outputs: EncodedOutput[];
  attachments: EncodedAttachment[];
}

export interface RecordWriter {
  /** Writes the record, or nothing when its fence fails. */
  apply(record: TaskRecord, encoded: Encoded, at: Moment, touch: Touch): AppendResult;
}

export function createRecordWriter(sqlite: Sqlite, dailyCaps: DailyCaps, glance: Writes["glance"]): RecordWriter {
  const context = recordContext(sqlite, dailyCaps, glance);
  return { apply: (record, encoded, at, touch) => apply(context, record, encoded, at, touch) };
}

function apply(
  context: RecordContext,
  record: TaskRecord,
  { encoded, ...traces }: Encoded,
  { nowMs, steadyMs }: Moment,
  touch: Touch,
): AppendResult {
  const { run, grants, daily } = context;
  const { task, row } = record;
  const atOnce = reservedAtOnce(context, record);
  const fenced = passFence(context, record, encoded.length, atOnce);
  if (!fenced) return { ok: false, isUnread: isUnread(context, record) };

  grants.settle(record);
  daily.add(task.treeId, record.spend, nowMs);
  const lastSeq = insertEntries(context, record, encoded, nowMs, touch);
  for (const id of record.lettersRead ?? []) run.deleteLetter.run(id);
  insertChildren(context, task, record.children ?? [], nowMs, touch);
  for (const review of record.reviews ?? []) context.reviews.open(task, row.agent, review, lastSeq, nowMs);
  const answeredBefore = changeReviews(context, record, nowMs);
  sendMail(context, record, answeredBefore, nowMs, touch);
  const { dailyCap, reserved } = atOnce ? AT_ONCE : reserveLater(context, record, nowMs);
  insertTraces(context, record, traces, nowMs);
  keepFolders(context, record);
  if (record.openStep) {
    run.openStep.run(task.treeId, task.id, nowMs);
    run.addHold.run(task.id);
  }
  if (record.leaseEnd) {
    context.activity.end(task.id, steadyMs);
    endLease(context, task, record.leaseEnd, { nowMs, letters: fenced.letters, lastSeq, attempt: row.attempt }, touch);
  }
  touch({ id: task.treeId, uid: task.treeUid }, task.uid);
  return {
    ok: true,
    lastSeq,
    atMs: nowMs,
    held: fenced.held > 0,
    letters: fenced.letters,
    turnsAllowed: fenced.turnsAllowed,
    priority: fenced.priority,
    dailyCap,
    grant: reserved ?? (record.children?.length || record.overrun ? grants.read(task.id) : grantOf(fenced)),
  };
}

type FencedRow = GrantRow & { held: number; letters: number; turnsAllowed: number; priority: number };

/** Runs the first statement of every record (I4). Returns undefined when the lease or the length of the log differs. */
function passFence(
  { run }: RecordContext,
  record: TaskRecord,
  added: number,
  reserve: TaskRecord["reserve"] | null,
): FencedRow | undefined {
  return run.fence.get({
    id: record.task.id,
    lease: record.lease,
    length: record.length,
    added,
    read: record.lettersRead?.length ?? 0,
    mustHaveRead: record.mustHaveRead ? 1 : 0,
    isStep: isStep(record) ? 1 : 0,
    reserve: reserve?.tokens ?? 0,
    reserveMicroUsd: reserve?.microUsd ?? 0,
    ...record.row,
  }) as FencedRow | undefined;
}

const AT_ONCE = { dailyCap: null, reserved: null };

/**
 * Returns the reservation that the fence itself can make, because nothing else in the record changes what the grant or
 * the day has left. Null: there is none, or it must come after such changes.
 */
function reservedAtOnce({ daily }: RecordContext, record: TaskRecord): TaskRecord["reserve"] | null {
  const { reserve, reserved, children = [], overrun } = record;
  return reserve && reserve.tokens > 0 && !reserved && children.length === 0 && !overrun && !daily.isCapped()
    ? reserve
    : null;
}

/** Reserves after the subtasks have their shares, and if no cap of the day refuses it. */
function reserveLater(
  { daily, grants }: RecordContext,
  { task, reserve, reserved }: TaskRecord,
  nowMs: number,
): { dailyCap: DailyCapReached | null; reserved: GrantState | null } {
  const dailyCap = reserve ? daily.refusal(task.treeId, reserve, nowMs) : null;
  return {
    dailyCap,
    reserved: (dailyCap ? null : grants.reserve(task, reserve)) ?? grants.reserve(task, reserved),
  };
}

/** Whether the record is progress. A note that a call was in flight when its worker died does not count. */
function isStep({ leaseEnd, entries }: TaskRecord): boolean {
  return (
    leaseEnd !== undefined || entries.some(({ kind, content }) => kind !== "event" || content.type !== "unconfirmed")
  );
}

/** Whether the record was refused because of an unread letter: its lease and length are right. */
function isUnread({ run }: RecordContext, { mustHaveRead, task, lease, length }: TaskRecord): boolean {
  return mustHaveRead === true && run.holds.get(task.id, lease, length) !== undefined;
}

/** Returns the sequence number of the last entry, or 0 without entries. */
function insertEntries(
  { messages }: RecordContext,
  { task }: TaskRecord,
  encoded: EncodedEntry[],
  nowMs: number,
  touch: Touch,
): number {
  const tree = { id: task.treeId, uid: task.treeUid };
  let lastSeq = 0;
  for (const entry of encoded) {
    lastSeq = messages.insert(task, entry, nowMs);
    touch(tree, task.uid, lastSeq);
  }
  return lastSeq;
}

/** Changes reviews. Returns the public ids of questions that the record answers after a person already has. */
function changeReviews({ run }: RecordContext, record: TaskRecord, nowMs: number): Set<string> {
  const answeredBefore = new Set<string>();
  for (const change of record.reviewChanges ?? []) {
    const { uid, answer } = change;
    if (answer && run.answerReview.run(answer.text, answer.by, nowMs, uid).changes === 0) answeredBefore.add(uid);
    if (change.withdraw) run.withdrawReview.run(uid);
    if (change.addressee !== undefined) run.readdressReview.run(change.addressee, change.uid);
  }
  return answeredBefore;
}

function sendMail(
  { mail }: RecordContext,
  { task, mail: letters = [] }: TaskRecord,
  answeredBefore: Set<string>,
  nowMs: number,
  touch: Touch,
): void {
  for (const letter of letters) {
    // A person answered first, and a question gets only one answer.
    if (letter.body.kind === "answer" && answeredBefore.has(letter.body.review)) continue;
    if (mail.send(letter.to, letter.body, nowMs)) touch({ id: task.treeId, uid: task.treeUid }, letter.to);
  }
}

/** Inserts what the record adds outside the log: interventions, whole outputs, files, tool uses, proposals, audit rows. */
function insertTraces(
  context: RecordContext,
  record: TaskRecord,
  { outputs, attachments }: Omit<Encoded, "encoded">,
  nowMs: number,
): void {
  const { task, row } = record;
  for (const intervention of record.interventions ?? []) context.interventions.insert(task.uid, intervention, nowMs);
  for (const output of outputs) context.outputs.insert(task, output);
  for (const attachment of attachments) context.attachments.insert(task, attachment);
  for (const use of record.toolUses ?? []) context.toolStates.count(use, nowMs);
  for (const proposal of record.proposals ?? []) {
    context.proposals.insert(proposal, row.agent, nowMs);
    if (proposal.faults) context.looks.insert(proposal.review, proposal.faults, nowMs);
  }
  const by = { actor: `${row.agent} ${task.uid}`, tree: task.treeUid };
  for (const entry of record.audit ?? []) context.audit.insert({ ...entry, ...by }, nowMs);
}

/** Stores facts about folders: whether outside content entered them, and their newest snapshots. */
function keepFolders({ run }: RecordContext, record: TaskRecord): void {
  const { treeId } = record.task;
  for (const owner of record.taintsFolders ?? []) {
    if (owner === null) run.taintTree.run(treeId);
    else run.taintFolder.run(owner);
  }
  if (record.snapshot) run.keepSnapshot.run(record.snapshot, treeId);
  for (const { task: owner, snapshot = null, base = null } of record.folders ?? [])
    run.keepFolder.run({ task: owner, snapshot, base });
}
