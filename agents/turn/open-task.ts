/** A task in the hands of a worker: its folded state, what is decided but not yet on disk, and the facts around it. */

import { existsSync } from "node:fs";
import { evolve, fold } from "@/core/evolve";
import { type Facts, type Letter, type Relative, TRIES } from "@/core/facts";
import type { Entry } from "@/core/log/entries";
import { rowOf } from "@/core/row";
import type { GrantState } from "@/core/rules/grants";
import { isSelector, selectedTask } from "@/core/selection";
import type { TaskState, Totals } from "@/core/state";
import type { TreeFacts } from "@/db/log/load";
import type { AppendResult, DailyCapReached, LeasedTask, Release, TaskRecord } from "@/db/records/records";
import { folderOf } from "./folders";
import type { World } from "./world";

/** The lease is somebody else's now: nothing more may be done for this task. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
}

export interface OpenTask {
  claim: LeasedTask;
  state: TaskState;
  tree: TreeFacts;
  /** When the task's time is up; null: never. */
  deadlineMs: number | null;
  letters: Letter[];
  relatives: Map<string, Relative>;
  held: boolean;
  turnsAllowed: number;
  priority: number;
  /** The grant as of the last commit; `grantNow` counts what was spent since. */
  grant: GrantState;
  /** The sentence that says which cap of the task's grant is used up. */
  exhausted: string | null;
  /** The cap of the day that stood against the last reservation. */
  dailyCap: DailyCapReached | null;
  /** Decided and folded, not yet committed. */
  draft: Draft;
  /** Length and spend at the last commit. */
  committed: { length: number; spent: Totals };
  /** A call of this turn may have changed files that no snapshot holds yet. */
  mayHaveChangedFiles: boolean;
  /** What the last model call cost beyond what was reserved for it, until the next commit. */
  overrun: { tokens: number; microUsd: number } | null;
}

type Draft = Required<
  Pick<
    TaskRecord,
    | "entries"
    | "children"
    | "reviews"
    | "reviewChanges"
    | "mail"
    | "lettersRead"
    | "interventions"
    | "outputs"
    | "toolUses"
    | "audit"
    | "proposals"
    | "folders"
    | "taintsFolders"
  >
> &
  Pick<TaskRecord, "snapshot">;

const emptyDraft = (): Draft => ({
  entries: [],
  children: [],
  reviews: [],
  reviewChanges: [],
  mail: [],
  lettersRead: [],
  interventions: [],
  outputs: [],
  toolUses: [],
  audit: [],
  proposals: [],
  folders: [],
  taintsFolders: [],
});

/**
 * Folded states of tasks that wait, so that waking does not read the log again. By public id: the integer key of a tree
 * that was deleted is used again.
 */
export interface StateCache {
  take(taskUid: string, length: number): TaskState | null;
  keep(taskUid: string, state: TaskState): void;
}

/** At most this many entries of conversation are kept for waiting tasks. */
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
      for (const [oldest, one] of states) {
        if (entries <= CACHED_ENTRIES) break;
        states.delete(oldest);
        entries -= one.length;
      }
    },
  };
}

/** Throws BrokenLogError when the log cannot be folded. */
export function openTask(world: World, cache: StateCache, claim: LeasedTask): OpenTask {
  const { loader } = world;
  const state = cache.take(claim.uid, claim.length) ?? fold(loader.entries(claim.id, claim.length));
  const tree = loader.tree(claim.treeId);
  const task: OpenTask = {
    claim,
    state,
    tree,
    deadlineMs: claim.deadlineMs,
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

/** A former holder's call that was marked as started is not run again, whatever it has written; but not into a folder that is not there yet. */
function mayHaveLeftFiles(world: World, task: OpenTask): boolean {
  const { open, assignment } = task.state;
  if (assignment.workspace === "none" || ![...open.values()].some((call) => call.startedLease !== null)) return false;
  const { owner, path } = folderOf(world, task);
  return owner === null ? task.tree.pendingSnapshot === null : existsSync(path);
}

/** The grant with everything that was spent and given since the commit, without the reservation that the next one replaces. */
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

/** Everything that `decide` may know beside the log, as of the last commit and now. */
export function factsOf(world: World, task: OpenTask): Facts {
  const nowMs = world.now();
  const outOfTime = task.deadlineMs !== null && world.log.steadyMs() >= task.deadlineMs;
  return {
    nowMs,
    lease: task.claim.lease,
    held: task.held,
    letters: task.letters,
    relatives: task.relatives,
    exhausted: outOfTime ? `Its time of ${duration(task.claim.grant.cap.seconds ?? 0)} is up.` : task.exhausted,
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

/** With the next commit these letters are gone: the log has taken them in. */
export function markRead(task: OpenTask, letters: number[]): void {
  task.draft.lettersRead.push(...letters);
  task.letters = task.letters.filter((letter) => !letters.includes(letter.id));
}

/** Whether something was decided that is not on disk yet. */
export function hasDraft({ draft }: OpenTask): boolean {
  return draft.entries.length > 0 || draft.lettersRead.length > 0;
}

/**
 * Puts everything that was decided on disk, in one transaction. Throws LeaseLostError when the lease is gone. False when
 * nothing was reserved for the next model call, because the tree's grant does not cover it any more.
 */
export async function commit(
  world: World,
  task: OpenTask,
  extra: { release?: Release; reserve?: TaskRecord["reserve"]; openStep?: boolean } = {},
): Promise<boolean> {
  if (!hasDraft(task) && Object.keys(extra).length === 0) return true;
  const result = await append(world, task, extra);
  if (!result.ok) throw new LeaseLostError(`The task ${task.claim.uid} belongs to another worker now.`);
  if (!extra.release) refresh(world, task, result);
  return !extra.reserve || result.grant.reserved.tokens >= extra.reserve.tokens;
}

/**
 * Notes what ends the task and puts it on disk with everything that was decided before. False when a letter has come that the task
 * has not read: then nothing of the end has happened, and the letter is decided about first. Throws LeaseLostError.
 */
export async function commitEnd(world: World, task: OpenTask, noteEnd: () => Release): Promise<boolean> {
  const before = copyOf(task.draft);
  const result = await append(world, task, { release: noteEnd(), mustHaveRead: true });
  if (result.ok) return true;
  if (!result.isUnread) throw new LeaseLostError(`The task ${task.claim.uid} belongs to another worker now.`);
  const { id } = task.claim;
  task.state = fold([...world.loader.entries(id, task.committed.length), ...before.entries]);
  task.draft = before;
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
  extra: Pick<TaskRecord, "release" | "reserve" | "openStep" | "mustHaveRead">,
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
    ...draft,
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

/** What came in meanwhile: letters, pauses, results of subtasks. */
function refresh(world: World, task: OpenTask, result: AppendResult & { ok: true }): void {
  task.held = result.held;
  task.turnsAllowed = result.turnsAllowed;
  task.priority = result.priority;
  if (result.letters > task.letters.length) task.letters = world.loader.letters(task.claim.id);
  if (needsRelatives(task.state)) task.relatives = world.loader.relatives(task.claim.id);
}

/** A pause, or a letter, that came during an effect is seen before the next one is decided, not only with the next commit. */
export function rereadOutside(world: World, task: OpenTask): void {
  const { held, letters } = world.loader.outsideOf(task.claim.id);
  task.held = held;
  // Those that are read and not yet deleted are counted, too.
  if (letters !== task.letters.length + task.draft.lettersRead.length) rereadLetters(world, task);
}

/** Reads letters again, after an effect was cut short because one of them says stop. */
export function rereadLetters(world: World, task: OpenTask): void {
  task.letters = world.loader.letters(task.claim.id).filter((letter) => !task.draft.lettersRead.includes(letter.id));
}

/**
 * After an effect was cut short: returns when a letter says stop, which ends the task; else throws the signal's reason.
 * Another letter changes nothing: going on under a signal that is aborted would begin the effect a second time.
 */
export function endIfStopped(world: World, task: OpenTask, signal: AbortSignal): void {
  rereadLetters(world, task);
  if (!task.letters.some((letter) => letter.kind === "stop")) throw signal.reason;
}

/** Where the task's questions go: its parent, but for the root and the task that agent_selector chose: a person. */
export function asksOf(task: OpenTask, parentUid: string | null): string | null {
  return task.state.assignment.chosen || isSelector(task.state.setup.agent) ? null : parentUid;
}
