/** What travels over the socket, as the browser sees it; the other end is `lib/socket`. */
import type { Message, Review, ServerStatus, Task, Tree } from "@/agents/core/shapes";

export const SOCKET_PATH = "/live";

export interface TreeBatch {
  treeId: string;
  after: string;
  cursor: string;
  mark: number;
  messages: Message[];
  tasks: Task[];
  tree: Tree;
  reviews: Review[];
}

export interface ListBatch {
  mark: number;
  trees: Tree[];
  gone: string[];
  reviews: Review[];
  status: ServerStatus;
}
