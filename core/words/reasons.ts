/** The closed list of reasons in words. `says` is what happened and `remedy` what to do about it, one sentence each. Details of a case
 * are in the task's `reason_detail`. `docs/lifecycle.md` shows the same sentences. */
import type { Reason } from "@/core/log/reasons";

export const REASON_WORDS: Readonly<Record<Reason, { says: string; remedy: string }>> = {
  model_error: {
    says: "The model could not be reached or kept failing until the retries were used up.",
    remedy: "Retry when the provider works again, or submit the task with another model.",
  },
  refused: {
    says: "The model refused to go on with this task.",
    remedy: "Submit the task with a reworded instruction or another model.",
  },
  bad_request: {
    says: "The provider does not accept this request, and would not accept it a second time.",
    remedy: "Correct the model's name or setting that the detail names, then retry.",
  },
  no_model: {
    says: "No language model is configured, and no runbook fits this task.",
    remedy: "Set ANTHROPIC_API_KEY or BANYAN_MODEL, start again and retry, or submit the task with --runbook.",
  },
  no_key: {
    says: "The model's key is missing, or the provider does not accept it.",
    remedy: "Set the key that the detail names in .env, start again, then retry.",
  },
  invalid_replies: {
    says: "Three replies of the model in a row had no tool call, an unknown tool or invalid arguments.",
    remedy: "Submit the task with a model that calls tools reliably.",
  },
  timeout: {
    says: "The task ran longer than its time allows.",
    remedy: "See in the log where the time went, then retry with more time or submit it in smaller parts.",
  },
  runaway: {
    says: "The task went round in a circle, took more turns than its agent may, or kept running into its limits.",
    remedy: "Submit the task with an instruction that says what it does itself and where it stops.",
  },
  out_of_grant: {
    says: "The grant was used up before the work was done.",
    remedy:
      "Grant more and retry it, fork it at its last turn to go on from there, or take what is in the workspace as it is.",
  },
  out_of_iterations: {
    says: "The goal was not reached in its rounds.",
    remedy:
      "Read what still fails, then fork it at its last round with more rounds, or with words that say what to try.",
  },
  no_progress: {
    says: "The goal did not get on: several strategies brought no better score.",
    remedy: "Read the rounds and what still fails, then fork it at its best round and say what to try.",
  },
  criteria_unreachable: {
    says: "The goal cannot be reached as it stands.",
    remedy: "Read why in its result, then submit it with other criteria, or with what is missing.",
  },
  claims_failed: {
    says: "The task tried to end three times, and the last time a command did not show what it claimed.",
    remedy: "Read the command's output beside the claim, then retry with a message that says what to correct.",
  },
  judged_failed: {
    says: "The task tried to end three times, and the last time the evaluator found its instruction not fulfilled.",
    remedy: "Read the evaluator's reasons, then retry, or submit the task with clearer criteria if they are wrong.",
  },
  dependency_failed: {
    says: "A subtask that this one had to wait for failed or was stopped.",
    remedy: "Retry that subtask; this one then starts by itself.",
  },
  ask_timeout: {
    says: "The task asked a question, or for an approval, and nobody decided in time.",
    remedy: "Retry with a message that holds the answer, or says what is allowed.",
  },
  parent_ended: {
    says: "The task above it ended first and stopped it.",
    remedy: "Nothing needs doing; to have this result as well, submit this task by itself.",
  },
  by_agent: {
    says: "The agent ended the task as a failure and says why in its result.",
    remedy: "Supply what the result says is missing, then retry.",
  },
  by_person: {
    says: "A person stopped it.",
    remedy:
      "Retry it for a new attempt that knows how this one ended, or fork it at its last turn to go on from there.",
  },
  by_parent: {
    says: "The task above it stopped it and says why.",
    remedy: "Read its words; if the result is needed after all, say so in a message to the task above.",
  },
  by_supervisor: {
    says: "The supervisor stopped it because it no longer made progress.",
    remedy: "Read the sign that the supervisor quotes, then retry with a message that names a way out.",
  },
  broken_log: {
    says: "The task's log was damaged or edited outside Banyan, so nothing more is run from it.",
    remedy: "Restore a backup, or submit the task again.",
  },
  internal: {
    says: "Banyan itself made an error in this task; other tasks are not affected.",
    remedy: "Retry; if it happens again, report the detail together with the output of banyan doctor.",
  },
};
