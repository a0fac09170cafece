/** The kind of failure of each coded reason. The types require every reason of the product, so each has exactly one kind. */
import type { CallRefusal, RunFault } from "@/core/log/call-faults";
import type { LimitRule } from "@/core/log/entries";
import type { FaultReason } from "@/core/log/faults";
import type { ModelErrorKind } from "@/core/log/model";
import type { FailureKey } from "./kinds";

/** Why a task failed or was stopped, and the other faults that the review agent examines. */
export const OF_REASON: Readonly<Record<FaultReason, FailureKey>> = {
  model_error: "provider_failed",
  refused: "model_refused",
  bad_request: "request_rejected",
  no_model: "no_model",
  no_key: "key_rejected",
  no_price: "no_price",
  invalid_replies: "invalid_replies",
  endless_reply: "endless_reply",
  timeout: "task_timed_out",
  runaway: "runaway",
  out_of_iterations: "rounds_used_up",
  no_progress: "goal_stuck",
  criteria_unreachable: "criteria_unreachable",
  out_of_grant: "grant_spent",
  claims_failed: "claim_failed",
  judged_failed: "judged_failed",
  dependency_failed: "predecessor_failed",
  ask_timeout: "question_unanswered",
  parent_ended: "ended_with_parent",
  by_agent: "given_up",
  by_person: "stopped_by_person",
  by_parent: "stopped_by_parent",
  by_supervisor: "stopped_by_supervisor",
  broken_log: "log_damaged",
  internal: "internal_error",
  call_refused: "call_refused",
  rejected: "approval_rejected",
  silent_tool: "silent_call",
};

/** Why a model call failed; `no_price` is the host's own. */
export const OF_MODEL_FAULT: Readonly<Record<ModelErrorKind | "no_price", FailureKey>> = {
  retry: "provider_failed",
  timeout: "model_silent",
  endless: "endless_reply",
  quota: "rate_limited",
  too_long: "context_full",
  refused: "model_refused",
  unknown_model: "model_gone",
  bad_request: "request_rejected",
  bad_answer: "provider_failed",
  no_key: "key_rejected",
  no_price: "no_price",
};

/** Why a reply of a model could not be used. */
export const OF_STOP = {
  length: "reply_cut",
  unusable_call: "unusable_call",
  refusal: "model_refused",
} as const satisfies Record<string, FailureKey>;

/** Which limit on growth refused a call. */
export const OF_LIMIT: Readonly<Record<LimitRule, FailureKey>> = {
  depth: "tree_at_limit",
  width: "tree_at_limit",
  tasks: "tree_at_limit",
  cycle: "circle_of_tasks",
  ping_pong: "circle_of_tasks",
  questions: "too_many_questions",
};

/** Why the host did not run a call. */
export const OF_REFUSAL: Readonly<Record<CallRefusal, FailureKey>> = {
  unknown_tool: "unknown_tool",
  malformed: "wrong_arguments",
  invalid_arguments: "wrong_arguments",
  no_right: "right_missing",
  denied: "call_denied",
  held_back: "tool_unavailable",
  unavailable: "tool_unavailable",
  too_long_to_show: "call_not_shown",
  outgrown: "tree_at_limit",
};

/** What went wrong with a call that ran. */
export const OF_RUN: Readonly<Record<RunFault, FailureKey>> = {
  failed: "tool_failed",
  timeout: "command_timed_out",
  silent: "silent_call",
  interrupted: "outcome_unknown",
  output_limit: "output_flood",
  memory: "out_of_memory",
  workspace_full: "folder_full",
  path_refused: "path_refused",
  host_refused: "host_refused",
  files_missing: "files_missing",
  server_failed: "server_failed",
  cpu: "command_timed_out",
  executor_grant_spent: "agent_out_of_room",
  executor_not_signed_in: "agent_not_started",
  executor_rate_limited: "agent_without_model",
  executor_provider_error: "agent_without_model",
  executor_silent: "agent_silent",
  executor_timeout: "agent_silent",
  executor_paused: "agent_interrupted",
  executor_not_started: "agent_not_started",
  executor_agent_ended: "agent_broke",
  executor_agent_error: "agent_broke",
  executor_protocol: "agent_broke",
  executor_not_usable: "agent_not_started",
  executor_max_tokens: "agent_out_of_room",
  executor_max_turn_requests: "agent_out_of_room",
  executor_refusal: "agent_declined",
  executor_cancelled: "agent_interrupted",
  executor_grant_too_small: "agent_out_of_room",
};

/** Tools whose failures without a further code have a kind of their own. */
export const OF_FAILED_TOOL: ReadonlyMap<string, FailureKey> = new Map([
  ["edit_file", "edit_failed"],
  ["write_file", "edit_failed"],
  ["git_operations", "git_failed"],
  ["web_fetch", "web_failed"],
  ["web_search", "web_failed"],
  ["check_goal", "check_not_run"],
]);
