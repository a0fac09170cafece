/** For each kind of failure, a log that shows it and a nearly equal log that does not. */
import type { FailureKey } from "@/core/failures/kinds";
import { type RoundRecord, recordText } from "@/core/goals/facts/record";
import type { CallFault, CallRefusal, RunFault } from "@/core/log/call-faults";
import type { Ended, Entry, LimitRule, TaskEvent } from "@/core/log/entries";
import type { Reason } from "@/core/log/reasons";
import type { ClaimMark } from "@/core/log/terms";
import { event, ended as lastEntry, reply } from "@/tests/agents/specification";

/** A part of a task's log, with facts about the task. */
export interface Log {
  entries: (Entry | Entry[])[];
  model?: string;
  earlier?: RoundRecord[];
}

const log = (...entries: (Entry | Entry[])[]): Log => ({ entries });
const only = (content: TaskEvent): Log => log(event(1, content));

export function ended(status: Ended["status"], reason: Reason | null, model?: string): Log {
  return { ...log(lastEntry(2, { status, reason })), ...(model && { model }) };
}

export function modelFailed(kind: string): Log {
  return only({ type: "model_failed", kind, message: "It failed.", tries: 1, untilMs: 0, parks: false });
}

export function refused(refusal: CallRefusal): Log {
  const content = { input: {}, mode: "invalid", problem: "No.", refusal } as const;
  return log({ kind: "tool_call", turn: 1, content, tool: "use_terminal", callId: "a" });
}

/** A call's response; its text says nothing that counts. */
function answered(tool: string, more: { isError?: boolean; fault?: CallFault; limit?: LimitRule }): Log {
  const content = { text: "timeout: refused, failed with status 429", isError: false, ...more };
  return log({ kind: "tool_response", turn: 1, content, tool, callId: "a" });
}

export function failed(fault: CallFault, tool = "use_terminal"): Log {
  return answered(tool, { isError: true, fault });
}

function limited(limit: LimitRule): Log {
  return answered("start_subtask", { isError: true, limit });
}

/** A reply without a call. */
export function stoppedBy(stopReason: string, valid = false): Log {
  const [entry] = reply(1);
  if (entry?.kind !== "agent_response") throw new Error("A reply begins with the response.");
  return log({ ...entry, content: { ...entry.content, stopReason, valid } });
}

const VALID_CALL = log(reply(1, { id: "a", tool: "read_file", mode: "repeat" }));

export function round(more: Partial<RoundRecord> = {}): RoundRecord {
  return {
    number: 2,
    plan: "Correct the sum.",
    score_before: 0.5,
    score: 0.5,
    verdict: "same",
    done: false,
    strategy: "",
    error_signature: null,
    files: "f2",
    commit: "c2",
    changed: "",
    met: [],
    valid: null,
    doubts: [],
    at_ms: 1,
    seconds: 1,
    why: "",
    ...more,
  };
}

/** The end of a round that left a record, after other rounds of its goal. */
export function after(earlier: RoundRecord[], record: RoundRecord): Log {
  return { ...broken(recordText(record)), earlier };
}

/** The end of a round with this result. */
export function broken(result: string): Log {
  return { entries: [lastEntry(9, { result })], model: "iteration", earlier: [] };
}

function claims(mark: ClaimMark["mark"]): Log {
  const marks = [{ statement: "It works.", command: "npm test", mark, exit_status: 1, output: "failed" }];
  return only({ type: "claims_checked", call: "end", marks });
}

function sentBack(because: "claims_failed" | "judged_failed"): Log {
  return only({ type: "sent_back", call: "end", reasons: ["The evaluator says no."], because });
}

function merged(more: { conflicts?: string[]; problem?: string }): Log {
  const files = { into: null, commit: "c", theirs: "t", changed: 2, copies: null };
  return only({ type: "files_merged", ...files, conflicts: [], ...more });
}

function saved(commit: string | null, skipped = 0): Log {
  return only({ type: "files_saved", commit, changed: 1, skipped });
}

const approval = (approved: boolean): Log =>
  only({ type: "approval_decided", call: "a", review: "r", approved, by: "a person" });
const tooLong = only({ type: "too_long", message: "It is too long." });
const compacted = only({
  type: "compacted",
  summary: "S",
  dropped: 2,
  usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 },
  microUsd: 1,
  text: "S",
});
const borrowed = only({ type: "borrowed", from: "parent", tokens: 1, microUsd: 1, tasks: 0 });
const FIRST = round({ number: 1, files: "f1", valid: true, error_signature: "sum.test.ts fails" });

const end = (reason: Reason, near: Log = ended("succeeded", null)) => ({ shows: ended("failed", reason), near });
const refusal = (code: CallRefusal, near: CallRefusal) => ({ shows: refused(code), near: refused(near) });
/** Nearly the same: a call that worked, with the same words in its text. */
const fault = (code: RunFault, tool?: string) => ({
  shows: failed(code, tool),
  near: answered(tool ?? "use_terminal", {}),
});

export const LOGS: Record<FailureKey, { shows: Log; near: Log }> = {
  rate_limited: { shows: modelFailed("quota"), near: modelFailed("retry") },
  provider_failed: { shows: modelFailed("retry"), near: modelFailed("quota") },
  model_silent: { shows: modelFailed("timeout"), near: ended("failed", "timeout") },
  endless_reply: { shows: modelFailed("endless"), near: stoppedBy("length") },
  model_refused: { shows: stoppedBy("refusal"), near: refused("denied") },
  context_full: { shows: tooLong, near: compacted },
  model_gone: { shows: modelFailed("unknown_model"), near: modelFailed("no_key") },
  request_rejected: { shows: modelFailed("bad_request"), near: modelFailed("refused") },
  key_rejected: { shows: modelFailed("no_key"), near: ended("failed", "no_model") },
  no_model: end("no_model", ended("failed", "no_key")),
  no_price: { shows: modelFailed("no_price"), near: ended("failed", "out_of_grant") },
  reply_without_call: { shows: stoppedBy("stop"), near: stoppedBy("stop", true) },
  reply_cut: { shows: stoppedBy("length"), near: stoppedBy("length", true) },
  unusable_call: { shows: stoppedBy("unusable_call"), near: refused("malformed") },
  invalid_replies: end("invalid_replies", stoppedBy("stop")),
  files_refused: { shows: only({ type: "files_left_out", message: "No.", text: "No." }), near: tooLong },

  unknown_tool: refusal("unknown_tool", "unavailable"),
  wrong_arguments: refusal("invalid_arguments", "unknown_tool"),
  right_missing: refusal("no_right", "denied"),
  call_denied: refusal("denied", "no_right"),
  tool_unavailable: refusal("held_back", "denied"),
  call_not_shown: refusal("too_long_to_show", "malformed"),
  call_refused: {
    shows: log(reply(1, { id: "a", tool: "x", mode: "invalid", problem: "No." })),
    near: VALID_CALL,
  },
  approval_rejected: { shows: approval(false), near: approval(true) },
  command_timed_out: fault("timeout"),
  silent_call: fault("silent"),
  outcome_unknown: fault("interrupted"),
  output_flood: fault("output_limit"),
  out_of_memory: fault("memory"),
  folder_full: fault("workspace_full"),
  path_refused: fault("path_refused", "read_file"),
  host_refused: fault("host_refused"),
  files_missing: fault("files_missing", "read_file"),
  edit_failed: { shows: failed("failed", "edit_file"), near: failed("path_refused", "edit_file") },
  git_failed: fault("failed", "git_operations"),
  web_failed: { shows: failed("failed", "web_fetch"), near: failed("server_failed", "notes__web_fetch") },
  server_failed: { shows: failed("server_failed", "notes__find"), near: failed("failed", "find_files") },
  tool_failed: { shows: failed("failed", "find_files"), near: failed("failed", "git_operations") },

  agent_not_started: { shows: failed("executor_not_started"), near: failed("executor_agent_ended") },
  agent_out_of_room: { shows: failed("executor_max_tokens"), near: stoppedBy("length") },
  agent_without_model: { shows: failed("executor_rate_limited"), near: modelFailed("quota") },
  agent_silent: { shows: failed("executor_silent"), near: failed("silent") },
  agent_broke: { shows: failed("executor_protocol"), near: failed("executor_not_usable") },
  agent_declined: { shows: failed("executor_refusal"), near: stoppedBy("refusal") },
  agent_interrupted: { shows: failed("executor_cancelled"), near: failed("interrupted") },

  tree_at_limit: { shows: limited("depth"), near: limited("cycle") },
  circle_of_tasks: { shows: limited("ping_pong"), near: limited("tasks") },
  too_many_questions: { shows: limited("questions"), near: limited("width") },
  circle_of_calls: {
    shows: only({ type: "repeated", tool: "read_file", text: "Again." }),
    near: only({ type: "stalled", turns: 20 }),
  },
  stalled: {
    shows: only({ type: "stalled", turns: 20 }),
    near: only({ type: "repeated", tool: "read_file", text: "Again." }),
  },
  runaway: end("runaway", ended("failed", "by_supervisor")),
  task_timed_out: end("timeout", failed("timeout")),
  predecessor_failed: end("dependency_failed", ended("failed", "by_agent")),
  ended_with_parent: end("parent_ended", ended("failed", "by_parent")),
  stopped_by_parent: end("by_parent", ended("failed", "parent_ended")),
  stopped_by_person: end("by_person", ended("failed", "by_supervisor")),
  stopped_by_supervisor: end("by_supervisor", ended("failed", "by_person")),
  attempt_restarted: {
    shows: only({ type: "restarted", by: "the supervisor", text: "Start again." }),
    near: only({ type: "retried", attempt: 2, by: "a person", text: "Start again." }),
  },
  question_unanswered: end("ask_timeout", only({ type: "asked", call: "a", review: "r" })),
  given_up: end("by_agent", ended("failed", "by_agent", "iteration")),
  log_damaged: end("broken_log", ended("failed", "internal")),
  internal_error: end("internal", ended("failed", "broken_log")),
  merge_conflict: { shows: merged({ conflicts: ["a.ts"] }), near: merged({ problem: "conflicts" }) },
  merge_failed: { shows: merged({ problem: "The disk is full." }), near: merged({}) },
  snapshot_failed: { shows: saved(null), near: saved("c", 1) },
  files_skipped: { shows: saved("c", 1), near: saved("c", 0) },
  grant_spent: end("out_of_grant", only({ type: "grant_low", last: true, text: "One turn is left." })),
  cost_overrun: { shows: only({ type: "overrun", tokens: 9, microUsd: 9 }), near: borrowed },
  cost_unknown: { shows: only({ type: "unconfirmed", tokens: 9, microUsd: 9, why: "cut" }), near: borrowed },
  daily_cap: { shows: only({ type: "daily_cap", message: "The cap is reached.", untilMs: 9 }), near: borrowed },

  claim_failed: { shows: claims("failed"), near: claims("neither") },
  judged_failed: { shows: sentBack("judged_failed"), near: sentBack("claims_failed") },
  check_not_run: { shows: failed("failed", "check_goal"), near: answered("check_goal", {}) },
  rounds_used_up: { ...end("out_of_iterations"), near: ended("failed", "no_progress", "goal") },
  goal_stuck: { ...end("no_progress"), near: ended("failed", "out_of_iterations", "goal") },
  criteria_unreachable: { ...end("criteria_unreachable"), near: ended("succeeded", null, "goal") },
  round_broke_off: { shows: ended("failed", "by_agent", "iteration"), near: ended("failed", "by_agent", "goal") },
  round_failed: { shows: after([], round({ verdict: "failed" })), near: after([], round({ verdict: "worse" })) },
  round_worse: { shows: after([], round({ verdict: "worse" })), near: after([], round({ verdict: "same" })) },
  round_repeated: {
    shows: after([FIRST, round()], round({ number: 3, files: "f1" })),
    near: after([FIRST, round()], round({ number: 3, files: "f1", verdict: "better" })),
  },
  same_error: {
    shows: after([FIRST], round({ error_signature: "sum.test.ts fails" })),
    near: after([FIRST], round({ error_signature: "product.test.ts fails" })),
  },
  flaky_check: {
    shows: after([FIRST], round({ files: "f1", valid: false })),
    near: after([FIRST], round({ files: "f1", valid: true })),
  },
  outside_scope: {
    shows: after([], round({ put_back: ["package.json"] })),
    near: after([], round({ widened: ["package.json"] })),
  },
  pass_in_doubt: {
    shows: after([], round({ doubts: ["Broken tests pass too."] })),
    near: after([], round({ doubts: ["Outside the scope."], put_back: ["package.json"] })),
  },
  planner_stuck: {
    shows: after([], round({ stop: "The compiler is missing." })),
    near: after([], round({ stop: "Stop", ended: true })),
  },
};
