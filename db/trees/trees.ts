/** Commands on trees: submit, pause, resume, stop, retry, grant, answer, decide, delete. Each is one transaction. */
import type { LetterBody } from "@/core/facts";
import type { GrantAmounts } from "@/core/log/amounts";
import type { Assignment, Entry, HeldWhat, Setup } from "@/core/log/entries";
import { rowOf } from "@/core/row";
import type { AddedAmounts, GrantState } from "@/core/rules/grants";
import { initialState } from "@/core/state";
import { withoutDisguise } from "@/core/words/visible";
import { createTrialWriter, type TreeTrial } from "@/db/configuration/trials";
import { type EncodedEntry, encodeForStorage } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { giveBackPages } from "@/db/file/free-pages";
import type { WriteContext, Writes } from "@/db/file/writes";
import { createOnce, type Once } from "@/db/people/answers";
import type { FoundTask } from "@/db/records/found-task";
import { createGrants, type Grants } from "@/db/records/grants";
import { createMail } from "@/db/records/mail";
import { createMessageWriter } from "@/db/records/messages";
import { beginsWithFiles } from "./begins-with-files";
import { createRetries, type RetryRefusal } from "./retries";
import { createTreeDeletion, type TreeDeletion } from "./tree-deletion";
import { treeStatements } from "./tree-statements";

export interface NewTree {
  uid: string;
  rootUid: string;
  title: string;
  workspace: string;
  inPlace: boolean;
  /** Key of the repository that its folder is, or begins as a copy of; absent: a fresh folder. */
  repository?: string | null;
  /** Whether the host made the tree; lists leave such trees out. */
  isSystem?: boolean;
  /** The snapshot with which its folder starts; absent: an empty folder, or one with its contents. */
  snapshot?: string;
  /** Whether its folder starts with outside content. */
  isTainted?: boolean;
  /** Whose runners have its folder; absent: it is on the server's machine. */
  pool?: string | null;
  /** Whose runners check what it claims; absent: it is checked where it works. */
  checksPool?: string | null;
  priority: number;
  createdBy: string;
  caps: GrantAmounts;
  setup: Setup;
  assignment: Assignment;
  /** Entries after the first two: how agent, model or runbook were chosen. */
  events: Entry[];
  /** The trials that the tree takes part in; its setup pins their versions. */
  trials?: readonly TreeTrial[];
}

/** Why a tree was not inserted: an open tree with this title works in its folder, or one of its trials has ended. */
type InsertRefusal = { ok: false; lockedBy: string } | { ok: false; hasTrialEnded: true };

export interface RetriedWith {
  letter?: LetterBody & { kind: "granted" } & AddedAmounts;
  change?: LetterBody & { kind: "change" };
  message?: string;
  /** Continues the conversation with these words, instead of starting over. */
  words?: string;
}

interface StepWith {
  change?: LetterBody & { kind: "change" };
  message?: string;
  /** The task is under manual stepping, as its log and its unread letters say. */
  isStepped: boolean;
}

export interface Stepped {
  /** Whether the task is in the middle of a turn, which is then its step. */
  isRunning: boolean;
  /** Whether subtasks were put under manual stepping. */
  withSubtasks: boolean;
}

export interface Trees {
  /** Submits a tree. Fails when an open tree works in that folder, or in a folder around or inside it. */
  insert(tree: NewTree): Promise<{ ok: true } | InsertRefusal>;
  /** Resolves with false when the task is deleted or has ended. What was done with the same `once` is not done again. */
  send(taskUid: string, letter: LetterBody, once?: Once): Promise<boolean>;
  /** Pauses the task, and with scope `branch` all tasks below it. */
  pause(task: FoundTask, by: string, scope: "task" | "branch"): Promise<"paused" | "already">;
  /** Lets the parked tasks of the branch that no pause holds try now. Resolves with their number. */
  unpark(task: FoundTask, by: string): Promise<number>;
  /** Returns the unended tasks of the branch that may be under manual stepping: they paused for a step, or have no turn yet. */
  maybeStepped(task: FoundTask): FoundTask[];
  /** Returns the tasks below that have a pause of their own, and the paused selector that stands with the task as one. */
  pausedNear(task: FoundTask): FoundTask[];
  /** Returns the title of the nearest task above that is paused with its branch, or null. */
  pausedAbove(task: FoundTask): string | null;
  /** Closes the pauses of this task, and ends the stepping of `stepped`. Resolves with whether anything changed. */
  resume(task: FoundTask, by: string, stepped: FoundTask[]): Promise<boolean>;
  /** Changes the agent or model from the task's next turn, and the priority of the task and its branch immediately. */
  change(task: FoundTask, letter: LetterBody & { kind: "change" }): Promise<boolean>;
  /**
   * Sends the letters, puts the task under manual stepping, closes its pauses and lets it take one turn, in one
   * transaction. When its branch was paused, its subtasks are put under manual stepping too, so that they do not run on.
   */
  step(task: FoundTask, by: string, given: StepWith): Promise<Stepped>;
  /**
   * Retries an ended task. Resolves with the number of the new attempt, or with "done" when the same `once` began one
   * before. What comes along is given only when it begins.
   */
  retry(task: FoundTask, by: string, along?: RetriedWith, once?: Once): Promise<number | RetryRefusal | "done">;
  /** Returns why the task cannot be retried now, or null. */
  refusalOfRetry(task: FoundTask): RetryRefusal | null;
  isMoneyCapped(taskId: number): boolean;
  /** Returns the task's current grant with what is spent, reserved and given to subtasks. */
  grantOf(task: FoundTask): Promise<GrantState>;
  /** Adds to the grants of this task and its ancestors, and sends the task a letter; not again with the same `once`. */
  grant(task: FoundTask, amount: AddedAmounts, letter: LetterBody, once?: Once): Promise<void>;
  /**
   * Deletes everything that belongs to the tree. Resolves with false, and deletes nothing, while one of its tasks runs, or
   * when `mayDelete`, asked in the same transaction, says so.
   */
  delete(treeId: number, mayDelete?: () => boolean): Promise<boolean>;
}

interface TreesContext {
  log: Writes;
  run: ReturnType<typeof treeStatements>;
  messages: ReturnType<typeof createMessageWriter>;
  mail: ReturnType<typeof createMail>;
  retries: ReturnType<typeof createRetries>;
  trials: ReturnType<typeof createTrialWriter>;
  deletion: TreeDeletion;
  grants: Grants;
  once: ReturnType<typeof createOnce>;
}

type PauseScope = "task" | "branch" | "step";

export function createTrees(sqlite: Sqlite, log: Writes): Trees {
  const grants = createGrants(sqlite);
  const trees: TreesContext = {
    log,
    run: treeStatements(sqlite),
    messages: createMessageWriter(sqlite),
    mail: createMail(sqlite),
    retries: createRetries(sqlite),
    trials: createTrialWriter(sqlite),
    deletion: createTreeDeletion(sqlite),
    grants,
    once: createOnce(sqlite),
  };
  return {
    insert: (tree) => insert(trees, tree),
    send: (taskUid, letter, once) =>
      log.write((context) => {
        if (trees.once.isDone(once, context.nowMs)) return true;
        const isSent = trees.mail.deliver(taskUid, letter, context);
        if (isSent) trees.once.note(once, context.nowMs);
        return isSent;
      }),
    pause: (task, by, scope) => log.write((context) => pause(trees, task, by, scope, context)),
    maybeStepped: (task) => trees.run.maybeStepped.all({ task: task.id }) as FoundTask[],
    pausedNear: (task) => trees.run.pausedNear.all({ task: task.id }) as FoundTask[],
    pausedAbove: (task) => (trees.run.pausedAbove.get({ task: task.id }) as string | undefined) ?? null,
    resume: (task, by, stepped) => log.write((context) => resume(trees, task, by, stepped, context)),
    unpark: (task, by) => log.write((context) => unpark(trees, task, by, context)),
    change: (task, letter) => log.write((context) => change(trees, task, letter, context)),
    step: (task, by, given) => log.write((context) => step(trees, task, by, given, context)),
    retry: (task, by, along = {}, once) =>
      log.write((context) => {
        if (trees.once.isDone(once, context.nowMs)) return "done";
        const outcome = retry(trees, task, by, along, context);
        if (typeof outcome === "number") trees.once.note(once, context.nowMs);
        return outcome;
      }),
    refusalOfRetry: (task) => trees.retries.refusal(task),
    isMoneyCapped: (taskId) => grants.read(taskId).cap.microUsd !== null,
    grantOf: async (task) => grants.read(task.id),
    grant: (task, amount, letter, once) =>
      log.write((context) => {
        if (trees.once.isDone(once, context.nowMs)) return;
        grant(trees, task, amount, letter, context);
        trees.once.note(once, context.nowMs);
      }),
    async delete(treeId, mayDelete = () => true) {
      const isDone = await log.write(({ nowMs }) => mayDelete() && trees.deletion(treeId, nowMs));
      if (isDone) await giveBackPages(sqlite, log);
      return isDone;
    },
  };
}

async function insert(trees: TreesContext, tree: NewTree): ReturnType<Trees["insert"]> {
  const first: Entry[] = [
    { kind: "system", turn: 0, content: tree.setup },
    { kind: "instruction", turn: 0, content: tree.assignment },
    ...tree.events,
  ];
  const encoded = await encodeForStorage(first);
  return trees.log.write((context) => insertEncoded(trees, tree, encoded, context));
}

function insertEncoded(
  trees: TreesContext,
  tree: NewTree,
  encoded: EncodedEntry[],
  context: WriteContext,
): Awaited<ReturnType<Trees["insert"]>> {
  const { run } = trees;
  if (tree.inPlace) {
    const locked = run.lockedFolder.get({ folder: tree.workspace }) as string | undefined;
    if (locked !== undefined) return { ok: false, lockedBy: withoutDisguise(locked) };
  }
  if (!trees.trials.areOpen(tree.trials ?? [])) return { ok: false, hasTrialEnded: true };
  const treeId = run.insertTree.get({
    ...tree,
    ...tree.caps,
    inPlace: tree.inPlace ? 1 : 0,
    hadFiles: beginsWithFiles(tree) ? 1 : 0,
    repository: tree.repository ?? null,
    isSystem: tree.isSystem ? 1 : 0,
    isTainted: tree.isTainted ? 1 : 0,
    snapshot: tree.snapshot ?? null,
    now: context.nowMs,
  }) as number;
  insertRoot(trees, tree, treeId, encoded, context.nowMs);
  if (tree.pool) run.insertPlace.run(treeId, tree.pool);
  if (tree.checksPool) run.insertCheckPool.run(treeId, tree.checksPool);
  trees.trials.begin(treeId, tree.trials ?? []);
  run.scheduleBegan.run(tree.uid);
  context.touch({ id: treeId, uid: tree.uid }, tree.rootUid);
  return { ok: true };
}

function insertRoot(
  { run, messages }: TreesContext,
  tree: NewTree,
  treeId: number,
  encoded: EncodedEntry[],
  nowMs: number,
): void {
  const { grant } = tree.assignment;
  const taskId = run.insertRoot.get({
    ...rowOf(initialState(tree.setup, tree.assignment)),
    uid: tree.rootUid,
    tree: treeId,
    title: tree.title,
    priority: tree.priority,
    length: encoded.length,
    now: nowMs,
    grantTokens: grant.tokens,
    grantMicroUsd: grant.microUsd,
    grantTasks: grant.tasks,
    grantDepth: grant.depth,
    grantSeconds: grant.seconds,
  }) as number;
  for (const entry of encoded) messages.insert({ id: taskId, treeId }, entry, nowMs);
  run.setRoot.run(taskId, treeId);
}

function pause(
  trees: TreesContext,
  task: FoundTask,
  by: string,
  scope: "task" | "branch",
  context: WriteContext,
): "paused" | "already" {
  const { run } = trees;
  if (run.openPause.get({ task: task.id, scope })) return "already";
  run.insertPause.run(task.treeId, task.id, scope, by, context.nowMs);
  touchAll(task, (scope === "branch" ? run.holdBranch : run.holdTask).all({ task: task.id }) as string[], context);
  tellHeld(trees, task, scope === "branch" ? "paused" : "paused_alone", by, context.nowMs);
  return "paused";
}

function resume(
  trees: TreesContext,
  task: FoundTask,
  by: string,
  stepped: FoundTask[],
  context: WriteContext,
): boolean {
  const closed = closePauses(trees, task, by, "any", context);
  // In the same transaction, because a worker may claim the task with this commit and would pause it before its next step.
  if (closed.length > 0) tellHeld(trees, task, "resumed", by, context.nowMs);
  for (const below of stepped) {
    closePauses(trees, below, by, "step", context);
    trees.mail.send(below.uid, { kind: "stepping", mode: "automatic", by }, context.nowMs);
    touchAll(task, [below.uid], context);
  }
  return closed.length > 0 || stepped.length > 0;
}

function step(
  trees: TreesContext,
  task: FoundTask,
  by: string,
  { change: changed, message, isStepped }: StepWith,
  context: WriteContext,
): Stepped {
  const { run, mail } = trees;
  if (changed) change(trees, task, changed, context);
  if (message !== undefined) trees.mail.deliver(task.uid, { kind: "steer", text: message, by }, context);
  const closed = closePauses(trees, task, by, "any", context);
  if (closed.length > 0) tellHeld(trees, task, "stepped", by, context.nowMs);
  if (!isStepped) trees.mail.deliver(task.uid, { kind: "stepping", mode: "manual", by }, context);
  const subtasks = closed.includes("branch") ? (run.unendedBelow.all({ task: task.id }) as string[]) : [];
  for (const uid of subtasks) mail.send(uid, { kind: "stepping", mode: "manual", by }, context.nowMs);
  const isRunning = run.allowTurn.run(task.id).changes === 0;
  return { isRunning, withSubtasks: subtasks.length > 0 };
}

function closePauses(
  { run }: TreesContext,
  task: FoundTask,
  by: string,
  kind: "any" | "step",
  context: WriteContext,
): PauseScope[] {
  const closed = run.closePauses.all({ by, kind, now: context.nowMs, task: task.id }) as PauseScope[];
  for (const scope of closed)
    touchAll(task, (scope === "branch" ? run.freeBranch : run.freeTask).all({ task: task.id }) as string[], context);
  return closed;
}

/** Until the task continues, only the pause record tells who paused it and when; then the log does. */
function tellHeld({ mail }: TreesContext, task: FoundTask, what: HeldWhat, by: string, nowMs: number): void {
  mail.send(task.uid, { kind: "held", what, by, atMs: nowMs }, nowMs);
}

function unpark({ run, mail }: TreesContext, task: FoundTask, by: string, context: WriteContext): number {
  const parked = run.parkedBelow.all({ task: task.id }) as string[];
  for (const uid of parked) mail.send(uid, { kind: "unpark", by }, context.nowMs);
  touchAll(task, parked, context);
  return parked.length;
}

function change(
  { run, mail }: TreesContext,
  task: FoundTask,
  letter: LetterBody & { kind: "change" },
  context: WriteContext,
): boolean {
  const { priority } = letter;
  if (!mail.send(task.uid, letter, context.nowMs)) return false;
  if (priority !== undefined) {
    touchAll(task, run.setPriority.all({ task: task.id, priority }) as string[], context);
    if (task.parentId === null) run.setTreePriority.run(priority, task.treeId);
  }
  touchAll(task, [task.uid], context);
  return true;
}

function retry(
  trees: TreesContext,
  task: FoundTask,
  by: string,
  { letter, change: changed, message, words }: RetriedWith,
  context: WriteContext,
): number | RetryRefusal {
  const { retries, mail } = trees;
  const before = () => {
    if (letter) extend(trees, task, letter);
  };
  const outcome = retries.retry(task, by, context, { words, before });
  if (typeof outcome !== "number") return outcome;
  // Who continues a task that was paused when it was stopped wants it to go on.
  if (closePauses(trees, task, by, "any", context).length > 0) tellHeld(trees, task, "resumed", by, context.nowMs);
  if (changed) change(trees, task, changed, context);
  if (letter) mail.send(task.uid, letter, context.nowMs);
  if (message !== undefined) mail.send(task.uid, { kind: "steer", text: message, by }, context.nowMs);
  return outcome;
}

function grant(
  trees: TreesContext,
  task: FoundTask,
  amount: AddedAmounts,
  letter: LetterBody,
  context: WriteContext,
): void {
  extend(trees, task, amount);
  trees.mail.send(task.uid, letter, context.nowMs);
  touchAll(task, [task.uid], context);
}

function extend({ run, grants }: TreesContext, task: FoundTask, { tokens, microUsd, seconds }: AddedAmounts): void {
  const amount = { tokens, microUsd, seconds };
  grants.extend(task.id, amount);
  run.extendTree.run({ id: task.treeId, ...amount });
}

/** Returns the tasks of the tree of `task`. */
function touchAll(task: FoundTask, uids: string[], context: WriteContext): void {
  for (const uid of uids) context.touch({ id: task.treeId, uid: task.treeUid }, uid);
}
