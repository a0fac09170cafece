/** A task that a worker has open: its folded state, decisions that are not yet on disk, and the facts around it. */
import { evolve, fold } from "@/core/evolve";
import { type Facts, TRIES } from "@/core/facts";
import type { Entry } from "@/core/log/entries";
import { rowOf } from "@/core/row";
import type { GrantState } from "@/core/rules/grants";
import { isSelector, selectedTask } from "@/core/selection";
import type { TaskState } from "@/core/state";
import type { AppendResult, LeasedTask, LeaseEnd, TaskRecord } from "@/db/records/records";
import { LeftRunning } from "@/lib/workplace/left-running";
import { folderOf } from "./folders";
import { isOutOfTime } from "./time-left";
import type { Draft, OpenTask, World } from "./world";

export type { OpenTask } from "./world";

/** Another worker has the lease, so this worker must do nothing more for the task. */
export class LeaseLostError extends LeftRunning {
  override name = "LeaseLostError";
}

const emptyDraft = (): Draft => ({
  entries: [],
  children: [],
  reviews: [],
  reviewChanges: [],
  mail: [],
  lettersRead: [],
  interventions: [],
  outputs: [],
  attachments: [],
  toolUses: [],
  audit: [],
  proposals: [],
  folders: [],
  taintsFolders: [],
});

/**
 * Folded states of waiting tasks, so that waking a task does not read its log again. Keyed by public id, because the
 * database reuses the integer keys of deleted trees.
 */
export interface StateCache {
  take(taskUid: string, length: number): TaskState | null;
  keep(taskUid: string, state: TaskState): void;
}

/** The cache's limit, in log entries of waiting tasks. */
const CACHED_ENTRIES = 50_000;

export function createStateCache(): StateCache {
  const states = new Map<string, TaskState>();
  let entries = 0;
  return {
    take(taskUid, length) {
      const state = states.get(taskUid);
      if (!state) return null;
      states.delete(taskUid);
      entries -= state.length;
      return state.length === length ? state : null;
    },
    keep(taskUid, state) {
      states.set(taskUid, state);
      entries += state.length;
      for (const [oldest, taskState] of states) {
        if (entries <= CACHED_ENTRIES) break;
        states.delete(oldest);
        entries -= taskState.length;
      }
    },
  };
}

/** Opens the claimed task. Throws BrokenLogError when the log cannot be folded. */
export function openTask(world: World, cache: StateCache, claim: LeasedTask): OpenTask {
  const { loader } = world;
  const state = cache.take(claim.uid, claim.length) ?? fold(loader.entries(claim.id, claim.length));
  const tree = loader.tree(claim.treeId);
  const task: OpenTask = {
    claim,
    state,
    tree,
    letters: claim.letters > 0 ? loader.letters(claim.id) : [],
    relatives: needsRelatives(state) ? loader.relatives(claim.id) : new Map(),
    held: claim.held,
    turnsAllowed: claim.turnsAllowed,
    priority: claim.priority,
    grant: claim.grant,
    exhausted: null,
    dailyCap: null,
    draft: emptyDraft(),
    committed: { length: state.length, spent: { ...state.spent } },
    mayHaveChangedFiles: false,
    overrun: null,
  };
  task.mayHaveChangedFiles = mayHaveLeftFiles(world, task);
  return task;
}

/**
 * Returns whether an earlier lease may have left files: a call that it marked as started is never repeated, and before a
 * call that may be repeated, others of the turn may have been answered.
 */
function mayHaveLeftFiles(world: World, task: OpenTask): boolean {
  const { open, assignment } = task.state;
  if (
    assignment.workspace === "none" ||
    ![...open.values()].some((call) => call.startedLease !== null || call.mode === "repeat")
  )
    return false;
  return folderOf(world, task).owner !== null || task.tree.pendingSnapshot === null;
}

/** Returns the grant with what was spent and given since the commit, without the reservation that the next replaces. */
export function grantNow({ grant, state, draft }: OpenTask): GrantState {
  const tokens = state.spent.tokensIn + state.spent.tokensOut;
  const given = { ...grant.given };
  for (const { assignment } of draft.children) {
    given.tokens += assignment.grant.tokens ?? 0;
    given.microUsd += assignment.grant.microUsd ?? 0;
    given.tasks += assignment.grant.tasks ?? 0;
  }
  return {
    ...grant,
    given,
    spent: { tokens, microUsd: state.spent.microUsd, tasks: 1 },
    reserved: { tokens: 0, microUsd: 0 },
  };
}

function needsRelatives(state: TaskState): boolean {
  if (selectedTask(state)) return true;
  if (!state.predecessorsRead) return true;
  for (const subtask of state.subtasks.values()) if (!subtask.delivered) return true;
  return false;
}

/** Returns everything that `decide` knows in addition to the log, as of the last commit and now. */
export function factsOf(world: World, task: OpenTask): Facts {
  const nowMs = world.now();
  return {
    nowMs,
    lease: task.claim.lease,
    held: task.held,
    letters: task.letters,
    relatives: task.relatives,
    exhausted: isOutOfTime(world, task)
      ? { why: `Its time limit of ${duration(task.claim.grant.cap.seconds ?? 0)} is reached.` }
      : task.exhausted,
    turnsAllowed: task.turnsAllowed,
    limits: { ...TRIES, ...world.limitsOf(task.state.setup.model) },
  };
}

function duration(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, "minute"] : [seconds, "second"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Folds entries in and keeps them for the next commit. */
export function note(task: OpenTask, entries: Entry[]): void {
  for (const entry of entries) {
    evolve(task.state, entry);
    task.draft.entries.push(entry);
  }
}

/** Marks letters as read: the log contains them, and the next commit deletes them. */
export function markRead(task: OpenTask, letters: number[]): void {
  task.draft.lettersRead.push(...letters);
  task.letters = task.letters.filter((letter) => !letters.includes(letter.id));
}

/** Returns whether there are decisions that are not on disk yet. */
export function hasDraft({ draft }: OpenTask): boolean {
  return draft.entries.length > 0 || draft.lettersRead.length > 0;
}

/**
 * Commits all decisions in one transaction. Returns false when the reservation for the next model call failed, because
 * the grant or a daily cap no longer covers it. Throws LeaseLostError when the lease is gone.
 */
export async function commit(
  world: World,
  task: OpenTask,
  extra: Pick<TaskRecord, "reserve" | "reserved" | "openStep"> & { leaseEnd?: LeaseEnd } = {},
): Promise<boolean> {
  if (!hasDraft(task) && Object.keys(extra).length === 0) return true;
  const result = await append(world, task, extra);
  if (!result.ok) throw new LeaseLostError(`Another worker has the task ${task.claim.uid} now.`);
  if (!extra.leaseEnd) refresh(world, task, result);
  return !extra.reserve || result.grant.reserved.tokens >= extra.reserve.tokens;
}

/**
 * Commits the task's end with all earlier decisions. Returns false when a letter has arrived that the task has not
 * read: then the end has not happened, and the letter is decided on first. Throws LeaseLostError.
 */
export async function commitEnd(world: World, task: OpenTask, noteEnd: () => LeaseEnd): Promise<boolean> {
  const before = copyOf(task.draft);
  const result = await append(world, task, { leaseEnd: noteEnd(), mustHaveRead: true });
  if (result.ok) return true;
  if (!result.isUnread) throw new LeaseLostError(`Another worker has the task ${task.claim.uid} now.`);
  const { id } = task.claim;
  task.state = fold([...world.loader.entries(id, task.committed.length), ...before.entries]);
  task.draft = before;
  // The letter may be more of the grant.
  task.exhausted = null;
  task.relatives = world.loader.relatives(id);
  rereadLetters(world, task);
  return false;
}

function copyOf(draft: Draft): Draft {
  const copied = Object.entries(draft).map(([part, value]) => [part, Array.isArray(value) ? [...value] : value]);
  return Object.fromEntries(copied) as Draft;
}

async function append(
  world: World,
  task: OpenTask,
  extra: Pick<TaskRecord, "leaseEnd" | "reserve" | "reserved" | "openStep" | "mustHaveRead">,
): Promise<AppendResult> {
  const { draft, state, claim, committed } = task;
  task.draft = emptyDraft();
  const spend = {
    tokensIn: state.spent.tokensIn - committed.spent.tokensIn,
    tokensOut: state.spent.tokensOut - committed.spent.tokensOut,
    microUsd: state.spent.microUsd - committed.spent.microUsd,
  };
  world.alive(claim.uid, 0);
  const result = await world.log.append({
    task: claim,
    lease: claim.lease,
    length: committed.length,
    row: rowOf(state),
    spend,
    ...(state.setup.replay ? ofReplay(draft) : draft),
    ...extra,
    ...(task.overrun && { overrun: task.overrun }),
  });
  world.alive(claim.uid, 0);
  if (!result.ok) return result;
  task.committed = { length: state.length, spent: { ...state.spent } };
  task.overrun = null;
  task.grant = result.grant;
  task.dailyCap = result.dailyCap;
  return result;
}

/** Leaves out what a replay tells people, and what would count for the tools that it used. */
function ofReplay(draft: Draft): Draft {
  const reviews = draft.reviews.filter(({ addressee }) => addressee !== null);
  return { ...draft, reviews, proposals: [], toolUses: [] };
}

/** Takes in what has arrived in the meantime: letters, pauses, results of subtasks. */
function refresh(world: World, task: OpenTask, result: AppendResult & { ok: true }): void {
  task.held = result.held;
  task.turnsAllowed = result.turnsAllowed;
  task.priority = result.priority;
  if (result.letters > task.letters.length) task.letters = world.loader.letters(task.claim.id);
  if (needsRelatives(task.state)) task.relatives = world.loader.relatives(task.claim.id);
}

/** Reads pauses and letters that arrived during an effect, so that the next decision sees them before a commit. */
export function rereadOutside(world: World, task: OpenTask): void {
  const { held, letters } = world.loader.outsideOf(task.claim.id);
  task.held = held;
  // The count includes letters that are read and not yet deleted.
  if (letters !== task.letters.length + task.draft.lettersRead.length) rereadLetters(world, task);
}

/** Reads letters again, after an effect was cut short because one of them says stop. */
export function rereadLetters(world: World, task: OpenTask): void {
  task.letters = world.loader.letters(task.claim.id).filter((letter) => !task.draft.lettersRead.includes(letter.id));
}

/**
 * Call it after an effect was cut short. Resolves when a stop letter is there, which ends the task; otherwise keeps what
 * the effect has cost and throws the signal's reason. Other letters do not count: continuing under an aborted signal
 * would start the effect again. Throws LeaseLostError.
 */
export async function endIfStopped(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  rereadLetters(world, task);
  if (task.letters.some((letter) => letter.kind === "stop")) return;
  // The next lease could only guess it. It would also take a reservation that stays for a call that is under way.
  const isReserved = task.grant.reserved.tokens > 0;
  await commit(world, task, isReserved ? { reserved: { tokens: 0, microUsd: 0 } } : {});
  throw signal.reason;
}

/**
 * Returns the task that answers this task's questions. null: a person, for the root and for agent_selector's choice.
 */
export function asksOf(task: OpenTask, parentUid: string | null): string | null {
  return task.state.assignment.chosen || isSelector(task.state.setup.agent) ? null : parentUid;
}
