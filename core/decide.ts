/**
 * Decides the next step of a task: a pure function of its log (folded into `state`) and the facts around it. After a
 * crash at any point it decides the same again.
 */
import type { Reason } from "@/core/log/reasons";
import { beginAgain } from "./begin-again";
import { cutOf, droppableChars } from "./compact";
import type { Decision, EndDecision, Rest } from "./decision";
import { decideEnding } from "./ending";
import type { Facts, Letter } from "./facts";
import type { Entry, SubtaskResult } from "./log/entries";
import type { EndStatus } from "./log/terms";
import { afterMerge } from "./merging";
import {
  absorbLetters,
  answerCall,
  callAnswer,
  correction,
  interruptedResponse,
  invalidResponse,
  subtaskResponse,
} from "./notes";
import { outputAsk } from "./output-ask";
import { CONTEXT_SHARE, shorterOutputs } from "./output-share";
import { isProgram } from "./programs/names";
import { QUIET_TURNS, repetitionOf, SAME_RESULTS } from "./repetition";
import { copyOfSelected, selectedTask } from "./selection";
import { type Call, type Subtask, type TaskState, turnsLeft } from "./state";
import { endOfReplay, firstTimeOut, overdueReview } from "./timeouts";
import { openAsksOf, resultOf, waitedFor } from "./waits";

const CHARS_PER_TOKEN = 4;

const REST: Rest = { kind: "rest", waits: null, parkedUntilMs: null };

/** Returns the next step. Changes neither argument. An ended task rests. */
export function decide(state: TaskState, facts: Facts): Decision {
  const decision = decideNext(state, facts);
  return decision.kind === "end" && decision.status === "succeeded" ? afterMerge(state, decision) : decision;
}

function decideNext(state: TaskState, facts: Facts): Decision {
  if (state.ended) return REST;
  const stop = facts.letters.find((letter) => letter.kind === "stop");
  if (stop) return ending(stop.status, stop.reason, stop.detail);
  // After the merge the work is done, and the end costs nothing, so an exhausted grant no longer matters.
  const isDone = state.merged !== null && state.ending !== null;
  if (facts.exhausted && !isDone) {
    const { why, grantNeeded } = facts.exhausted;
    return { ...ending("failed", "out_of_grant", why), ...(grantNeeded && { grantNeeded }) };
  }
  if (facts.held) return REST;
  const restart = facts.letters.find((letter) => letter.kind === "restart");
  if (restart) return beginAgain(state, facts, restart);
  if (!state.predecessorsRead) return decidePredecessors(state, facts);
  const { replies, last } = state.endless;
  // A person's words or another model that came during the last reply begin the counts anew.
  const isHelped = facts.letters.some(({ kind }) => kind === "steer" || kind === "change");
  if (replies >= facts.limits.maxEndless && !isHelped) {
    const detail = `${replies} replies in a row did not end by themselves. The last: ${last}`;
    return ending("failed", "endless_reply", detail);
  }
  if (state.strikes >= facts.limits.maxStrikes && !isHelped) {
    return ending("failed", "invalid_replies", `${state.strikes} replies in a row had no valid tool call.`);
  }
  const unready = decideOpenCalls(state, facts);
  if (unready) return unready;
  return decideTurn(state, facts);
}

/**
 * Handles the turn's open calls: first calls on the world run in their order, then core tools, then the waits for their
 * results.
 */
function decideOpenCalls(state: TaskState, facts: Facts): Decision | null {
  if (state.open.size === 0) return null;
  const open = [...state.open.values()];
  const invalid = open.filter((call) => call.mode === "invalid");
  if (invalid.length > 0) return { kind: "note", entries: invalid.map((call) => invalidResponse(state, call)) };
  const alone = endOfReplay(state, open);
  if (alone) return alone;
  const world = open.filter((call) => call.mode === "repeat" || call.mode === "once");
  const unasked = world.filter((call) => call.approval === "needed" && call.review === null);
  if (unasked.length > 0) return { kind: "ask_approval", calls: unasked };
  const [next] = world;
  if (next)
    return next.approval === "needed" ? decideApproval(state, facts, world) : decideWorldCall(state, facts, next);
  const unsettled = open.filter((call) => !isSettled(state, call));
  if (unsettled.length > 0) return { kind: "settle", calls: unsettled };
  const mail = readable(facts.letters);
  if (mail.length > 0) return absorbLetters(state, facts, mail);
  if (state.ending) return decideEnding(state, facts);
  return decideWaitingCalls(state, facts, open);
}

/** Waits for a person to approve the next call, until a message calls it off or the wait times out. */
function decideApproval(state: TaskState, facts: Facts, calls: Call[]): Decision {
  const mail = readable(facts.letters);
  if (mail.length > 0) return absorbLetters(state, facts, mail);
  const overdue = overdueReview(state, facts.nowMs);
  if (overdue) return overdue;
  const pending = calls.filter((call) => call.approval === "needed");
  return {
    kind: "rest",
    waits: {
      kind: "approval",
      tasks: [],
      reviews: pending.flatMap((call) => call.review ?? []),
      untilMs: firstTimeOut(state),
    },
    parkedUntilMs: null,
  };
}

function decideWorldCall(state: TaskState, facts: Facts, call: Call): Decision {
  if (call.mode === "once" && call.startedLease === null) {
    const content = { type: "call_started", call: call.id, lease: facts.lease } as const;
    return { kind: "note", entries: [{ kind: "event", turn: state.turn, content }] };
  }
  const isCut = call.mode === "once" && call.startedLease !== facts.lease;
  if (isCut && (!call.resumes || call.cuts >= MOST_CUTS)) return interrupted(state, facts, call);
  const asked = openAsksOf(state, call);
  if (asked.length > 0) return decideAsks(state, facts, asked);
  if (!isCut && !call.isSetAside) return { kind: "run_tool", call };
  // Its answer came while it was being ended. It is kept for the repeated call.
  if (call.mode === "once" && !call.resumes) return interrupted(state, facts, call);
  const content = { type: "call_started", call: call.id, lease: facts.lease } as const;
  return { kind: "note", entries: [{ kind: "event", turn: state.turn, content }] };
}

/** A call that was interrupted this often may itself end the process. */
const MOST_CUTS = 5;

/** An answer that had arrived is kept for the repeated call; unanswered questions are withdrawn. */
function interrupted(state: TaskState, facts: Facts, call: Call): Decision {
  const came = facts.letters.flatMap((letter) => {
    const entry = callAnswer(state, letter);
    return entry ? [{ id: letter.id, review: reviewOf(letter), entry }] : [];
  });
  const answers = came.filter(({ review }, at) => came.findIndex((letter) => letter.review === review) === at);
  const entries = [...answers.map(({ entry }) => entry), interruptedResponse(state, call)];
  const open = openAsksOf(state, call).filter(([uid]) => !answers.some(({ review }) => review === uid));
  const reviewChanges = open.map(([uid]) => ({ uid, withdraw: true as const }));
  return { kind: "note", entries, letters: answers.map(({ id }) => id), reviewChanges };
}

function reviewOf(letter: Letter): string | null {
  return "review" in letter ? letter.review : null;
}

/** Waits for the answers to a call that was set aside; then the call continues. */
function decideAsks(state: TaskState, facts: Facts, asked: ReturnType<typeof openAsksOf>): Decision {
  const mail = readable(facts.letters);
  if (mail.length > 0) return absorbLetters(state, facts, mail);
  const overdue = overdueReview(state, facts.nowMs);
  if (overdue) return overdue;
  const kind = asked.some(([, { what }]) => what === "permission") ? "approval" : "answer";
  const reviews = asked.map(([review]) => review);
  return { kind: "rest", waits: { kind, tasks: [], reviews, untilMs: firstTimeOut(state) }, parkedUntilMs: null };
}

/** Whether a core call's effect is in the log: a subtask, a question or an ending. A wait has no effect of its own. */
function isSettled(state: TaskState, call: Call): boolean {
  return (
    call.tasks.length > 0 || call.review !== null || state.ending?.call === call.id || call.tool === "wait_for_subtasks"
  );
}

/** Answers all waiting calls together, in their order, when the last of them can be answered. */
function decideWaitingCalls(state: TaskState, facts: Facts, open: Call[]): Decision {
  const overdue = overdueReview(state, facts.nowMs);
  if (overdue) return overdue;
  const waited = new Set<string>();
  const reviews: string[] = [];
  for (const call of open) {
    if (call.review) reviews.push(call.review);
    else for (const task of waitedFor(state, call)) if (!resultOf(facts, task)) waited.add(task);
  }
  if (waited.size > 0 || reviews.length > 0) {
    const isProposed = open.some((call) => call.review !== null && call.tool.startsWith("propose_"));
    const kind = reviews.length === 0 ? "subtasks" : isProposed ? "approval" : "answer";
    const untilMs = firstTimeOut(state);
    return { kind: "rest", waits: { kind, tasks: [...waited], reviews, untilMs }, parkedUntilMs: null };
  }
  const selected = copyOfSelected(state, facts);
  if (selected) return selected;
  return { kind: "note", entries: open.map((call) => subtaskResponse(state, facts, call)) };
}

/** Without open calls: reads late results, then calls the model. After a reply without a call the task waits or is corrected. */
function decideTurn(state: TaskState, facts: Facts): Decision {
  const mail = readable(facts.letters);
  if (mail.length > 0) return absorbLetters(state, facts, mail);
  const chosen = selectedTask(state);
  if (chosen) {
    const waits = { kind: "subtasks" as const, tasks: [chosen], reviews: [] };
    return copyOfSelected(state, facts) ?? { kind: "rest", waits, parkedUntilMs: null };
  }
  const unread = [...state.subtasks.values()].filter((subtask) => subtask.role === "work" && !subtask.delivered);
  const late = unread.flatMap((subtask) => resultOf(facts, subtask.task) ?? []);
  const running = unread.filter((subtask) => !resultOf(facts, subtask.task));
  const isAwaiting = running.length > 0 || (late.length === 0 && state.unanswered.size > 0);
  if (state.silent && isAwaiting) return overdueReview(state, facts.nowMs) ?? silentRest(state, running);
  if (late.length > 0) return { kind: "note", entries: late.map((result) => lateResult(state, result)) };
  if (state.silent) return { kind: "note", entries: [correction(state)] };
  return decideModelCall(state, facts);
}

/** After a reply without a call, waits for the next result, or for the answer to an open question. */
function silentRest(state: TaskState, running: Subtask[]): Rest {
  const tasks = running.map((subtask) => subtask.task);
  const isForTasks = tasks.length > 0;
  const reviews = isForTasks ? [] : [...state.unanswered.keys()];
  const kind = isForTasks ? "subtasks" : "answer";
  return { kind: "rest", waits: { kind, tasks, reviews, untilMs: firstTimeOut(state) }, parkedUntilMs: null };
}

function decideModelCall(state: TaskState, facts: Facts): Decision {
  if (state.setup.model === "runbook" && !state.setup.runbook) {
    return ending("failed", "no_model", "No language model is configured and no runbook matches this task.");
  }
  const failure = failureOf(state, facts);
  if (failure) return failure;
  if (turnsLeft(state) === 0) {
    const { agent, maxTurns } = state.setup;
    return ending("failed", "runaway", `${agent} reached its limit of ${maxTurns} turns for a task.`);
  }
  if (state.parkedUntilMs !== null && state.parkedUntilMs > facts.nowMs) {
    const why = state.parkedWhy && { why: state.parkedWhy };
    return {
      ...REST,
      parkedUntilMs: state.parkedUntilMs,
      ...why,
      ...(state.parkedBy && { parkedBy: state.parkedBy }),
    };
  }
  const circling = decideRepetition(state);
  if (circling) return circling;
  if (state.assignment.stepping === "manual" && state.turn >= facts.turnsAllowed) return { ...REST, step: true };
  if (state.tooLong || (!isProgram(state.setup.model) && nearsContextLimit(state, facts))) {
    return cutOf(state.messages) === null ? shortenOutputs(state) : { kind: "compact" };
  }
  return { kind: "call_model" };
}

/** Halves the limit of outputs when only one turn is left and nothing can be summarized. */
function shortenOutputs(state: TaskState): Decision {
  const maxChars = shorterOutputs(state.messages);
  if (maxChars === null)
    return ending(
      "failed",
      "bad_request",
      "The conversation does not fit into the model's context, even after shortening.",
    );
  const content = { type: "outputs_shortened", maxChars } as const;
  return { kind: "note", entries: [{ kind: "event", turn: state.turn, content }] };
}

/**
 * Handles repeated and unproductive turns. A program is exempt, because it decides itself how often to repeat a step.
 */
function decideRepetition(state: TaskState): Decision | null {
  if (state.quietTurns >= QUIET_TURNS && !isProgram(state.setup.model)) {
    const content = { type: "stalled", turns: state.quietTurns } as const;
    return { kind: "note", entries: [{ kind: "event", turn: state.turn, content }] };
  }
  const found = isProgram(state.setup.model) ? "none" : repetitionOf(state.repetition);
  if (found === "none") return null;
  const tool = state.repetition.recent.at(-1)?.split(" ", 1)[0] ?? "";
  if (found === "end") {
    const detail = `Stopped by the rule repeated_call: ${tool} gave the same result ${SAME_RESULTS} times, and nothing new followed after a warning.`;
    return ending("failed", "runaway", detail);
  }
  const text = `You have called ${tool} ${SAME_RESULTS} times with the same result. The result will not change by itself: try something else, ask, or call end_task with what you have. A few more repeated calls end the task.`;
  return {
    kind: "note",
    entries: [{ kind: "event", turn: state.turn, content: { type: "repeated", tool, text } }],
  };
}

/** Returns the end for a model failure that waiting cannot fix or that has used up its tries; else null. */
function failureOf(state: TaskState, facts: Facts): EndDecision | null {
  if (!state.modelFailure) return null;
  const { kind, message } = state.modelFailure;
  if (kind === "refused" || kind === "bad_request" || kind === "no_key" || kind === "no_price")
    return ending("failed", kind, message);
  if (kind === "bad_answer") {
    if (state.badAnswers < facts.limits.maxBadAnswers) return null;
    const detail = `${state.badAnswers} answers in a row could not be read. The last: ${message}`;
    return ending("failed", "model_error", detail);
  }
  const most = kind === "timeout" ? facts.limits.maxTimeouts : facts.limits.maxModelTries;
  if (state.modelTries < most) return null;
  return ending(
    "failed",
    kind === "timeout" ? "timeout" : "model_error",
    `${state.modelTries} tries failed. The last error: ${message}`,
  );
}

/**
 * Whether the next call may exceed the context. Estimates a token as four characters of English or code, and uses 90 % of
 * the context to allow for the error.
 */
function nearsContextLimit(state: TaskState, facts: Facts): boolean {
  const { contextTokens, compactTokens } = facts.limits;
  if (state.lastInputTokens === 0) return false;
  const next = state.lastInputTokens + state.charsSinceReply / CHARS_PER_TOKEN;
  if (next > CONTEXT_SHARE * (contextTokens - outputAsk(state, facts.limits))) return true;
  // A long prompt cannot be compacted away: only a long conversation is worth a summary.
  return next > compactTokens && droppableChars(state.messages) / CHARS_PER_TOKEN > compactTokens / 3;
}

function decidePredecessors(state: TaskState, facts: Facts): Decision {
  const results: SubtaskResult[] = [];
  const running: string[] = [];
  for (const task of state.assignment.dependsOn) {
    const result = resultOf(facts, task);
    if (!result) running.push(task);
    else if (result.status === "succeeded") results.push(result);
    else
      return ending(
        "stopped",
        "dependency_failed",
        `Its predecessor “${result.title}” ${result.status === "failed" ? "failed" : "was stopped"}.`,
      );
  }
  // An unread letter would wake the task again immediately, forever.
  const mail = readable(facts.letters);
  if (mail.length > 0) return absorbLetters(state, facts, mail);
  if (running.length > 0) {
    return { kind: "rest", waits: { kind: "predecessors", tasks: running, reviews: [] }, parkedUntilMs: null };
  }
  // As JSON, so that nothing in a summary can pose as a message of the host or of a person.
  const text = `Predecessors of this task that have ended:\n${results.map(answerCall).join("\n")}`;
  const content = { type: "predecessors_ended", results, text } as const;
  return { kind: "note", entries: [{ kind: "event", turn: state.turn, content }] };
}

function lateResult(state: TaskState, result: SubtaskResult): Entry {
  const text = `The subtask “${result.title}” (${result.task}) has ended.\n${answerCall(result)}`;
  return { kind: "event", turn: state.turn, content: { type: "subtask_ended", result, text } };
}

function readable(letters: Letter[]): Letter[] {
  return letters.filter((letter) => letter.kind !== "stop" && letter.kind !== "restart");
}

/** Returns an end without `end_task`: no result and no verdict; the host writes the summary. */
function ending(status: EndStatus, reason: Reason | null, detail: string | null): EndDecision {
  return { kind: "end", status, reason, detail, result: null, summary: null, verdict: null };
}
