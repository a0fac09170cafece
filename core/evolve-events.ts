/** Applies events to a task's state. `ON_EVENT` lists all kinds. */
import { changedSetup } from "./confine";
import {
  addSpend,
  addToGrant,
  beginAttempt,
  keepServers,
  oneMoreEndless,
  openCall,
  park,
  pushMessage,
  restart,
  restartWithWords,
  subtaskOf,
  unpark,
} from "./evolve-changes";
import { BrokenLogError } from "./log/broken-log";
import { messageOfEvent, type TaskEvent } from "./log/entries";
import type { ModelMessage } from "./log/model";
import { shorterAsk } from "./output-ask";
import { cutOutput } from "./output-share";
import { told } from "./repetition";
import { plus } from "./rules/borrowing";
import { NOT_ENDLESS, type TaskState } from "./state";

type EventType = TaskEvent["type"];
type EventOf<Type extends EventType> = Extract<TaskEvent, { type: Type }>;
type ChangesNothing = null;

const ON_EVENT: { [Type in EventType]: ((state: TaskState, event: EventOf<Type>) => void) | ChangesNothing } = {
  call_started: onCallStarted,
  subtasks_started: onSubtasksStarted,
  subtask_ended: onSubtaskEnded,
  predecessors_ended: onPredecessorsEnded,
  ending: onEnding,
  claims_checked: onClaimsChecked,
  files_merged: onFilesMerged,
  sent_back: onSentBack,
  model_failed: onModelFailed,
  daily_cap: onDailyCap,
  stalled: onStalled,
  restarted: onRestarted,
  repeated: onRepeated,
  grant_low: onGrantLow,
  lessons_shown: onLessonsShown,
  lesson_proposed: (state) => {
    state.lessonsProposed += 1;
  },
  unconfirmed: onUnconfirmed,
  tool_charged: onToolCharged,
  overrun: null,
  too_long: onTooLong,
  outputs_shortened: onOutputsShortened,
  files_left_out: onFilesLeftOut,
  compacted: onCompacted,
  asked: onAsked,
  approval_asked: onApprovalAsked,
  approval_decided: onApprovalDecided,
  call_asked: onCallAsked,
  call_answered: onCallAnswered,
  call_set_aside: onCallSetAside,
  answer_used: onAnswerUsed,
  executor_started: onExecutorStarted,
  executor_call: onExecutorCall,
  tools_changed: onToolsChanged,
  configured: onConfigured,
  unparked: onUnparked,
  changed: onChanged,
  granted: onGranted,
  borrowed: onBorrowed,
  stepping: onStepping,
  retried: onRetried,
  ended: onEnded,
  question: onQuestion,
  answered: onAnswered,
  question_closed: onQuestionClosed,
  goal_changed: null,
  correction: null,
  note: null,
  choice: null,
  forked: null,
  held: null,
  files_saved: null,
  files_copied: null,
  placed: onPlaced,
  unknown: null,
};

/** Whether this release knows what an event changes. A newer release may have written others (data-level.ts). */
export function isKnownEvent(event: TaskEvent): boolean {
  return event.type !== "unknown" && Object.hasOwn(ON_EVENT, event.type);
}

/** Applies an event in place; an unknown one changes nothing. Throws BrokenLogError when it cannot follow the earlier entries. */
export function onEvent(state: TaskState, event: TaskEvent): void {
  if (!isKnownEvent(event)) return;
  const message = messageOfEvent(event);
  const wasSilent = state.silent;
  if (bringsTaint(event)) state.tainted = true;
  const change = ON_EVENT[event.type] as ((state: TaskState, event: TaskEvent) => void) | ChangesNothing;
  change?.(state, event);
  // A summary has already been put at the start of the conversation.
  if (message && event.type !== "compacted") pushMessage(state, message);
  // These events only change how the next turn begins, so a task that waits after a reply without a call keeps waiting.
  if (event.type === "granted" || event.type === "changed") state.silent = wasSilent;
}

/** Whether an event taints the reader: it holds a result, question or answer of a tainted task. */
function bringsTaint(event: TaskEvent): boolean {
  switch (event.type) {
    case "subtask_ended":
      return event.result.tainted === true;
    case "predecessors_ended":
      return event.results.some((result) => result.tainted);
    case "question":
    case "answered":
      return event.tainted === true;
    default:
      return false;
  }
}

function onCallStarted(state: TaskState, event: EventOf<"call_started">): void {
  const call = openCall(state, event.call);
  if (call.startedLease !== null && !call.isSetAside) call.cuts += 1;
  call.startedLease = event.lease;
  call.isSetAside = false;
  call.starts += 1;
}

function onPlaced(state: TaskState, { number, runner, lost }: EventOf<"placed">): void {
  state.place = { number, runner };
  // A second move may come before the agent has read of the first.
  if (lost !== null) state.lostFiles = [state.lostFiles, lost].filter(Boolean).join(" ");
}

function onSubtasksStarted(state: TaskState, event: EventOf<"subtasks_started">): void {
  for (const start of event.subtasks) {
    openCall(state, start.call).tasks.push(start.task);
    state.subtasks.set(start.task, { ...start, answeredEarly: false, delivered: false });
  }
  const started = new Set(event.subtasks.map((subtask) => subtask.title));
  if (state.refused.some((title) => started.has(title)))
    state.refused = state.refused.filter((title) => !started.has(title));
}

function onSubtaskEnded(state: TaskState, { result }: EventOf<"subtask_ended">): void {
  subtaskOf(state, result.task).delivered = true;
  if (result.reason === "runaway") state.runawaySubtask = true;
}

function onPredecessorsEnded(state: TaskState): void {
  state.predecessorsRead = true;
}

function onEnding(state: TaskState, { call, status, claims, result, reason, grantNeeded }: EventOf<"ending">): void {
  const cause = { ...(reason && { reason }), ...(grantNeeded && { grantNeeded }) };
  state.ending = { call: openCall(state, call).id, status, claims, result, cause, marks: null };
}

function onClaimsChecked(state: TaskState, event: EventOf<"claims_checked">): void {
  if (state.ending?.call !== event.call) throw new BrokenLogError("Claims were checked without an open ending.");
  state.ending.marks = event.marks;
}

function onFilesMerged(state: TaskState, event: EventOf<"files_merged">): void {
  state.merged = event;
}

function onSentBack(state: TaskState): void {
  state.failedEndings += 1;
}

function onModelFailed(state: TaskState, event: EventOf<"model_failed">): void {
  state.modelTries = event.tries;
  state.modelFailure = { kind: event.kind, message: event.message };
  state.badAnswers = event.kind === "bad_answer" ? state.badAnswers + 1 : 0;
  if (event.kind === "endless") state.endless = oneMoreEndless(state, event.message);
  state.triesAnyway = false;
  if (event.parks) park(state, event.untilMs, event.message, event.kind === "unknown_model" ? "model_gone" : null);
  else unpark(state);
}

function onDailyCap(state: TaskState, event: EventOf<"daily_cap">): void {
  park(state, event.untilMs, event.message, "daily_cap");
}

function onStalled(state: TaskState): void {
  state.quietTurns = 0;
}

function onRestarted(state: TaskState, event: EventOf<"restarted">): void {
  if (state.open.size > 0) throw new BrokenLogError("The task restarted with unanswered calls.");
  if (event.keepsWords) restartWithWords(state);
  else restart(state, state.attempt);
  state.conversationMs = event.atMs ?? state.conversationMs;
}

function onRepeated(state: TaskState): void {
  state.repetition = told(state.repetition);
}

function onGrantLow(state: TaskState, { of, last }: EventOf<"grant_low">): void {
  if (of === "seconds") state.toldSeconds = true;
  else if (of === "turns") state.toldTurns = last ? "last" : "low";
  else {
    state.toldLow = true;
    // Turns need no such mark: their limit is the agent's, and a person may give the task to another agent.
    if (last) state.lastTurn = state.turn + 1;
  }
}

function onLessonsShown(state: TaskState, { lessons }: EventOf<"lessons_shown">): void {
  for (const { lesson } of lessons) state.lessons.add(lesson);
  state.lessonsTurn = state.turn;
}

function onUnconfirmed(state: TaskState, event: EventOf<"unconfirmed">): void {
  state.spent.tokensIn += event.tokens;
  state.spent.microUsd += event.microUsd;
}

function onToolCharged(state: TaskState, event: EventOf<"tool_charged">): void {
  state.spent.tokensIn += event.tokensIn;
  state.spent.tokensOut += event.tokensOut;
  state.spent.microUsd += event.microUsd;
}

function onTooLong(state: TaskState, { asked, unsaid }: EventOf<"too_long">): void {
  if (unsaid) state.shortenedUnsaid = true;
  state.outputCap = asked === undefined ? null : shorterAsk(asked);
  state.tooLong = state.outputCap === null;
}

function onOutputsShortened(state: TaskState, event: EventOf<"outputs_shortened">): void {
  state.messages = withoutFiles(state.messages).map((file) =>
    file.role === "tool" ? { ...file, content: cutOutput(file.content, event.maxChars, file.callId) } : file,
  );
  state.tooLong = false;
  state.lastInputTokens = 0;
  state.charsSinceReply = 0;
}

function onFilesLeftOut(state: TaskState): void {
  state.messages = withoutFiles(state.messages);
  state.lastInputTokens = 0;
  state.charsSinceReply = 0;
}

function withoutFiles(messages: readonly ModelMessage[]): ModelMessage[] {
  return messages.map((message) => {
    if (message.role !== "tool") return message;
    const { attachments: _, ...text } = message;
    return text;
  });
}

/** Replaces the oldest messages by the summary. `dropped` never separates a call from its response. */
function onCompacted(state: TaskState, event: EventOf<"compacted">): void {
  state.messages.splice(0, event.dropped);
  state.messages.unshift({ role: "user", content: event.text });
  state.summary = event.summary || (event.excerpts ?? null);
  state.toldAdded = state.added;
  state.compactions += 1;
  state.tooLong = false;
  state.lastInputTokens = 0;
  state.charsSinceReply = 0;
  addSpend(state, event.usage, event.microUsd);
}

function onAsked(state: TaskState, event: EventOf<"asked">): void {
  Object.assign(openCall(state, event.call), {
    review: event.review,
    untilMs: event.untilMs ?? null,
    fallback: event.fallback ?? null,
  });
  state.asks += 1;
}

function onApprovalAsked(state: TaskState, event: EventOf<"approval_asked">): void {
  Object.assign(openCall(state, event.call), { review: event.review, untilMs: event.untilMs });
}

function onApprovalDecided(state: TaskState, event: EventOf<"approval_decided">): void {
  if (event.approved) openCall(state, event.call).approval = "given";
}

function onCallAsked(state: TaskState, { review, call, key, what, untilMs }: EventOf<"call_asked">): void {
  state.callAsks.set(review, { call: openCall(state, call).id, key, what, untilMs, answer: null });
}

function onCallAnswered(state: TaskState, { review, approved, by, answer }: EventOf<"call_answered">): void {
  const ask = state.callAsks.get(review);
  if (!ask || ask.answer) throw new BrokenLogError(`An answer is for the review ${review}, which is not open.`);
  ask.answer = { approved, by, text: answer };
  state.hasNews = true;
}

function onCallSetAside(state: TaskState, event: EventOf<"call_set_aside">): void {
  openCall(state, event.call).isSetAside = true;
}

function onAnswerUsed(state: TaskState, { review }: EventOf<"answer_used">): void {
  if (!state.callAsks.get(review)?.answer) throw new BrokenLogError(`The review ${review} has no answer to use.`);
  state.callAsks.delete(review);
}

function onExecutorStarted(state: TaskState, { call, piece = 0, session }: EventOf<"executor_started">): void {
  const { executors } = openCall(state, call);
  executors[piece] = { session, executed: executors[piece]?.executed ?? [] };
}

function onExecutorCall(state: TaskState, { call, piece = 0, title, status }: EventOf<"executor_call">): void {
  openCall(state, call).executors[piece]?.executed.push({ title, status });
}

function onToolsChanged(state: TaskState, event: EventOf<"tools_changed">): void {
  state.addedTools.push(...event.tools);
  keepServers(state, event.servers ?? []);
}

function onConfigured(state: TaskState, event: EventOf<"configured">): void {
  state.addedTools.push(...event.tools);
  keepServers(state, event.servers);
}

function onUnparked(state: TaskState): void {
  state.triesAnyway = true;
  unpark(state);
}

function onChanged(state: TaskState, event: EventOf<"changed">): void {
  // A change of priority alone does not affect the model.
  if (Object.keys(event.setup).length === 0) return;
  state.setup = changedSetup(state.setup, event.setup);
  // Another agent may have another limit of turns.
  if (event.setup.maxTurns !== undefined) state.toldTurns = null;
  keepServers(state, event.setup.servers ?? []);
  // Token counts and failures of the old model say nothing about a new model.
  state.lastInputTokens = 0;
  state.tooLong = false;
  state.modelTries = 0;
  state.modelFailure = null;
  state.endless = NOT_ENDLESS;
  state.badAnswers = 0;
  state.shortenedUnsaid = false;
  state.strikes = 0;
  // The person wants a try now, even when the new model has the same provider.
  state.triesAnyway = true;
  unpark(state);
}

function onGranted(state: TaskState, { tokens = 0, microUsd = 0, seconds = 0 }: EventOf<"granted">): void {
  addToGrant(state, { tokens, microUsd, seconds });
  state.toldLow = false;
  if (seconds > 0) state.toldSeconds = false;
  state.lastTurn = null;
}

function onBorrowed(state: TaskState, { tokens, microUsd, tasks }: EventOf<"borrowed">): void {
  state.borrowed = plus(state.borrowed, { tokens, microUsd, tasks });
  addToGrant(state, { tokens, microUsd, tasks });
  state.toldLow = false;
}

function onStepping(state: TaskState, event: EventOf<"stepping">): void {
  state.assignment = { ...state.assignment, stepping: event.mode };
}

function onRetried(state: TaskState, event: EventOf<"retried">): void {
  if (!state.ended) throw new BrokenLogError("The task was retried before it had ended.");
  if (event.words === undefined) {
    restart(state, event.attempt);
    state.conversationMs = event.atMs ?? state.conversationMs;
    return;
  }
  beginAttempt(state, event.attempt);
  state.newestInstruction = event.words;
}

function onEnded(state: TaskState, event: EventOf<"ended">): void {
  if (state.open.size > 0) throw new BrokenLogError("The task ended with unanswered calls.");
  state.ended = event;
}

function onQuestion(state: TaskState, event: EventOf<"question">): void {
  state.questions.set(event.review, event.task);
  state.questionTexts.set(event.review, event.words);
}

function onAnswered(state: TaskState, event: EventOf<"answered">): void {
  state.unanswered.delete(event.review);
}

function onQuestionClosed(state: TaskState, event: EventOf<"question_closed">): void {
  state.questions.delete(event.review);
}
