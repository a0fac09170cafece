/**
 * The state of a tree in a few words, and what happened in each reason of the closed list. Pure. Apart from the sentences
 * about tasks and the remedies in `reasons.ts`, because Home loads this file and not those.
 */
import type { Reason } from "@/core/log/reasons";
import type { Task, Tree } from "@/core/shapes/shapes";
import { plainSentence, plural } from "./figures";

export const REASON_SAYS: Readonly<Record<Reason, string>> = {
  model_error: "The model could not be reached or kept failing until the retries were used up.",
  refused: "The model refused to go on with this task.",
  bad_request: "The provider does not accept this request, and would not accept it a second time.",
  no_model: "No language model is configured, and no runbook fits this task.",
  no_key: "The model's key is missing, or the provider does not accept it.",
  no_price: "The task has a cap on cost and its model has no price, so the cap could not hold.",
  invalid_replies: "Three replies of the model in a row had no tool call, an unknown tool or invalid arguments.",
  endless_reply: "Two replies of the model in a row did not end by themselves and were cut.",
  timeout: "The task ran longer than its time allows.",
  runaway: "The task went round in a circle, took more turns than its agent may, or kept running into its limits.",
  out_of_grant: "The grant did not suffice, so the work is not done.",
  out_of_iterations: "The goal was not reached in its rounds.",
  no_progress: "The goal did not get on: several strategies brought no better score.",
  criteria_unreachable: "The goal cannot be reached as it stands.",
  claims_failed: "The task could not end: a command did not show what it claimed.",
  judged_failed:
    "The task could not end: its evaluator, or the checks of its runbook, found the instruction not fulfilled.",
  dependency_failed: "A subtask that this one had to wait for failed or was stopped.",
  ask_timeout: "The task asked a question, or for an approval, and nobody decided in time.",
  parent_ended: "The task above it ended first and stopped it.",
  by_agent: "The agent ended the task as a failure and says why in its result.",
  by_person: "A person stopped it.",
  by_parent: "The task above it stopped it and says why.",
  by_supervisor: "The supervisor stopped it because it no longer made progress.",
  broken_log: "The task's log was damaged or edited outside Banyan, so nothing more is run from it.",
  internal: "Banyan itself made an error in this task; other tasks are not affected.",
};

/** What a tree is doing or waits for, what came out of it, or why it failed or was stopped. */
export function treeText({ status, reason, headline }: Pick<Tree, "status" | "reason" | "headline">): string {
  if (status === "failed" || status === "stopped") return whyEnded({ reason, headline });
  // The last action says nothing about a tree that is idle.
  return status === "paused" || status === "ready" ? "" : plainSentence(headline);
}

/** Returns why it failed or was stopped. An agent that ends as a failure says why itself. */
export function whyEnded({ reason, headline }: Pick<Task, "reason" | "headline">): string {
  if (reason === "by_agent" || !reason) return plainSentence(headline) || (reason ? REASON_SAYS[reason] : "");
  return REASON_SAYS[reason];
}

/** Returns how many trees run. `isCut`: there may be more than those that the page has heard of. */
export function runsText(running: number, isCut: boolean): string {
  if (running === 0) return isCut ? "" : "Nothing runs.";
  if (isCut) return `${plural(running, "tree")} or more run.`;
  return running === 1 ? "1 tree runs." : `${running} trees run.`;
}
