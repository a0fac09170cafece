/** The closed list of reasons in words. `says` is what happened and `remedy` what to do about it, one sentence each. Details of a case
 * are in the task's `reason_detail`. `docs/lifecycle.md` shows the same sentences. */
import type { Reason } from "@/core/log/reasons";
import { REASON_SAYS } from "./trees";

const REMEDIES: Readonly<Record<Reason, string>> = {
  model_error: "Retry when the provider works again, or submit the task with another model.",
  refused: "Submit the task with a reworded instruction or another model.",
  bad_request: "Correct the model's name or setting that the detail names, then retry.",
  no_model:
    "Connect a model on Home or under Settings, Provider keys, or set ANTHROPIC_API_KEY in .env and start again; then retry, or submit the task with a runbook.",
  no_key:
    "Save the key that the detail names under Settings, Provider keys, or set it in .env and start again; then retry.",
  no_price:
    "Set the model's price with npx banyan models set, or submit the task without a cap on cost; a cap on tokens holds.",
  invalid_replies: "Submit the task with a model that calls tools reliably.",
  endless_reply:
    "Submit the task with another model, or in smaller parts; a retry may help where the model rarely does this.",
  timeout: "See in the log where the time went, then retry, or submit it in smaller parts.",
  runaway: "Submit the task with an instruction that says what it does itself and where it stops.",
  out_of_grant:
    "Grant more and retry it, fork it at its last turn to go on from there, or take what is in the workspace as it is.",
  out_of_iterations: "Read what still fails, then continue it and say what to try: it gets its rounds again.",
  no_progress: "Read the rounds and what still fails, then continue it and say what to try.",
  criteria_unreachable: "Read why in its result, then submit it with other criteria, or with what is missing.",
  claims_failed: "Read the command's output beside the claim, then retry with a message that says what to correct.",
  judged_failed:
    "Read the reasons of the verdict, then retry, or submit the task with clearer criteria if they are wrong.",
  dependency_failed: "Retry that subtask; this one then starts by itself.",
  ask_timeout: "Retry with a message that holds the answer, or says what is allowed.",
  parent_ended: "Nothing needs doing; to have this result as well, submit this task by itself.",
  by_agent: "Supply what the result says is missing, then retry.",
  by_person:
    "Retry it for a new attempt that knows how this one ended, or fork it at its last turn to go on from there.",
  by_parent: "Read its words; if the result is needed after all, say so in a message to the task above.",
  by_supervisor: "Read the sign that the supervisor quotes, then retry with a message that names a way out.",
  broken_log: "Restore a backup, or submit the task again.",
  internal: "Retry; if it happens again, report the detail together with the output of banyan doctor.",
};

/** Instead of a remedy that retries, for a task whose result was read, or whose folder another tree uses. */
const CANNOT_BE_RETRIED = "It cannot be retried now: fork it, and a copy of the files goes on.";

/** Reasons whose remedy retries or continues the task itself. */
const BY_RETRY: ReadonlySet<Reason> = new Set([
  "model_error",
  "bad_request",
  "no_model",
  "no_key",
  "endless_reply",
  "timeout",
  "out_of_grant",
  "out_of_iterations",
  "no_progress",
  "claims_failed",
  "judged_failed",
  "dependency_failed",
  "ask_timeout",
  "by_agent",
  "by_person",
  "by_supervisor",
  "internal",
]);

/** For a task that reads no words, such as a runbook. */
const WITHOUT_MESSAGE: Partial<Record<Reason, string>> = {
  claims_failed: "Read the command's output beside the claim, remove the cause, then retry.",
  judged_failed: "Read which checks failed, remove the cause, then retry.",
  ask_timeout: "Retry, and answer in time.",
  by_supervisor: "Read the sign that the supervisor quotes, then retry.",
};

/** For a task whose log has no turn to fork from. */
const WITHOUT_TURN: Partial<Record<Reason, string>> = {
  out_of_grant: "Grant more and retry it, or take what is in the workspace as it is.",
  by_person: "Retry it for a new attempt that knows how this one ended.",
};

/** What can be done with an ended task now. */
export interface Can {
  /** It can be retried; see `Continuation.may_retry`. */
  retry: boolean;
  /** It reads what a person writes. */
  message: boolean;
  /** Its log has a turn to fork from. */
  lastTurn: boolean;
}

/** Returns what to do about an end, of what can be done. */
export function adviceOn(reason: Reason, { retry, message, lastTurn }: Can): string {
  if (!retry && BY_RETRY.has(reason)) return CANNOT_BE_RETRIED;
  return (!message && WITHOUT_MESSAGE[reason]) || (!lastTurn && WITHOUT_TURN[reason]) || REMEDIES[reason];
}

export const REASON_WORDS = Object.fromEntries(
  Object.entries(REASON_SAYS).map(([reason, says]) => [reason, { says, remedy: REMEDIES[reason as Reason] }]),
) as Readonly<Record<Reason, { says: string; remedy: string }>>;
