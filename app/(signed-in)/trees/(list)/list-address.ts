/** The state of the list, as its address holds it. Pure. */

import { TASK_STATUSES } from "@/core/log/terms";
import { TREE_SORTS, type TreeSort } from "@/core/shapes/shapes";

export const STATES = ["open", ...TASK_STATUSES] as const;
export type State = (typeof STATES)[number];

export interface ListState {
  search: string;
  /** "": of every status. */
  status: State | "";
  agent: string;
  person: string;
  sort: TreeSort;
  /** Cursor of a later page; "": the first. */
  after: string;
}

const START: ListState = { search: "", status: "", agent: "", person: "", sort: "newest", after: "" };
const LONGEST_SEARCH = 200;

/** What the address does not say, or says in words that mean nothing, is as at the start. */
export function stateOf(given: Record<string, string | string[] | undefined>): ListState {
  const text = (name: string) => (typeof given[name] === "string" ? given[name].trim() : "");
  const status = STATES.find((one) => one === text("status"));
  const sort = TREE_SORTS.find((one) => one === text("sort"));
  return {
    search: text("search").slice(0, LONGEST_SEARCH),
    status: status ?? "",
    agent: text("agent"),
    person: text("person"),
    sort: sort ?? "newest",
    after: /^\d{1,18}(?:-\d{1,15})?$/.test(text("after")) ? text("after") : "",
  };
}

/** Only what differs from the start, so that the plain list has the plain address. */
export function queryOf(state: ListState): string {
  const entries = Object.entries(state).filter(([name, value]) => value !== START[name as keyof ListState]);
  return new URLSearchParams(entries).toString();
}

export function addressOf(state: ListState): string {
  const query = queryOf(state);
  return query ? `/trees?${query}` : "/trees";
}

export function isFiltered({ search, status, agent, person }: ListState): boolean {
  return Boolean(search || status || agent || person);
}
