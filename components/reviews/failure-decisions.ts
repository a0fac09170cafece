"use client";

/** Decisions about failures. Like those about reviews, they can be undone for a few seconds, before they are sent. */
import { heldDecisions } from "./use-held-decisions";

/** A tree or a task that failed. */
interface Failure {
  id: string;
  ended_at: string | null;
}

/** What is different in the next attempt. An absent field changes nothing. */
interface RetryWith {
  usd?: number | undefined;
  tokens?: number | undefined;
  seconds?: number | undefined;
  agent?: string | undefined;
  model?: string | undefined;
  message?: string | undefined;
}

/** Returns the id of a failure. A unit that fails again has another one. */
export function failureId({ id, ended_at }: Failure): string {
  return `${id}@${ended_at}`;
}

/** Returns the id of the tree or task that failed, or of the review. */
export function unitOf(id: string): string {
  return id.split("@", 1)[0] ?? id;
}

export function retryTask(task: Failure, given: RetryWith, by: string): void {
  hold(task, task.id, `tasks/${task.id}/retry`, given, by);
}

export function retryTree(tree: Failure & { root_task_id: string }, given: RetryWith, by: string): void {
  hold(tree, tree.root_task_id, `trees/${tree.id}/retry`, given, by);
}

/** The failure of the tree is no longer news to this user. */
export function dismissTree(tree: Failure & { root_task_id: string }, by: string): void {
  const path = `trees/${tree.id}/seen`;
  heldDecisions().hold([{ id: failureId(tree), task: tree.root_task_id, path, body: {}, words: "Dismissed", by }]);
}

function hold(failure: Failure, task: string, path: string, given: RetryWith, by: string): void {
  const { usd, message, ...rest } = given;
  const body = { ...rest, ...(usd !== undefined && { cost_usd: usd }), ...(message?.trim() && { message }) };
  heldDecisions().hold([{ id: failureId(failure), task, path, body, words: "Retried", by }]);
}
