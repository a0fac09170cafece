/**
 * The messages of the socket, for both ends: the server side is `server/live`, the browser side is `components/feed`.
 * The socket carries only committed messages, and activities, which are not committed yet.
 */
import type { Activity, ActivityFrame } from "./live";
import type { Message, Review, Task, Tree } from "./shapes";
import type { ServerStatus } from "./status";

export const SOCKET_PATH = "/live";

export interface TreeBatch {
  treeId: string;
  /** Cursor at which the batch starts; "" is the beginning of the log. */
  after: string;
  /** Cursor at which the batch ends. */
  cursor: string;
  /** Number that is greater when the rows were read later. */
  mark: number;
  messages: Message[];
  /** Changed rows, without their long texts. */
  tasks: Task[];
  tree: Tree;
  /** null when they have not changed. */
  reviews: Review[] | null;
}

export interface ListBatch {
  mark: number;
  trees: Tree[];
  /** Ids of deleted trees. */
  gone: string[];
  /** null when they have not changed. */
  reviews: Review[] | null;
  status: ServerStatus;
}

export interface ServerEvents {
  "tree:batch": (batch: TreeBatch, taken: () => void) => void;
  "tree:lost": (lost: { treeId: string; problem: string }) => void;
  "trees:batch": (batch: ListBatch, taken: () => void) => void;
  /** What is new of the watched task's activity. The next frame waits until this one is taken. */
  "tree:activity": (frame: ActivityFrame, taken: () => void) => void;
  /** What all tasks of the tree do now. */
  "tree:now": (now: { treeId: string; running: Activity[] }, taken: () => void) => void;
  status: (status: ServerStatus) => void;
  "server:closing": () => void;
}

export interface BrowserEvents {
  /** `again`: the browser was disconnected, or shows an earlier page again, so rows may have changed without a message. */
  "tree:join": (request: { treeId: string; cursor: string; again?: boolean }) => void;
  "tree:watch": (request: { taskId: string | null }) => void;
  "tree:leave": (request: { treeId: string }) => void;
  /** `held`: ids of trees whose rows the browser has, maybe from long ago. */
  "trees:join": (request: { held: string[] }) => void;
  "trees:leave": () => void;
  "status:join": () => void;
}

/** Messages from a browser may have any shape, so the server checks them. */
export type Untrusted<Events> = {
  [Name in keyof Events]: Events[Name] extends (...args: infer Args) => void
    ? Args extends []
      ? () => void
      : (request: unknown) => void
    : never;
};
