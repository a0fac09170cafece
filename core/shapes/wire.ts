/**
 * What travels over the socket: the one description for both ends. The server side is `server/live`, the browser side is
 * `components/feed`. Only committed messages travel, and drafts that are marked as such.
 */
import type { DraftFrame, Message, Review, ServerStatus, Task, Tree } from "./shapes";

export const SOCKET_PATH = "/live";

export interface TreeBatch {
  treeId: string;
  /** The batch continues exactly here ("" is the beginning of the log) … */
  after: string;
  /** … and ends here. */
  cursor: string;
  /** A batch whose rows were read later has a greater number. */
  mark: number;
  messages: Message[];
  /** Rows that changed, without their long texts. */
  tasks: Task[];
  tree: Tree;
  /** null: those that came before are the same. */
  reviews: Review[] | null;
}

export interface ListBatch {
  mark: number;
  trees: Tree[];
  /** Ids of trees that were deleted. */
  gone: string[];
  /** null: those that came before are the same. */
  reviews: Review[] | null;
  status: ServerStatus;
}

export interface ServerEvents {
  "tree:batch": (batch: TreeBatch, taken: () => void) => void;
  "tree:lost": (lost: { treeId: string; problem: string }) => void;
  "trees:batch": (batch: ListBatch, taken: () => void) => void;
  draft: (frame: DraftFrame) => void;
  status: (status: ServerStatus) => void;
  "server:closing": () => void;
}

export interface BrowserEvents {
  /** `again`: the browser was away, so rows may have changed without a message. */
  "tree:join": (request: { treeId: string; cursor: string; again?: boolean }) => void;
  "tree:watch": (request: { taskId: string | null }) => void;
  "tree:leave": (request: { treeId: string }) => void;
  /** `held`: ids of trees whose rows the browser has from an earlier connection. */
  "trees:join": (request?: { held: string[] }) => void;
  "trees:leave": () => void;
  "status:join": () => void;
}

/** What arrives from a browser is not trusted to have its shape: the server checks it. */
export type Untrusted<Events> = {
  [Name in keyof Events]: Events[Name] extends (...args: infer Args) => void
    ? Args extends []
      ? () => void
      : (request: unknown) => void
    : never;
};
