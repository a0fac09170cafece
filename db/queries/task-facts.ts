/** Reads what is shown of a task besides its row: texts, waits, pauses, and the spend of its branch. */
import type { Task } from "@/core/shapes/shapes";
import type { BodyReader } from "@/db/file/bodies";
import { iso } from "@/db/file/iso";
import type { Halt } from "@/db/records/halt";
import type { GoalFiguresReader } from "./goal-figures";
import type { RolledUp, TaskRow, TaskTexts } from "./shapes";
import type { StatusCountReader } from "./status-counts";
import type { SpendRow, treeRowStatements } from "./tree-rows";
import type { TriesReader } from "./tries";

/** What the functions that read trees and tasks need. */
export interface TreeReader {
  run: ReturnType<typeof treeRowStatements>;
  bodies: BodyReader;
  goals: GoalFiguresReader;
  statusCounts: StatusCountReader;
  tries: TriesReader;
  haltNow: () => Halt | null;
}

interface Pause {
  scope: "task" | "branch" | "step";
  by: string;
  sinceMs: number;
}

export interface Held {
  pauses: Map<number, Pause>;
  parents: Map<number, number | null>;
  halt: Halt | null;
}

/** Returns the task's own pause, else the nearest paused branch above it, else the halt of everything. */
export function pauseOf(
  row: TaskRow,
  held: Held | null,
): (Pick<Pause, "by" | "sinceMs"> & { isStepping: boolean }) | null {
  if (!held || row.holds === 0 || row.endedAtMs !== null) return null;
  for (let id: number | null = row.id; id !== null; id = held.parents.get(id) ?? null) {
    const pause = held.pauses.get(id);
    if (pause && (id === row.id || pause.scope === "branch")) return { ...pause, isStepping: pause.scope === "step" };
  }
  return held.halt && { ...held.halt, isStepping: false };
}

/** Returns the open pauses of the tree by task; null, without reading, when nothing is paused. */
export function holdersOf({ run, haltNow }: TreeReader, rows: TaskRow[]): Held | null {
  const [first] = rows;
  if (!first || !rows.some((row) => row.holds > 0 && row.endedAtMs === null)) return null;
  const pauses = run.pauses.all(first.id) as (Pause & { taskId: number })[];
  return {
    pauses: new Map(pauses.map((pause) => [pause.taskId, pause])),
    parents: new Map(run.parents.all(first.id) as [number, number | null][]),
    halt: haltNow(),
  };
}

export const NO_TEXTS: TaskTexts = { instruction: "", result: null, summary: null, verdict: null };
export const NOTHING: RolledUp = { tokens: 0, microUsd: 0, tasks: 1, depth: 0 };

export function textsOf(reader: TreeReader, taskId: number): TaskTexts {
  const first = contentOf<TaskTexts>(reader, reader.run.instruction.get(taskId));
  const end = contentOf<TaskTexts>(reader, reader.run.end.get(taskId));
  return {
    instruction: first?.instruction ?? "",
    result: end?.result ?? null,
    summary: end?.summary ?? null,
    verdict: end?.verdict ?? null,
  };
}

/** Returns the messages to the task that its log does not hold yet. */
export function unreadOf({ run }: TreeReader, { id, letters }: TaskRow): Pick<Task, "unread_messages"> {
  if (letters === 0) return {};
  const rows = run.unread.all(id) as { by: string; text: string; sentAtMs: number }[];
  if (rows.length === 0) return {};
  return { unread_messages: rows.map(({ sentAtMs, ...said }) => ({ ...said, sent_at: iso(sentAtMs) })) };
}

/** Parses a message's content. Returns null for a damaged message, so that one task does not make its whole tree unreadable. */
function contentOf<Content>({ bodies }: TreeReader, row: unknown): Partial<Content> | null {
  if (row === undefined) return null;
  try {
    return JSON.parse(bodies.read(row as { body: string | null; blobId: number | null }));
  } catch {
    return null;
  }
}

export function waitsOf({ run }: TreeReader, row: TaskRow): { tasks: string[]; reviews: string[] } {
  if (row.status !== "waiting") return { tasks: [], reviews: [] };
  if (row.waitKind === "predecessors") return { tasks: run.openPredecessors.all(row.id) as string[], reviews: [] };
  const reviews =
    row.waitKind === "answer" || row.waitKind === "approval" ? (run.openReviews.all(row.id) as string[]) : [];
  return { tasks: run.awaited.all(row.id) as string[], reviews };
}

export function dependenciesOf({ run }: TreeReader, treeId: number): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { taskId, uid } of run.dependencies.all(treeId) as { taskId: number; uid: string }[]) {
    const list = found.get(taskId);
    if (list) list.push(uid);
    else found.set(taskId, [uid]);
  }
  return found;
}

/** Adds up the spend of every branch, in one pass from the end, because children come after their parents. */
export function rollUp(rows: SpendRow[]): Map<number, RolledUp> {
  const rolled = new Map<number, RolledUp>();
  for (const { id, tokens, microUsd } of rows) rolled.set(id, { tokens, microUsd, tasks: 1, depth: 0 });
  for (const row of rows.toReversed()) {
    const own = rolled.get(row.id);
    const parent = row.parentId === null ? undefined : rolled.get(row.parentId);
    if (!own || !parent) continue;
    parent.tokens += own.tokens;
    parent.microUsd += own.microUsd;
    parent.tasks += row.role === "work" ? own.tasks : 0;
    parent.depth = Math.max(parent.depth, own.depth + 1);
  }
  return rolled;
}
