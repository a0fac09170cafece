/** The boxes and lines of a tree's graph, without their layout. Pure. */
import {
  type Children,
  childrenOf,
  countByStatus,
  headTaskOf,
  isNarrowed,
  type OutlineExtras,
  type OutlineView,
  recedes,
  wantedIds,
} from "@/components/feed/outline";
import { shownStatusOf } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";
import { countsText, type StatusCounts } from "@/core/words/counts";
import { plural } from "@/core/words/figures";
import type { ShownStatus } from "@/core/words/status";

/** The most boxes before further branches start folded. More boxes are unreadable and slow to lay out. */
const MOST_BOXES = 160;
/** The most siblings that are shown separately, before and after the box with the others is unfolded. */
const FEW_SIBLINGS = 24;
const MANY_SIBLINGS = 240;
const LEAST_STACK = 2;

export type Box =
  | {
      kind: "task";
      id: string;
      parent: string | null;
      task: Task;
      status: ShownStatus;
      expanded?: boolean;
      below: number;
    }
  /** Finished siblings in one box, until the user unfolds it. `tasks` counts them and all tasks below them. */
  | { kind: "done"; id: string; parent: string; counts: StatusCounts; open: boolean }
  /** Siblings that do not fit. `last`: unfolding shows no further siblings. */
  | { kind: "more"; id: string; parent: string; tasks: number; open: boolean; last: boolean };

export interface TreeGraph {
  boxes: Box[];
  /** Dependencies: lines from a box to a box that starts after it. */
  after: { from: string; to: string }[];
  /** Some branches are folded only because the graph would have too many boxes. */
  isCrowded: boolean;
}

const EMPTY: TreeGraph = { boxes: [], after: [], isCrowded: false };

export interface GraphExtras extends OutlineExtras {
  /** Tasks that the user saw as boxes. They do not join the box of finished siblings when they end. */
  alone?: ReadonlySet<string>;
}

export function graphOf(
  tasks: ReadonlyMap<string, Task>,
  asked: ReadonlySet<string>,
  view: OutlineView,
  { found, kept, alone }: GraphExtras = {},
): TreeGraph {
  const all = [...tasks.values()];
  const { head } = headTaskOf(all);
  if (!head) return EMPTY;
  const wanted = wantedIds(all, asked, view, found);
  const sources: Sources = { children: childrenOf(all, view.showFinishing), asked, view, wanted, kept, alone };
  if (wanted && !wanted.has(head.id)) return EMPTY;

  const boxes: Box[] = [];
  /** The box of each task. */
  const boxOf = new Map<string, string>();
  let waiting: { task: Task; parent: string | null }[] = [{ task: head, parent: null }];
  let count = 1;
  let isCrowded = false;
  // Level by level, so that a lack of room folds the deepest branches.
  for (let level = 0; waiting.length > 0; level++) {
    const next: typeof waiting = [];
    for (const { task, parent } of waiting) {
      const siblings = siblingsBelow(task, sources);
      const size = siblings.shown.length + siblings.groups.length;
      const isWanted = size > 0 && isOpen(task, level, sources);
      const hasRoom = level === 0 || count + size <= MOST_BOXES || wasChosen(task, sources);
      if (isWanted && !hasRoom) isCrowded = true;
      const expanded = size === 0 ? undefined : isWanted && hasRoom;
      const below = expanded === false ? siblings.total : 0;
      const status = shownStatusOf(task, asked);
      boxes.push({ kind: "task", id: task.id, parent, task, status, expanded, below });
      boxOf.set(task.id, task.id);
      if (!expanded) continue;
      count += size;
      boxes.push(...siblings.groups);
      for (const [one, group] of siblings.inGroup) boxOf.set(one, group);
      next.push(...siblings.shown.map((one) => ({ task: one, parent: task.id })));
    }
    waiting = next;
  }
  return { boxes, after: linesOf(boxes, boxOf), isCrowded };
}

interface Sources {
  children: Children;
  asked: ReadonlySet<string>;
  view: OutlineView;
  wanted: ReadonlySet<string> | null;
  kept: ReadonlySet<string> | undefined;
  alone: ReadonlySet<string> | undefined;
}

interface Siblings {
  shown: Task[];
  groups: Box[];
  inGroup: Map<string, string>;
  /** Number of direct subtasks. */
  total: number;
}

function isOpen(task: Task, level: number, { view, wanted, kept }: Sources): boolean {
  const toggled = wanted ? undefined : view.toggled.get(task.id);
  if (toggled !== undefined || level === 0) return toggled ?? true;
  if (view.every && !wanted) return view.every === "open";
  return wanted !== null || kept?.has(task.id) === true || !recedes(task);
}

/** Returns true if the user unfolded the branch or saw it unfolded. Then it is unfolded even without room. */
function wasChosen(task: Task, { view, wanted, kept }: Sources): boolean {
  return (!wanted && view.toggled.get(task.id) === true) || (!view.every && kept?.has(task.id) === true);
}

function siblingsBelow(task: Task, { children, asked, view, wanted, alone }: Sources): Siblings {
  let shown = (children.get(task.id) ?? []).filter((one) => !wanted || wanted.has(one.id));
  const total = shown.length;
  const groups: Box[] = [];
  const inGroup = new Map<string, string>();
  const group = (id: string, members: Task[]) => {
    for (const one of members) inGroup.set(one.id, id);
    const hidden = new Set(members);
    shown = shown.filter((one) => !hidden.has(one));
  };

  const finished = isNarrowed(view) ? [] : shown.filter((one) => recedes(one) && !alone?.has(one.id));
  if (finished.length >= LEAST_STACK) {
    const id = `done:${task.id}`;
    const open = view.toggled.get(id) === true;
    const counts = countByStatus(withBelow(finished, children), asked);
    groups.push({ kind: "done", id, parent: task.id, counts, open });
    if (!open) group(id, finished);
  }

  const moreId = `more:${task.id}`;
  const open = view.toggled.get(moreId) === true;
  const most = open ? MANY_SIBLINGS : FEW_SIBLINGS;
  if (shown.length > FEW_SIBLINGS + 1) {
    const pressing = [...shown].sort((a, b) => pressure(a, asked) - pressure(b, asked));
    const rest = pressing.slice(most);
    const last = shown.length > MANY_SIBLINGS;
    groups.push({ kind: "more", id: moreId, parent: task.id, tasks: rest.length, open, last: open && last });
    group(moreId, rest);
  }
  return { shown, groups, inGroup, total };
}

/** Returns the rank of a task. Tasks with a higher rank are left out first. */
function pressure(task: Task, asked: ReadonlySet<string>): number {
  const order: ShownStatus[] = ["you", "failed", "running", "parked", "waiting", "paused", "ready"];
  const at = order.indexOf(shownStatusOf(task, asked));
  return at < 0 ? order.length : at;
}

/** Returns the tasks and all tasks below them. One of these may have failed although the task above it succeeded. */
function withBelow(tasks: Task[], children: Children): Task[] {
  return tasks.flatMap((one) => [one, ...withBelow(children.get(one.id) ?? [], children)]);
}

function linesOf(boxes: Box[], boxOf: ReadonlyMap<string, string>): TreeGraph["after"] {
  const lines = new Map<string, { from: string; to: string }>();
  for (const box of boxes) {
    if (box.kind !== "task") continue;
    for (const id of box.task.depends_on) {
      const from = boxOf.get(id);
      if (from && from !== box.id) lines.set(`${from} ${box.id}`, { from, to: box.id });
    }
  }
  return [...lines.values()];
}

/** Returns the texts of a box for several tasks. */
export function groupWords(box: Exclude<Box, { kind: "task" }>): { title: string; text: string } {
  if (box.kind === "done") {
    return { title: countsText(box.counts), text: box.open ? "Fold them" : "Unfold to see them" };
  }
  const title = `${box.tasks.toLocaleString("en-US")} more`;
  if (!box.open) return { title, text: "Unfold to see them" };
  return { title: box.tasks > 0 ? title : "All are shown", text: "Show fewer" };
}

export function foldedText(below: number): string {
  return `${plural(below, "subtask")} folded`;
}

/** Returns a text that changes when the boxes need a new layout: when their ids or parents change. */
export function structureOf(boxes: readonly Box[]): string {
  return boxes.map((box) => `${box.id}<${box.parent ?? ""}`).join(" ");
}
