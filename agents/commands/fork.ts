/** Forks a tree: reads it up to a message, folds every task's log up to there, and writes the copy as a new tree. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Actor, UserError } from "@/agents/application";
import { refuseFullDisk } from "@/agents/commands/submit";
import type { CommandSources } from "@/agents/commands/world/sources";
import { refuseMissing } from "@/agents/providers/check-model";
import { fold } from "@/core/evolve";
import { cutAt, edited, type ForkedTask, grantsOf, inFlightAt, renamed, setupAt } from "@/core/fork";
import { idOf } from "@/core/ids";
import type { Entry } from "@/core/log/entries";
import type { AddedAmounts } from "@/core/rules/grants";
import { personOf } from "@/core/rules/roles";
import type { ForkRequest } from "@/core/shapes/submission";
import { forkTitle } from "@/core/words/forks";
import { decodeEntry, encodeEntry } from "@/db/file/rows";
import type { FoundTask } from "@/db/records/found-task";
import type { CopiedMessage, CopiedTask, NewFork, SourceTree } from "@/db/trees/fork-records";
import { newId } from "@/lib/new-id";
import { WorkspaceError } from "@/lib/workspace/path";
import { prepareWorkspace } from "@/lib/workspace/prepare";
import { checkMessage, editsOf, type NamedEdits } from "./fork-edits";
import { filesAt, ownFoldersAt, treeSnapshotAt } from "./fork-files";

/** Logs that are folded before the event loop may run other work. */
const TASKS_AT_ONCE = 20;

/**
 * `uid` is the public id of the new tree. Returns that of the task in it. Throws UserError, and BrokenLogError when a log
 * cannot be read.
 */
export async function fork(
  sources: CommandSources,
  task: FoundTask,
  request: ForkRequest,
  actor: Actor,
  uid: string,
): Promise<string> {
  const { store } = sources;
  await refuseFullDisk(sources);
  const by = personOf(actor.name);
  const log = store.forks.log(task.id);
  const cut = cutAt(log, request.at, request.message !== undefined);
  if ("refusal" in cut) throw new UserError("invalid", cut.refusal);
  const edits = editsOf(sources, { task, setup: setupAt(log, cut.upTo) }, request, actor.role);
  await refuseMissing(sources.models, edits.setup?.model);
  checkMessage(log, cut.upTo, request);
  const source = store.forks.read(task.treeUid, cut.upTo);
  try {
    return await write(sources, { task, source, edits, by, uid, at: request.at ?? cut.upTo });
  } catch (error) {
    // Another process may have made the same tree meanwhile: the files are its own.
    if (store.queries.trees.treesLike(uid).length === 0) await discardFiles(sources, uid);
    if (error instanceof WorkspaceError)
      throw new UserError("conflict", `The files of the tree cannot be forked: ${error.message}`);
    throw error;
  }
}

interface Plan {
  task: FoundTask;
  source: SourceTree;
  edits: NamedEdits;
  by: string;
  /** Public id of the new tree. */
  uid: string;
  /** The message that the person named. */
  at: number;
}

/** Returns the public id of the task in the new tree. */
async function write(sources: CommandSources, { task, source, edits, by, uid, at }: Plan): Promise<string> {
  const files = filesAt(source.messages);
  const snapshot = await treeSnapshotAt(sources, source, files, uid);
  const copy = await copyOf(source, task, edits, { uid, by, files: snapshot, at, nowMs: sources.now() });
  if (copy.target.state.ended)
    throw new UserError("conflict", "The task had already ended at that message: fork at an earlier message.");
  // With a snapshot, the checkout creates the folder, complete or not at all.
  if (snapshot === null) prepareWorkspace({ ...sources, treeId: uid, request: {} });
  const isWritten = await sources.store.forks.insert({
    uid,
    title: titleOf(copy),
    by,
    from: { uid: task.treeUid, seq: source.messages.at(-1)?.seq ?? at },
    source,
    workspace: join(sources.dataDir, "workspaces", uid),
    snapshot,
    folders: await ownFoldersAt(sources, copy.parts.tasks, files, uid),
    ...copy.parts,
  });
  if (!isWritten) throw new UserError("conflict", "The tree was deleted while it was being forked.");
  return copy.target.uid;
}

/**
 * Returns the title of the fork: the tree's subject, which its first task says, and the turn from which it continues.
 */
function titleOf({ target, parts }: Copy): string {
  const { state } = target;
  const first = parts.tasks.find(({ parentUid }) => parentUid === null) ?? target;
  const isHead = target === first || state.assignment.chosen;
  const point = { turn: state.turn + 1, ...(!isHead && { task: state.assignment.title }) };
  return forkTitle((isHead ? target : first).state.assignment.title, point);
}

/** Returns the public id of the task at which a tree was forked, in the fork. */
export function forkedTaskOf(fork: string): string {
  return idOf(fork, { turn: 0, id: "forked" }, "task");
}

/** Removes the files of a failed fork. Files that cannot be removed only take space. */
async function discardFiles({ snapshots, dataDir }: CommandSources, uid: string): Promise<void> {
  await rm(join(dataDir, "workspaces", uid), { recursive: true, force: true }).catch(() => undefined);
  await snapshots.drop(uid).catch(() => undefined);
}

interface Made {
  /** Public id of the new tree. */
  uid: string;
  by: string;
  files: string | null;
  /** The message that the person named; later messages of the same record are copied too. */
  at: number;
  nowMs: number;
}

interface Copy {
  target: CopiedTask;
  parts: Pick<NewFork, "tasks" | "messages" | "reviews" | "letters">;
}

async function copyOf(source: SourceTree, target: FoundTask, edits: NamedEdits, made: Made): Promise<Copy> {
  const ids = new Map([...source.tasks, ...source.reviews].map(({ uid }) => [uid, newId()]));
  ids.set(target.uid, forkedTaskOf(made.uid));
  const uidOf = new Map(source.tasks.map((task) => [task.id, ids.get(task.uid) as string]));
  const logs = new Map<number, { entries: Entry[]; copies: CopiedMessage[] }>();
  const messages: CopiedMessage[] = [];
  for (const message of source.messages) {
    const body = renamed(message.body, ids);
    const row = { ...message, body };
    const blobId = body === message.body ? message.blobId : null;
    const copied = {
      taskUid: uidOf.get(message.taskId) as string,
      row,
      blobId,
      origin: message.seq,
      atMs: message.atMs,
    };
    const own = logs.get(message.taskId) ?? { entries: [], copies: [] };
    own.entries.push(decodeEntry(row));
    own.copies.push(copied);
    logs.set(message.taskId, own);
    messages.push(copied);
  }
  const own = logs.get(target.id);
  if (!own) throw new UserError("invalid", "The task had not begun at that message.");
  messages.push(...editLog(own, source, target, edits, made));

  const tasks: (ForkedTask & { source: SourceTree["tasks"][number] })[] = [];
  for (const [index, task] of source.tasks.entries()) {
    const parentUid = task.parentId === null ? null : (uidOf.get(task.parentId) ?? null);
    const state = fold(logs.get(task.id)?.entries ?? []);
    tasks.push({ uid: uidOf.get(task.id) as string, parentUid, state, source: task });
    if (index % TASKS_AT_ONCE === 0) await nextTurn();
  }
  const grants = grantsOf(tasks, addedIn(logs, uidOf));
  const reviews = source.reviews.map((review) => ({
    ...review,
    uid: ids.get(review.uid) as string,
    taskUid: ids.get(review.taskUid) as string,
    sourceUid: review.uid,
  }));
  const inFlight = inFlightAt(tasks, reviews, source.cutAtMs);
  const copiedTasks = tasks.map((task): CopiedTask => {
    const grant = grants.get(task.uid);
    if (!grant) throw new Error(`The grant of ${task.uid} was not computed.`);
    return { ...task, grant };
  });
  const found = copiedTasks.find((task) => task.source.id === target.id);
  if (!found) throw new Error("The task that is forked at is not in the copy.");
  return {
    target: found,
    parts: {
      tasks: copiedTasks,
      messages,
      reviews: inFlight.reviews.flatMap((reviewAtCut) => {
        const review = reviews.find(({ uid }) => uid === reviewAtCut.uid);
        return review ? [{ ...reviewAtCut, sourceUid: review.sourceUid, taskUid: review.taskUid }] : [];
      }),
      letters: [
        ...inFlight.letters,
        ...(edits.steer === undefined
          ? []
          : [{ to: found.uid, body: { kind: "steer", text: edits.steer, by: made.by } as const }]),
      ],
    },
  };
}

/** Puts the edits into the target's copied messages, and returns the new ones that follow. */
function editLog(
  own: { entries: Entry[]; copies: CopiedMessage[] },
  source: SourceTree,
  target: FoundTask,
  { what: changes, message, ...edits }: NamedEdits,
  { by, files, at, nowMs }: Made,
): CopiedMessage[] {
  const words = `Forked by ${by} with ${changes.join(" and ")}.`;
  // The setup comes before the instruction, so a person who names the setup means the instruction.
  const index = Math.max(
    1,
    own.copies.findIndex(({ origin }) => origin === at),
  );
  const change = { ...edits, ...(message !== undefined && { message: { index, text: message } }) };
  const after = edited(own.entries, change, by, words);
  own.copies.forEach((copied, index) => {
    const entry = after[index];
    if (!entry || entry === own.entries[index]) return;
    copied.row = encodeEntry(entry);
    copied.blobId = null;
  });
  const what = changes.length > 0 ? `with ${changes.join(" and ")}` : "as it was";
  const turn = after.at(-1)?.turn ?? 0;
  const seq = source.messages.at(-1)?.seq ?? 0;
  after.push({ kind: "event", turn, content: { type: "forked", from: target.treeUid, seq, by, what, files } });
  const added = after.slice(own.entries.length).map((entry): CopiedMessage => {
    const taskUid = own.copies[0]?.taskUid ?? "";
    return { taskUid, row: encodeEntry(entry), blobId: null, origin: null, atMs: nowMs };
  });
  own.entries = after;
  return added;
}

/** Returns what was granted to each task by its log, by its id in the fork. */
function addedIn(logs: Map<number, { entries: Entry[] }>, uidOf: Map<number, string>): Map<string, AddedAmounts> {
  const added = new Map<string, AddedAmounts>();
  for (const [id, { entries }] of logs) {
    const sum = { tokens: 0, microUsd: 0, seconds: 0 };
    for (const entry of entries) {
      if (entry.kind !== "event" || entry.content.type !== "granted") continue;
      sum.tokens += entry.content.tokens ?? 0;
      sum.microUsd += entry.content.microUsd ?? 0;
      sum.seconds += entry.content.seconds ?? 0;
    }
    added.set(uidOf.get(id) as string, sum);
  }
  return added;
}
