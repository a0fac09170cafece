/** The view of a tree's page as a URL, so that a reload or a shared link shows the same view. Pure. */
import { isFilter, type OutlineView } from "@/components/feed/outline";

/** `goal` only of a tree that pursues one. */
export const VIEWS = ["goal", "outline", "graph", "timeline", "files"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface TreeAddress {
  view: ViewName;
  /** The open task; null: the task that represents the tree. */
  task: string | null;
  outline: OutlineView;
  /** What the Files view shows. */
  files: ShownFiles;
}

export interface ShownFiles {
  /** The open file. */
  path: string | null;
  /** null: now; "start", or the number of a snapshot's message. */
  at: string | null;
}

/** Opens a file of a moment in the Files view, or with null its list. */
export type OpenFile = (path: string | null, at: string | null) => void;

const MOST_CHARS = 200;
const MOST_PATH_CHARS = 4_096;
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
    files: { path: (search.get("path") ?? "").slice(0, MOST_PATH_CHARS) || null, at: text("at") || null },
  };
}

/**
 * Returns the query with its question mark; "" for the default view. `before` is the current query: its message is kept
 * while the message's task is open.
 */
export function writeAddress({ view, task, outline, files }: TreeAddress, before = new URLSearchParams()): string {
  const search = new URLSearchParams();
  const put = (name: string, value: string | null, usual = "") => value && value !== usual && search.set(name, value);
  const folds = (open: boolean) =>
    [...outline.toggled]
      .filter(([, isOpen]) => isOpen === open)
      .slice(-MOST_FOLDS)
      .map(([id]) => id)
      .join(",");
  put("view", view, "outline");
  if (view === "files") {
    put("path", files.path);
    put("at", files.at);
  }
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
