/**
 * Computes what a task did when, from the few log entries that begin or end a wait. Pure. Between these marks the task
 * counts as running while a server ran; heartbeats and other entries are not read, so that a large tree is read quickly.
 */
import type { Activity } from "@/core/shapes/tree-views";

export interface Mark {
  atMs: number;
  /** A `tree_call` waits for tasks until its response; a `world_call` is work. */
  what: "tree_call" | "world_call" | "response" | "parked" | "unparked" | "attempt_ended" | "retried";
  call: string | null;
  /** End of a `parked` mark. */
  untilMs: number | null;
}

/** A span of time. `toMs` is null while it is open. */
export interface Interval {
  fromMs: number;
  toMs: number | null;
}

export interface TaskTimes {
  createdMs: number;
  startedMs: number | null;
  endedMs: number | null;
  /** The stored status, not masked by a pause. */
  status: string;
  /** When the last predecessor ended (`endedMs` null: one is open); null without predecessors. */
  predecessorsMs: { endedMs: number | null } | null;
  /** When each of its subtasks ended, ascending. */
  subtaskEndsMs: readonly number[];
  marks: readonly Mark[];
  /** Times of questions and approvals to a person. */
  asked: readonly Interval[];
  pauses: readonly Interval[];
  /** When no server ran. */
  off: readonly Interval[];
}

export interface Piece {
  kind: Activity;
  fromMs: number;
  toMs: number | null;
}

/** A shorter time in the queue is only the host's work between two records. */
const SHORTEST_QUEUE_MS = 1_000;
/** A shorter wait for tasks is only the end of a turn whose last call is on the tree. */
const SHORTEST_WAIT_MS = 1_000;

export function stretchesOf(task: TaskTimes, nowMs: number): Piece[] {
  const endMs = task.endedMs ?? nowMs;
  const pieces = splitQueues(withoutMoments(working(task, endMs), task), task);
  const worked = overlay(pieces, "queued", task.off, endMs, "ran");
  const shown = overlay(overlay(worked, "paused", task.pauses, endMs), "you", task.asked, endMs);
  const merged = merge(shown);
  const last = merged.at(-1);
  if (last && task.endedMs === null && last.toMs !== null && last.toMs >= endMs) last.toMs = null;
  return merged;
}

/** Returns what the task did from start to end according to its log, without pauses and waits for people. */
function working(task: TaskTimes, endMs: number): Piece[] {
  const pieces: Piece[] = [];
  let fromMs = task.createdMs;
  let kind: Activity | null = task.predecessorsMs ? "tasks" : "queued";
  const turn = (atMs: number, to: Activity | null) => {
    const toMs = Math.min(atMs, endMs);
    if (kind && toMs > fromMs) pieces.push({ kind, fromMs, toMs });
    fromMs = Math.max(fromMs, toMs);
    kind = to;
  };
  if (task.predecessorsMs?.endedMs) turn(task.predecessorsMs.endedMs, "queued");
  if (task.startedMs !== null) turn(task.startedMs, "ran");
  const open = new Map<string, Mark["what"]>();
  const state = (): Activity => {
    const calls = [...open.values()];
    return calls.includes("tree_call") && !calls.includes("world_call") ? "tasks" : "ran";
  };
  let parkedUntilMs: number | null = null;
  for (const mark of task.marks) {
    if (parkedUntilMs !== null && mark.atMs > parkedUntilMs) turn(parkedUntilMs, state());
    parkedUntilMs = null;
    if (mark.what === "attempt_ended") {
      open.clear();
      turn(mark.atMs, null);
    } else if (mark.what === "parked") {
      parkedUntilMs = mark.untilMs;
      turn(mark.atMs, "parked");
    } else {
      if (mark.what === "response") open.delete(mark.call ?? "");
      else if (mark.what === "tree_call" || mark.what === "world_call") open.set(mark.call ?? "", mark.what);
      const to = state();
      if (to !== kind) turn(mark.atMs, to);
    }
  }
  if (parkedUntilMs !== null && parkedUntilMs < endMs && task.status !== "parked") {
    turn(parkedUntilMs, task.status === "ready" ? "queued" : state());
  }
  turn(endMs, null);
  return pieces;
}

function withoutMoments(pieces: Piece[], { endedMs }: TaskTimes): Piece[] {
  return pieces.map((piece, index) => {
    const before = pieces[index - 1];
    const goesOn = endedMs === null && index === pieces.length - 1;
    if (piece.kind !== "tasks" || !before || goesOn || piece.toMs === null) return piece;
    return piece.toMs - piece.fromMs < SHORTEST_WAIT_MS ? { ...piece, kind: before.kind } : piece;
  });
}

/** Splits a wait for tasks: after the last subtask ended, the task is in the queue until a worker takes it. */
function splitQueues(pieces: Piece[], { subtaskEndsMs, status, endedMs }: TaskTimes): Piece[] {
  return pieces.flatMap((piece, index): Piece[] => {
    if (piece.kind !== "tasks" || piece.toMs === null) return [piece];
    const isLast = index === pieces.length - 1;
    if (isLast && endedMs === null && status !== "ready") return [piece];
    const readyMs = subtaskEndsMs.findLast((ms) => ms > piece.fromMs && ms <= (piece.toMs ?? ms));
    if (readyMs === undefined || piece.toMs - readyMs < SHORTEST_QUEUE_MS) return [piece];
    return [
      { ...piece, toMs: readyMs },
      { kind: "queued", fromMs: readyMs, toMs: piece.toMs },
    ];
  });
}

/** Replaces the pieces within the intervals by `kind`; with `only`, those of that kind. */
function overlay(
  pieces: Piece[],
  kind: Activity,
  intervals: readonly Interval[],
  endMs: number,
  only?: Activity,
): Piece[] {
  let result = pieces;
  for (const interval of intervals) {
    const fromMs = interval.fromMs;
    const toMs = Math.min(interval.toMs ?? endMs, endMs);
    if (toMs <= fromMs) continue;
    result = result.flatMap((piece): Piece[] => {
      const pieceEnd = piece.toMs ?? endMs;
      const from = Math.max(piece.fromMs, fromMs);
      const to = Math.min(pieceEnd, toMs);
      if (to <= from || (only !== undefined && piece.kind !== only)) return [piece];
      return [
        ...(from > piece.fromMs ? [{ ...piece, toMs: from }] : []),
        { kind, fromMs: from, toMs: to },
        ...(to < pieceEnd ? [{ ...piece, fromMs: to }] : []),
      ];
    });
  }
  return result;
}

function merge(pieces: Piece[]): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last && last.kind === piece.kind && last.toMs === piece.fromMs) last.toMs = piece.toMs;
    else merged.push({ ...piece });
  }
  return merged;
}

/** Time of work in two parts: until some work began that goes on, and since when; null: none goes on. */
export interface Worked {
  workedMs: number;
  workingSinceMs: number | null;
}

/** Adds up the parts of a time in which work ran. They may overlap: several tasks run at once. */
export function workedIn(ran: readonly Interval[], beginMs: number, nowMs: number): Worked {
  const open = ran.flatMap(({ fromMs, toMs }) => (toMs === null ? [Math.max(fromMs, beginMs)] : []));
  const workingSinceMs = open.length > 0 ? Math.min(nowMs, ...open) : null;
  let [workedMs, until] = [0, beginMs];
  for (const { fromMs, toMs } of ran.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const end = Math.min(toMs ?? nowMs, workingSinceMs ?? nowMs);
    workedMs += Math.max(0, end - Math.max(fromMs, until));
    until = Math.max(until, end);
  }
  return { workedMs, workingSinceMs };
}

/** Returns the whole time of work until a moment. */
export function workedUntil(ran: readonly Interval[], beginMs: number, endMs: number): number {
  const { workedMs, workingSinceMs } = workedIn(ran, beginMs, endMs);
  return workedMs + (workingSinceMs === null ? 0 : Math.max(0, endMs - workingSinceMs));
}
