/**
 * Folds a task's log into its state. `evolve` works in place, because the state of a task with 400 turns is large and
 * evolves twice per turn. A property test shows that folding at once equals folding step by step.
 */
import { addSpend, oneMoreEndless, pushMessage, subtaskOf, unpark } from "./evolve-changes";
import { isKnownEvent, onEvent } from "./evolve-events";
import { sizeOfMessage } from "./log/attachments";
import { BrokenLogError } from "./log/broken-log";
import type { Entry } from "./log/entries";
import type { ModelMessage, ToolMessage } from "./log/model";
import { withResult } from "./repetition";
import { headlineOf, initialState, NOT_ENDLESS, type TaskState } from "./state";
import { openAsksOf } from "./waits";

/** Returns the state of a log. Throws BrokenLogError, also when an entry lacks a required field. */
export function fold(entries: Iterable<Entry>): TaskState {
  try {
    return foldAll(entries);
  } catch (error) {
    if (error instanceof BrokenLogError) throw error;
    throw new BrokenLogError(`An entry of the log has the wrong shape for its kind: ${(error as Error).message}`);
  }
}

function foldAll(entries: Iterable<Entry>): TaskState {
  const iterator = entries[Symbol.iterator]();
  const setup = iterator.next().value as Entry | undefined;
  const assignment = iterator.next().value as Entry | undefined;
  if (setup?.kind !== "system" || assignment?.kind !== "instruction") {
    throw new BrokenLogError("The log does not start with a system entry and an instruction.");
  }
  const state = initialState(setup.content, assignment.content);
  for (let next = iterator.next(); !next.done; next = iterator.next()) evolve(state, next.value);
  return state;
}

/** Applies one entry in place. Throws BrokenLogError when the entry cannot follow the earlier entries. */
export function evolve(state: TaskState, entry: Entry): void {
  if (state.ended && !mayFollowEnd(entry)) {
    throw new BrokenLogError(`Entry ${state.length + 1} comes after the end of the task.`);
  }
  switch (entry.kind) {
    case "system":
    case "instruction":
      throw new BrokenLogError(`Entry ${state.length + 1} is a second ${entry.kind}.`);
    case "agent_response":
      onReply(state, entry);
      break;
    case "tool_call":
      onCall(state, entry);
      break;
    case "tool_response":
      onResponse(state, entry);
      break;
    case "steer":
      pushMessage(state, { role: "user", content: entry.content.text, isPersons: true });
      state.said = [...state.said, entry.content.text];
      // A person may have seen what goes wrong, so their words are worth a try.
      state.strikes = 0;
      state.endless = NOT_ENDLESS;
      break;
    case "event":
      onEvent(state, entry.content);
      break;
    default:
      throw new BrokenLogError(`Entry ${state.length + 1} is of an unknown kind.`);
  }
  state.length += 1;
}

function mayFollowEnd(entry: Entry): boolean {
  return entry.kind === "event" && (entry.content.type === "retried" || !isKnownEvent(entry.content));
}

function onReply(state: TaskState, entry: Entry & { kind: "agent_response" }): void {
  if (state.open.size > 0)
    throw new BrokenLogError(`Turn ${entry.turn} began before the calls of the previous turn were answered.`);
  state.turn += 1;
  state.quietTurns = state.hasNews ? 0 : state.quietTurns + 1;
  state.hasNews = false;
  state.messages.push({ role: "assistant", parts: entry.content.parts, calls: [] });
  state.silent = !entry.content.parts.some((part) => part.type === "call");
  state.merged = null;
  state.stopReason = entry.content.stopReason;
  state.strikes = entry.content.valid ? 0 : state.strikes + 1;
  state.modelTries = 0;
  state.modelFailure = null;
  state.badAnswers = 0;
  state.shortenedUnsaid = false;
  state.triesAnyway = false;
  unpark(state);
  state.tooLong = false;
  state.cutReplies = entry.content.stopReason === "length" ? state.cutReplies + 1 : 0;
  const { cutAt } = entry.content;
  state.endless =
    cutAt === undefined ? NOT_ENDLESS : oneMoreEndless(state, `The reply was cut at its limit of ${cutAt} tokens.`);
  state.outputCap = null;
  state.lastInputTokens = entry.usage.inputTokens + entry.usage.outputTokens;
  state.charsSinceReply = 0;
  addSpend(state, entry.usage, entry.microUsd);
  const text = entry.content.parts.find((part) => part.type === "text");
  if (text && text.type === "text") state.headline = headlineOf(text.text) || state.headline;
}

function onCall(state: TaskState, entry: Entry & { kind: "tool_call" }): void {
  const last = state.messages.at(-1);
  if (last?.role !== "assistant") throw new BrokenLogError(`The call ${entry.callId} does not follow a reply.`);
  if (state.open.has(entry.callId)) throw new BrokenLogError(`The call ${entry.callId} occurs twice.`);
  const malformed = typeof entry.content.input === "string";
  last.calls.push({ id: entry.callId, name: entry.tool, input: entry.content.input, ...(malformed && { malformed }) });
  state.open.set(entry.callId, {
    id: entry.callId,
    tool: entry.tool,
    input: entry.content.input,
    mode: entry.content.mode,
    problem: entry.content.problem ?? null,
    turn: entry.turn,
    startedLease: null,
    tasks: [],
    review: null,
    untilMs: null,
    fallback: null,
    level: entry.content.level ?? null,
    why: entry.content.why ?? null,
    approval: entry.content.ask ? "needed" : "not_needed",
    resumes: entry.content.resumes ?? false,
    starts: 0,
    cuts: 0,
    isSetAside: false,
    executors: [],
  });
  if (entry.content.mode === "once") state.sideEffects = true;
}

function onResponse(state: TaskState, entry: Entry & { kind: "tool_response" }): void {
  const call = state.open.get(entry.callId);
  if (!call) throw new BrokenLogError(`The response to ${entry.callId} answers no open call.`);
  state.open.delete(entry.callId);
  for (const [review] of openAsksOf(state, call)) state.callAsks.delete(review);
  if (state.ending?.call === entry.callId) state.ending = null;
  if (entry.content.early && call.review) {
    const { question } = (call.input ?? {}) as { question?: unknown };
    const text = typeof question === "string" ? question : "";
    state.unanswered.set(call.review, { text, untilMs: call.untilMs, fallback: call.fallback });
  }
  if (entry.content.limit) {
    state.limitRefusals += 1;
    state.limitRule = entry.content.limit === true ? state.limitRule : entry.content.limit;
  }
  const { refused } = entry.content;
  if (refused !== undefined && !state.refused.includes(refused)) state.refused = [...state.refused, refused];
  if (entry.content.runaway) state.runawaySubtask = true;
  if (entry.content.outside) state.tainted = true;
  if (entry.content.tellsLost) state.lostFiles = null;
  if (call.tasks.length > 0 || call.review) state.hasNews = true;
  for (const task of call.tasks) {
    const subtask = subtaskOf(state, task);
    if (entry.content.early && subtask.role === "work") subtask.answeredEarly = true;
    else subtask.delivered = true;
  }
  const { text, isError, early, attachments = [] } = entry.content;
  // Two screenshots may have the same words.
  const result = [text, ...attachments.map(({ id }) => id)].join("\n");
  if (call.mode === "repeat" || call.mode === "once") {
    state.repetition = withResult(state.repetition, call.tool, call.input, result);
    state.hasNews ||= !isError && state.repetition.isNew;
  } else if (call.mode === "control" && call.tasks.length === 0 && !call.review && !entry.content.early) {
    // A wait that repeats without a result, or a call refused again and again, is a repetition too.
    state.repetition = withResult(state.repetition, call.tool, call.input, result);
  }
  const message: ToolMessage = {
    role: "tool",
    callId: entry.callId,
    toolName: entry.tool,
    content: text,
    isError,
  };
  if (early) message.early = true;
  if (entry.content.fault === "interrupted") message.interrupted = true;
  const shown = attachments.filter(({ notShown }) => notShown === undefined);
  if (shown.length > 0) message.attachments = shown;
  insertResponse(state.messages, message);
  state.charsSinceReply += sizeOfMessage(message);
}

/**
 * Inserts a response right after the turn's calls, in the order of the calls, whichever was answered first. Messages
 * that came while a call was open (a person granted more, changed the model) follow the responses.
 */
function insertResponse(messages: ModelMessage[], message: ToolMessage): void {
  const asked = messages.findLastIndex((message) => message.role === "assistant");
  const turn = messages[asked];
  const calls = turn?.role === "assistant" ? turn.calls : [];
  const placeOf = (id: string) => calls.findIndex((call) => call.id === id);
  const place = placeOf(message.callId);
  let at = asked + 1;
  for (let next = messages[at]; next?.role === "tool" && placeOf(next.callId) < place; next = messages[at]) at += 1;
  messages.splice(at, 0, message);
}
