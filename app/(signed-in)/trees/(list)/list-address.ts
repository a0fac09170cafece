/** Reads and writes the list's state in its address. Pure. */
import { isEnded, TASK_STATUSES } from "@/core/log/terms";
import type { TreeCounts } from "@/core/shapes/trees";
import { TREE_SORTS, type TreeSort } from "@/core/shapes/trees";

export const STATES = ["open", ...TASK_STATUSES] as const;
export type State = (typeof STATES)[number];

export interface ListState {
  search: string;
  /** "" means any status. */
  status: State | "";
  agent: string;
  person: string;
  sort: TreeSort;
  /** Cursor of the page; "" means the first page. */
  after: string;
}

const DEFAULTS: ListState = { search: "", status: "", agent: "", person: "", sort: "newest", after: "" };
const LONGEST_SEARCH = 200;

/** Returns the list's state. A missing or invalid value falls back to its default. */
export function stateOf(given: Record<string, string | string[] | undefined>): ListState {
  const text = (name: string) => (typeof given[name] === "string" ? given[name].trim() : "");
  const status = STATES.find((state) => state === text("status"));
  const sort = TREE_SORTS.find((known) => known === text("sort"));
  return {
    search: text("search").slice(0, LONGEST_SEARCH),
    status: status ?? "",
    agent: text("agent"),
    person: text("person"),
    sort: sort ?? "newest",
    after: /^\d{1,18}(?:-\d{1,15})?$/.test(text("after")) ? text("after") : "",
  };
}

/** Returns a query string of the values that differ from the defaults, so the plain list has a plain address. */
export function queryOf(state: ListState): string {
  const entries = Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name as keyof ListState]);
  return new URLSearchParams(entries).toString();
}

export function addressOf(state: ListState): string {
  const query = queryOf(state);
  return query ? `/trees?${query}` : "/trees";
}

/** Returns how many trees are in the state, or in any. */
export function countShown(counts: TreeCounts, status: State | ""): number {
  if (status !== "" && status !== "open") return counts[status];
  const counted = status === "" ? TASK_STATUSES : TASK_STATUSES.filter((one) => !isEnded(one));
  return counted.reduce((sum, one) => sum + counts[one], 0);
}

export function isFiltered({ search, status, agent, person }: ListState): boolean {
  return Boolean(search || status || agent || person);
}
