/** What the views of a tree show beside its tasks: found texts, and who did what when. JSON as in `shapes.ts`. */

/** One task in whose texts all of the words stand. */
export interface FoundInTree {
  task_id: string;
  /** The newest message that holds them. */
  seq: number;
  /** Whether it is what the task was told, what its agent said, what a tool answered, or what a person or the host wrote. */
  where: "instruction" | "reply" | "output" | "message";
  /** Some words around the first of them. */
  excerpt: string;
  /** How many of its messages hold them. */
  messages: number;
}

/**
 * What a task did in a stretch of time: `ran`; `tasks`: waited for other tasks (or its parent's answer); `you`: for a
 * person; `parked`: for a provider or the next day; `queued`: for a free slot; `paused`: by a person.
 */
export const ACTIVITIES = ["ran", "tasks", "you", "parked", "queued", "paused"] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** Kind, first and last millisecond after `from`; the last one is null where it goes on. */
export type Stretch = [kind: Activity, start: number, end: number | null];

export interface TimelineTask {
  id: string;
  stretches: Stretch[];
  /** When attempts before the present one ended, in milliseconds after `from`, and how. */
  ends: { at: number; status: "succeeded" | "failed" | "stopped" }[];
  /** Of the task alone, without its subtasks. */
  cost_usd: number;
  tokens: number;
}

export interface Timeline {
  tree_id: string;
  /** When the tree began; all times count from here. */
  from: string;
  /** When this was read. */
  at: string;
  /** Tasks that may run at once on this server. */
  slots: number;
  /** Whoever passes it gets only the tasks that have changed since. */
  cursor: string;
  /** Not all of the tasks: those that changed after the cursor that was passed. */
  partial: boolean;
  tasks: TimelineTask[];
}
