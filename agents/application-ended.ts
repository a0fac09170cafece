/** The part of the application for tasks that have ended; see `application.ts`. */

import type { Actor } from "@/core/rules/roles";
import type { Continued } from "@/core/shapes/continuation";

/** What changes when an ended task goes on. */
export interface ContinueWith {
  more?: { usd?: number; tokens?: number };
  agent?: string | undefined;
  model?: string | undefined;
}

export interface RetryWith extends ContinueWith {
  message?: string;
}

export interface EndedCommands {
  /**
   * Starts a new attempt with a new conversation, with more to spend, another agent or model, or a message to read
   * first. When it is refused, nothing of it happens.
   */
  retry(taskId: string, actor: Actor, given?: RetryWith): Promise<{ sentence: string }>;
  /**
   * Continues an ended task with the words as its newest instruction: the task itself with its conversation and folder,
   * or a fork where it cannot be retried. A task that runs already reads the words as a message. A fork takes no grant.
   */
  continueTask(taskId: string, words: string, actor: Actor, given?: ContinueWith): Promise<Continued>;
}
