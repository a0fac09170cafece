/** Chooses which tasks to show when not all fit: finished tasks fold first; tasks that run or need a person stay. Pure. */
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { countStatuses, type StatusCounts } from "@/core/words/counts";

export type OutlineRow =
  | { kind: "task"; depth: number; task: Task /** Hidden tasks below this row. */; folded: number }
  | { kind: "group"; depth: number; counts: StatusCounts }
  | { kind: "more"; depth: number; count: number };

interface Node {
  task: Task;
  children: Node[];
  /** Whether the task and all below it have ended. */
  ended: boolean;
  /** The tasks below. */
  below: Task[];
  /** 3: the task runs or waits for a person; 2: a task below it does; 1: neither. */
  importance: number;
}

/** Returns at most `height` rows. Children come below their parent, in the order of creation. */
export function outlineRows(tasks: readonly Task[], height: number, forPerson: (task: Task) => boolean): OutlineRow[] {
  const roots = nodesOf(tasks, forPerson);
  for (const level of [0, 1, 2, 3]) {
    const rows = rowsOf(roots, level, 0);
    if (rows.length <= height) return rows.map((row) => row.row);
  }
  const rows = rowsOf(roots, 3, 0);
  const order = rows.map((_, index) => index).sort((a, b) => (rows[b]?.weight ?? 0) - (rows[a]?.weight ?? 0) || a - b);
  const kept = new Set(order.slice(0, Math.max(1, height - 1)));
  const shown = rows.filter((_, index) => kept.has(index)).map((row) => row.row);
  if (height < 2) return shown;
  return [...shown, { kind: "more", depth: 0, count: rows.length - shown.length }];
}

function nodesOf(tasks: readonly Task[], forPerson: (task: Task) => boolean): Node[] {
  const nodes = new Map<string, Node>();
  const roots: Node[] = [];
  for (const task of tasks) {
    const importance = task.status === "running" || forPerson(task) ? 3 : 1;
    nodes.set(task.id, { task, children: [], ended: isEnded(task.status), below: [], importance });
  }
  for (const node of nodes.values()) {
    const parent = node.task.parent_id === null ? undefined : nodes.get(node.task.parent_id);
    if (parent) parent.children.push(node);
    else roots.push(node);
  }
  // Parents are created before their children, so in reverse every child is complete before its parent adds it up.
  for (const node of [...nodes.values()].reverse()) {
    const parent = node.task.parent_id === null ? undefined : nodes.get(node.task.parent_id);
    if (!parent) continue;
    parent.below.push(node.task, ...node.below);
    parent.ended &&= node.ended;
    parent.importance = Math.max(parent.importance, Math.min(2, node.importance));
  }
  return roots;
}

interface Weighted {
  row: OutlineRow;
  weight: number;
}

/**
 * Level 1 folds finished branches, level 2 also groups finished siblings into one row, level 3 also groups siblings that
 * have not started.
 */
function rowsOf(siblings: Node[], level: number, depth: number): Weighted[] {
  const rows: Weighted[] = [];
  const groups: Record<"ended" | "ready", Task[]> = { ended: [], ready: [] };
  for (const node of siblings) {
    const state = node.ended ? "ended" : node.task.status === "ready" && node.below.length === 0 ? "ready" : null;
    const grouped = state !== null && level >= (state === "ended" ? 2 : 3) && siblings.length > 1;
    if (grouped) {
      groups[state].push(node.task, ...node.below);
      continue;
    }
    const isFolded = level >= 1 && node.ended;
    rows.push({
      row: { kind: "task", depth, task: node.task, folded: isFolded ? node.below.length : 0 },
      weight: node.importance,
    });
    if (!isFolded) rows.push(...rowsOf(node.children, level, depth + 1));
  }
  for (const state of ["ended", "ready"] as const)
    if (groups[state].length > 0)
      rows.push({ row: { kind: "group", depth, counts: countOf(groups[state]) }, weight: 1 });
  return rows;
}

function countOf(tasks: readonly Task[]): StatusCounts {
  return countStatuses(tasks.map((task) => task.status));
}
