/** Shapes of a tree's forks; see `shapes.ts`. */
import type { Tree } from "./shapes";

/** `GET /trees/:id/forks`. */
export interface ListedFork
  extends Pick<Tree, "id" | "title" | "status" | "reason" | "created_at" | "ended_at" | "headline"> {
  /** The origin: its tree, the last copied message, and the task that continued from there; the task is null when the tree was deleted. */
  from: { tree_id: string; seq: number; task_id: string | null };
  created_by: string;
  cost_usd: number;
}
