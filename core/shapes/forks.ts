/** Shapes of a tree's forks; see `shapes.ts`. */
import type { ForkOrigin, Tree } from "./shapes";
import type { ForkVersion } from "./submission";

/** `GET /trees/:id/forks`. */
export interface ListedFork
  extends Pick<Tree, "id" | "title" | "status" | "reason" | "created_at" | "ended_at" | "headline"> {
  /** `task_id`: the task of the origin that went back; null when the origin was deleted. */
  from: ForkOrigin & {
    /** Id of that task, as in `/tasks/{id}`; null when the origin was deleted. */
    task_id: string | null;
  };
  /** Name of the person who forked. */
  created_by: string;
  cost_usd: number;
}

/** What a fork from a message takes over, unless its request names something else. */
export interface ForkStart {
  /** Of the task's agent and its documents; of a program, such as a goal, those that are pinned for the tasks below. */
  versions: ForkVersion[];
  /**
   * Of a program: what tasks of its tree have used. Tasks that start in the fork use the live versions unless it names
   * others.
   */
  used: ForkVersion[];
  /** As in a `ForkRequest`. */
  lessons: "with" | "without" | string[];
}
