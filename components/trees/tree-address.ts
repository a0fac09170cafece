/** The view of a tree's page as a URL, so that a reload or a shared link shows the same view. Pure. */
import { isFilter, type OutlineView } from "@/components/feed/outline";

export const VIEWS = ["outline", "graph", "timeline"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface TreeAddress {
  view: ViewName;
  /** The open task; null: the task that represents the tree. */
  task: string | null;
  outline: OutlineView;
}

const MOST_CHARS = 200;
/** Servers refuse much longer URLs, so only the latest folds are written. Older folds last until the page is left. */
const MOST_FOLDS = 60;

export function readAddress(search: URLSearchParams): TreeAddress {
  const text = (name: string) => (search.get(name) ?? "").slice(0, MOST_CHARS);
  const view = text("view");
  const show = text("show");
  const all = text("all");
  const folds = (name: string, open: boolean) =>
    (search.get(name) ?? "")
      .split(",", MOST_FOLDS)
      .filter(Boolean)
      .map((id): [string, boolean] => [id.slice(0, MOST_CHARS), open]);
  return {
    view: VIEWS.find((one) => one === view) ?? "outline",
    task: text("task") || null,
    outline: {
      toggled: new Map([...folds("fold", false), ...folds("open", true)]),
      every: all === "open" || all === "folded" ? all : null,
      query: text("q"),
      filter: isFilter(show) ? show : "all",
      agent: text("agent"),
      showFinishing: search.get("finishing") === "1",
    },
  };
}

/**
 * Returns the query with its question mark; "" for the default view. `before` is the current query: its message is kept
 * while the message's task is open.
 */
export function writeAddress({ view, task, outline }: TreeAddress, before = new URLSearchParams()): string {
  const search = new URLSearchParams();
  const put = (name: string, value: string | null, usual = "") => value && value !== usual && search.set(name, value);
  const folds = (open: boolean) =>
    [...outline.toggled]
      .filter(([, isOpen]) => isOpen === open)
      .slice(-MOST_FOLDS)
      .map(([id]) => id)
      .join(",");
  put("view", view, "outline");
  put("task", task);
  if (task && before.get("task") === task) put("seq", before.get("seq"));
  put("show", outline.filter, "all");
  put("agent", outline.agent);
  put("q", outline.query.slice(0, MOST_CHARS));
  put("all", outline.every);
  put("fold", folds(false));
  put("open", folds(true));
  put("finishing", outline.showFinishing ? "1" : "");
  const text = search.toString().replaceAll("%2C", ",");
  return text && `?${text}`;
}
