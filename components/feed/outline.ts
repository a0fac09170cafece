/** The rows of a tree's outline, in order of display. Pure. */
import { shownStatusOf } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";
import { countStatuses, countsOfTree, type StatusCounts } from "@/core/words/counts";
import { plural, spentPart } from "@/core/words/figures";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import { isChosen } from "./selectors";

export interface OutlineRow {
  task: Task;
  /** Level of indentation. `agent_selector` and the task that it started share a level. */
  level: number;
  /** undefined for a task without subtasks. */
  expanded: boolean | undefined;
  status: ShownStatus;
  /** Number of subtasks that are folded below this row. */
  folded: number;
  /** The agent was chosen by `agent_selector`, whose own task is not shown. */
  chosen: boolean;
}

/** The filters that have a chip. */
export const FILTERS = ["all", "you", "problems", "running", "parked", "succeeded"] as const;
export type Filter = (typeof FILTERS)[number] | ShownStatus;

export function isFilter(text: string): text is Filter {
  return (FILTERS as readonly string[]).includes(text) || Object.hasOwn(STATUS_WORDS, text);
}

export interface OutlineView {
  /** Branches that the user folded (false) or unfolded (true). Other branches follow the status of their task. */
  toggled: ReadonlyMap<string, boolean>;
  /** Folds or unfolds all branches that are not in `toggled`; null: by the status of their task. */
  every: "open" | "folded" | null;
  query: string;
  filter: Filter;
  /** Shows only tasks of this agent; "": all tasks. */
  agent: string;
  showFinishing: boolean;
}

/** Further input for the rows that is not part of the URL. */
export interface OutlineExtras {
  /** Ids of the tasks in whose texts the server found the query. */
  found?: ReadonlySet<string>;
  /** Branches that the user saw unfolded. They stay unfolded when they end, so that no row moves by itself. */
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

/** Returns the task that represents the tree: its root, or the task that `agent_selector` started as the root. */
export function headTaskOf(tasks: Iterable<Task>): { head: Task | null; chosen: boolean } {
  let root: Task | null = null;
  const all = [...tasks];
  for (const task of all) if (task.parent_id === null) root ??= task;
  if (root?.agent !== "agent_selector") return { head: root, chosen: false };
  const picked = all.filter((task) => task.parent_id === root.id && task.role === "work");
  return picked.length === 1 ? { head: picked[0]!, chosen: true } : { head: root, chosen: false };
}

/**
 * Returns the head task of a tree that has no other work: its page is a conversation. null once it has started a subtask.
 * `tasks`: without the selectors that have chosen.
 */
export function onlyTaskOf(tasks: Iterable<Task>): Task | null {
  const work = [...tasks].filter(({ role }) => role === "work");
  return work.length === 1 ? (work[0] ?? null) : null;
}

export function outlineRows(
  tasks: Iterable<Task>,
  asked: ReadonlySet<string>,
  view: OutlineView,
  extras: OutlineExtras = {},
): OutlineRow[] {
  const all = [...tasks];
  const children = childrenOf(all, view.showFinishing);
  const { head } = headTaskOf(all);
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
    rows.push({ task, status, level, expanded, folded, chosen: isChosen(task) });
    if (expanded) for (const child of below) visit(child, level + 1);
  };
  visit(head, 0);
  return rows;
}

/** Returns true if the task's branch starts folded: it succeeded or was stopped. A failed branch stays unfolded. */
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
      return status === "failed" || (!isEnded(task.status) && (isNearGrant(task) || task.tries > 1));
    case "running":
      return status === "running";
    case "parked":
      return status === "parked";
    default:
      return status === filter;
  }
}

/** Returns true if the view filters its rows. */
export function isNarrowed({ query, filter, agent }: OutlineView): boolean {
  return query.trim() !== "" || filter !== "all" || agent !== "";
}

/** Returns the ids of the matching tasks and their ancestors; null if nothing is filtered. */
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

/** Counts the tasks of a tree by status, as the tree's own `counts` do. */
export function countOfTree(tasks: Iterable<Task>, head: Task | null, asked: ReadonlySet<string>): StatusCounts {
  const counts = countByStatus(tasks, asked);
  return head ? countsOfTree(counts, shownStatusOf(head, asked)) : counts;
}

export function countByStatus(tasks: Iterable<Task>, asked: ReadonlySet<string>): StatusCounts {
  const work = [...tasks].filter((task) => task.role === "work");
  return countStatuses(work.map((task) => shownStatusOf(task, asked)));
}

export interface RowBadge {
  word: string;
  look: "plain" | "you" | "bad";
  icon: "question" | "approval" | "x" | "tri" | "retry";
}

const NEAR_GRANT = 0.8;

/** Returns the worst badge of a task; null: none. A row has room for one. */
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
  if (task.refused_subtasks > 0)
    return { word: `${plural(task.refused_subtasks, "subtask")} refused`, look: "plain", icon: "tri" };
  if (task.tries > 1) return { word: ordinal(task.tries), look: "plain", icon: "retry" };
  return null;
}

function isNearGrant(task: Task): boolean {
  return (spentPart(task.spent, task.grant) ?? 0) >= NEAR_GRANT;
}

const FAILED_WORDS: Record<string, string> = {
  claims_failed: "Claim failed",
  judged_failed: "Judged as failed",
  out_of_grant: "Out of grant",
  timeout: "Timeout",
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
