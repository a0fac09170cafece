/** Which rows the outline of a tree shows, in which order. Pure: tasks in, rows out. */

import { shownStatusOf } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { spentPart } from "@/core/words/figures";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";

export interface OutlineRow {
  task: Task;
  /** Levels of indent; the pair of selector and chosen task is one level. */
  level: number;
  /** undefined for a task without subtasks. */
  expanded: boolean | undefined;
  status: ShownStatus;
  /** Subtasks that are folded away below this row. */
  folded: number;
  /** The agent was chosen by `agent_selector`, whose own task is not shown. */
  chosen: boolean;
}

/** Those that have a chip of their own. */
export const FILTERS = ["all", "you", "problems", "running", "parked", "done"] as const;
export type Filter = (typeof FILTERS)[number] | ShownStatus;

export function isFilter(text: string): text is Filter {
  return (FILTERS as readonly string[]).includes(text) || Object.hasOwn(STATUS_WORDS, text);
}

export interface OutlineView {
  /** What a person folded (false) or unfolded (true); others follow their state. */
  toggled: ReadonlyMap<string, boolean>;
  /** All branches at once, but for those that were toggled since; null: as their state says. */
  every: "open" | "folded" | null;
  query: string;
  filter: Filter;
  /** Only tasks of this agent; "": of all. */
  agent: string;
  showFinishing: boolean;
}

/** What else decides which rows there are, and does not stand in the address. */
export interface OutlineExtras {
  /** Tasks whose texts hold the query, as the server found them. */
  found?: ReadonlySet<string>;
  /** Branches that somebody saw unfolded: they stay so when they end, because nothing moves by itself. */
  kept?: ReadonlySet<string>;
  /** Finished branches start unfolded. */
  unfolded?: boolean;
}

export type Children = ReadonlyMap<string | null, Task[]>;

export function childrenOf(tasks: Iterable<Task>, showFinishing: boolean): Children {
  const children = new Map<string | null, Task[]>();
  for (const task of tasks) {
    if (task.role === "finishing" && !showFinishing) continue;
    const siblings = children.get(task.parent_id);
    if (siblings) siblings.push(task);
    else children.set(task.parent_id, [task]);
  }
  return children;
}

/** The task that stands for the tree: its root, or the one that `agent_selector` started for it. */
export function headTaskOf(tasks: Iterable<Task>): { head: Task | null; chosen: boolean } {
  let root: Task | null = null;
  const all = [...tasks];
  for (const task of all) if (task.parent_id === null) root ??= task;
  if (root?.agent !== "agent_selector") return { head: root, chosen: false };
  const picked = all.filter((task) => task.parent_id === root.id && task.role === "work");
  return picked.length === 1 ? { head: picked[0]!, chosen: true } : { head: root, chosen: false };
}

export function outlineRows(
  tasks: Iterable<Task>,
  asked: ReadonlySet<string>,
  view: OutlineView,
  extras: OutlineExtras = {},
): OutlineRow[] {
  const all = [...tasks];
  const children = childrenOf(all, view.showFinishing);
  const { head, chosen } = headTaskOf(all);
  if (!head) return [];
  const wanted = wantedIds(all, asked, view, extras.found);
  const rows: OutlineRow[] = [];

  const visit = (task: Task, level: number): void => {
    if (wanted && !wanted.has(task.id)) return;
    const below = children.get(task.id) ?? [];
    const usual = level === 0 || !recedes(task) || extras.unfolded || extras.kept?.has(task.id) === true;
    const all = view.every && (level === 0 || view.every === "open");
    const open = wanted !== null || (view.toggled.get(task.id) ?? all ?? usual);
    const expanded = below.length === 0 ? undefined : open;
    const folded = expanded === false ? below.length : 0;
    const status = shownStatusOf(task, asked);
    rows.push({ task, status, level, expanded, folded, chosen: chosen && task === head });
    if (expanded) for (const child of below) visit(child, level + 1);
  };
  visit(head, 0);
  return rows;
}

/** The branch of what succeeded or was stopped starts folded. What failed stays open, to be read. */
export function recedes(task: Task): boolean {
  return task.status === "succeeded" || task.status === "stopped";
}

export function matchesFilter(task: Task, status: ShownStatus, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "you":
      return status === "you";
    case "problems":
      return status === "failed" || (!isEnded(task.status) && (isNearGrant(task) || task.attempt > 1));
    case "running":
      return status === "running";
    case "parked":
      return status === "parked";
    case "done":
      return isEnded(task.status);
    default:
      return status === filter;
  }
}

/** Whether a view shows less than everything. */
export function isNarrowed({ query, filter, agent }: OutlineView): boolean {
  return query.trim() !== "" || filter !== "all" || agent !== "";
}

/** null when everything is wanted; otherwise the matches with the path that leads to each. */
export function wantedIds(
  tasks: Task[],
  asked: ReadonlySet<string>,
  view: OutlineView,
  found: ReadonlySet<string> | undefined,
): Set<string> | null {
  if (!isNarrowed(view)) return null;
  const words = view.query.trim().toLowerCase();
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const wanted = new Set<string>();
  for (const task of tasks) {
    if (view.agent && task.agent !== view.agent) continue;
    if (!matchesFilter(task, shownStatusOf(task, asked), view.filter)) continue;
    if (!found?.has(task.id) && !`${task.title} ${task.agent} ${task.headline}`.toLowerCase().includes(words)) continue;
    for (let one: Task | undefined = task; one && !wanted.has(one.id); ) {
      wanted.add(one.id);
      one = one.parent_id ? byId.get(one.parent_id) : undefined;
    }
  }
  return wanted;
}

export function countByStatus(tasks: Iterable<Task>, asked: ReadonlySet<string>): Record<ShownStatus, number> {
  const counts = {
    ready: 0,
    running: 0,
    you: 0,
    waiting: 0,
    parked: 0,
    paused: 0,
    succeeded: 0,
    failed: 0,
    stopped: 0,
  };
  for (const task of tasks) if (task.role === "work") counts[shownStatusOf(task, asked)]++;
  return counts;
}

export interface RowBadge {
  word: string;
  look: "plain" | "you" | "bad";
  icon: "question" | "approval" | "x" | "tri" | "retry";
}

const NEAR_GRANT = 0.8;

/** One badge a row: the worst. */
export function badgeOf(task: Task, status: ShownStatus): RowBadge | null {
  if (status === "you") {
    return task.waiting_for?.kind === "approval"
      ? { word: "Approval", look: "you", icon: "approval" }
      : { word: "Question", look: "you", icon: "question" };
  }
  if (task.status === "failed") return { word: FAILED_WORDS[task.reason ?? ""] ?? "Failed", look: "bad", icon: "x" };
  if (!isEnded(task.status) && isNearGrant(task)) {
    const percent = Math.min(100, Math.floor((spentPart(task.spent, task.grant) ?? 0) * 100));
    return { word: `${percent} % of grant`, look: "plain", icon: "tri" };
  }
  if (task.attempt > 1) return { word: ordinal(task.attempt), look: "plain", icon: "retry" };
  return null;
}

function isNearGrant(task: Task): boolean {
  return (spentPart(task.spent, task.grant) ?? 0) >= NEAR_GRANT;
}

const FAILED_WORDS: Record<string, string> = {
  claims_failed: "Claim failed",
  judged_failed: "Judged as failed",
  out_of_grant: "Out of grant",
  timeout: "Time-out",
  runaway: "Runaway",
  no_model: "No model",
  no_key: "No key",
  model_error: "Model error",
  refused: "Refused",
};

function ordinal(attempt: number): string {
  const suffix = attempt === 2 ? "nd" : attempt === 3 ? "rd" : "th";
  return `${attempt}${suffix} attempt`;
}
