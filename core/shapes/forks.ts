/** Shapes of a tree's forks; see `shapes.ts`. */
import type { ForkOrigin, Tree } from "./shapes";

/** `GET /trees/:id/forks`. */
export interface ListedFork
  extends Pick<Tree, "id" | "title" | "status" | "reason" | "created_at" | "ended_at" | "headline"> {
  /** `task_id`: the task of the origin that went back; null when the origin was deleted. */
  from: ForkOrigin & { task_id: string | null };
  created_by: string;
  cost_usd: number;
}
