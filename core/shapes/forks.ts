/** What was forked from a tree; see `shapes.ts`. */
import type { Tree } from "./shapes";

/** `GET /trees/:id/forks`. */
export interface ListedFork
  extends Pick<Tree, "id" | "title" | "status" | "reason" | "created_at" | "ended_at" | "headline"> {
  /** The tree that it was forked from, after which message, and the task that went on then; null: the tree is gone. */
  from: { tree_id: string; seq: number; task_id: string | null };
  created_by: string;
  cost_usd: number;
}
