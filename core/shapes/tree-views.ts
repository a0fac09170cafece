/** Shapes of the search and the timeline of a tree; see `shapes.ts`. */

/** A task whose messages contain all searched words. */
export interface FoundInTree {
  task_id: string;
  /** The newest message with the words. */
  seq: number;
  /** Where they occur: the instruction, an agent's reply, a call's input or output, or a message from a person or the host. */
  where: "instruction" | "reply" | "call" | "output" | "message";
  /** Text around the first of the words. */
  excerpt: string;
  /** Number of its messages with the words. */
  messages: number;
}

/**
 * What a task did in a period of time: `ran`; `tasks`: waited for other tasks or its parent's answer; `you`: waited for
 * a person; `parked`: waited for a provider or the next day; `queued`: waited for a free slot; `paused`: by a person.
 */
const ACTIVITIES = ["ran", "tasks", "you", "parked", "queued", "paused"] as const;
/** What happened in a stretch of the timeline. */
export type Activity = (typeof ACTIVITIES)[number];

/** Kind, start and end in milliseconds after `from`; the end is null while it lasts. */
export type Stretch = [kind: Activity, start: number, end: number | null];

/** What one task did when. */
export interface TimelineTask {
  /** Id of the task. */
  id: string;
  /** What it did, in the order of time. */
  stretches: Stretch[];
  /** When and how earlier attempts ended, in milliseconds after `from`. */
  ends: {
    /** When the attempt ended, in milliseconds after `from`. */
    at: number;
    /** How the attempt ended. */
    status: "succeeded" | "failed" | "stopped";
  }[];
  /** Cost of the task alone, without its subtasks. */
  cost_usd: number;
  /** Tokens of the task alone, input and output together. */
  tokens: number;
}

/** A turn of a task, to which a person can go back: the tree as it was just before the model's reply. */
export interface TreeTurn {
  /** The message that holds the reply. */
  seq: number;
  task_id: string;
  /** Number of the turn, from 1. */
  turn: number;
  /** When the reply was stored. */
  at: string;
}

/** What the tasks of a tree did when. */
export interface Timeline {
  tree_id: string;
  /** When the tree began; all times count from here. */
  from: string;
  /** When this was read. */
  at: string;
  /** Most tasks that run concurrently on this server. */
  slots: number;
  /** Pass it to get only the tasks that have changed since. */
  cursor: string;
  /** Whether only tasks that changed since the passed cursor are included. */
  partial: boolean;
  /** The tasks, or only those that changed. */
  tasks: TimelineTask[];
}
