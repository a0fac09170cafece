/** Shapes of a tree's forks; see `shapes.ts`. */
import type { Tree } from "./shapes";

/** Where a fork began. */
export interface ForkOrigin {
  tree_id: string;
  /** The last copied message. */
  seq: number;
  /** The turn with which it goes on, from 1. Lists of trees leave it out. */
  turn?: number;
  /** The title of the task that went back; absent for the task that heads the tree. */
  task?: string;
}

/** `GET /trees/:id/forks`. */
export interface ListedFork
  extends Pick<Tree, "id" | "title" | "status" | "reason" | "created_at" | "ended_at" | "headline"> {
  /** `task_id`: the task of the origin that went back; null when the origin was deleted. */
  from: ForkOrigin & { task_id: string | null };
  created_by: string;
  cost_usd: number;
}
