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

/** What a fork from a message takes over, unless its request names something else. */
export interface ForkStart {
  /** Of the task's agent and its documents; of a program, such as a goal, those that are pinned for the tasks below. */
  versions: ForkVersion[];
  /** Of a program: what tasks of its tree have used. Tasks that start in the fork use the live versions unless it names others. */
  used: ForkVersion[];
  /** As in a `ForkRequest`. */
  lessons: "with" | "without" | string[];
}

/** A version of an agent or of a document; see `GET /agents/:id/versions`. */
export interface ForkVersion {
  kind: "agent" | "document";
  name: string;
  version: number;
}

/** `POST /tasks/:id/fork`. */
export interface ForkRequest {
  /** The message from which the fork continues; absent for the start of the task. Inside a turn the fork starts before that turn. */
  at?: number;
  /** Replaces the task's instruction. */
  instruction?: string;
  agent?: string;
  model?: string;
  /** Replaces the text of message `at`, which must be an instruction, a steer or a tool's response. */
  message?: string;
  /** A message that the task reads at its first turn in the fork. */
  steer?: string;
  /** Versions of agents and documents that the task, and the subtasks that it starts in the fork, use. */
  versions?: ForkVersion[];
  /**
   * Which lessons its tasks are shown: those that are found, also where the origin was shown none (`with`), none
   * (`without`), or only those with these ids, at most 10. Absent: as in the origin.
   */
  lessons?: "with" | "without" | string[];
}
