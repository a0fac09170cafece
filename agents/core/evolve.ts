/**
 * Folds a task's log into its state. `evolve` works in place, because the state of a task with 400 turns is
 * large and is evolved twice a turn; folding at once equals folding step by step (a property test).
 */
import { BrokenLogError, type Entry, messageOfEvent, type ServerVersion, type TaskEvent } from "./entries";
import type { Usage } from "./model";
import { cutOutput } from "./output-share";
import { NO_REPETITION, told, withResult } from "./repetition";
import { insertResponse } from "./response-order";
import { type Call, headlineOf, initialState, type Subtask, type TaskState } from "./state";

/** Throws BrokenLogError, also when an entry lacks a field that it should have. */
export function fold(entries: Iterable<Entry>): TaskState {
  try {
    return foldAll(entries);
  } catch (error) {
    if (error instanceof BrokenLogError) throw error;
    throw new BrokenLogError(`An entry of the log is not of its kind's shape: ${(error as Error).message}`);
  }
}

function foldAll(entries: Iterable<Entry>): TaskState {
  const iterator = entries[Symbol.iterator]();
  const setup = iterator.next().value as Entry | undefined;
  const assignment = iterator.next().value as Entry | undefined;
  if (setup?.kind !== "system" || assignment?.kind !== "instruction") {
    throw new BrokenLogError("The log does not begin with a system entry and an instruction.");
  }
  const state = initialState(setup.content, assignment.content);
  for (let next = iterator.next(); !next.done; next = iterator.next()) evolve(state, next.value);
  return state;
}

/** Applies one entry in place. Throws BrokenLogError when the entry cannot follow what came before. */
export function evolve(state: TaskState, entry: Entry): void {
  if (state.ended && !(entry.kind === "event" && entry.content.type === "retried")) {
    throw new BrokenLogError(`Entry ${state.length + 1} follows the end of the task.`);
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
      pushUser(state, entry.content.text);
      break;
    case "event":
      onEvent(state, entry.content);
      break;
    default:
      throw new BrokenLogError(`Entry ${state.length + 1} is of no known kind.`);
  }
  state.length += 1;
}

function onReply(state: TaskState, entry: Entry & { kind: "agent_response" }): void {
  if (state.open.size > 0)
    throw new BrokenLogError(`Turn ${entry.turn} began before the calls of the last one were answered.`);
  state.turn += 1;
  state.quietTurns = state.hasNews ? 0 : state.quietTurns + 1;
  state.hasNews = false;
  state.messages.push({ role: "assistant", parts: entry.content.parts, calls: [] });
  state.silent = !entry.content.parts.some((part) => part.type === "call");
  state.merged = null;
  state.strikes = entry.content.valid ? 0 : state.strikes + 1;
  state.modelTries = 0;
  state.modelFailure = null;
  state.triesAnyway = false;
  unpark(state);
  state.tooLong = false;
  state.lastInputTokens = entry.usage.inputTokens + entry.usage.outputTokens;
  state.charsSinceReply = 0;
  addSpend(state, entry.usage, entry.microUsd);
  const text = entry.content.parts.find((part) => part.type === "text");
  if (text && text.type === "text") state.headline = headlineOf(text.text) || state.headline;
}

function onCall(state: TaskState, entry: Entry & { kind: "tool_call" }): void {
  const last = state.messages.at(-1);
  if (last?.role !== "assistant") throw new BrokenLogError(`The call ${entry.callId} belongs to no reply.`);
  if (state.open.has(entry.callId)) throw new BrokenLogError(`The call ${entry.callId} is there twice.`);
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
  });
  if (entry.content.mode === "once") state.sideEffects = true;
}

function onResponse(state: TaskState, entry: Entry & { kind: "tool_response" }): void {
  const call = state.open.get(entry.callId);
  if (!call) throw new BrokenLogError(`The response to ${entry.callId} answers no open call.`);
  state.open.delete(entry.callId);
  if (state.ending?.call === entry.callId) state.ending = null;
  if (entry.content.early && call.review) {
    state.unanswered.set(call.review, { untilMs: call.untilMs, fallback: call.fallback });
  }
  if (entry.content.limit) {
    state.limitRefusals += 1;
    state.limitRule = entry.content.limit === true ? state.limitRule : entry.content.limit;
  }
  if (entry.content.runaway) state.runawaySubtask = true;
  if (entry.content.outside) state.tainted = true;
  if (call.tasks.length > 0 || call.review) state.hasNews = true;
  for (const task of call.tasks) {
    const subtask = subtaskOf(state, task);
    if (entry.content.early && subtask.role === "work") subtask.answeredEarly = true;
    else subtask.delivered = true;
  }
  const { text, isError } = entry.content;
  if (call.mode === "repeat" || call.mode === "once") {
    state.repetition = withResult(state.repetition, call.tool, call.input, text);
    state.hasNews ||= !isError && state.repetition.isNew;
  } else if (call.mode === "control" && call.tasks.length === 0 && !call.review && !entry.content.early) {
    // A wait for nothing, or what is refused over and over, goes round in a circle, too.
    state.repetition = withResult(state.repetition, call.tool, call.input, text);
  }
  insertResponse(state.messages, { role: "tool", callId: entry.callId, toolName: entry.tool, content: text, isError });
  state.charsSinceReply += entry.content.text.length;
}

function onEvent(state: TaskState, event: TaskEvent): void {
  const message = messageOfEvent(event);
  const wasSilent = state.silent;
  if (bringsTaint(event)) state.tainted = true;
  switch (event.type) {
    case "call_started":
      openCall(state, event.call).startedLease = event.lease;
      break;
    case "subtasks_started":
      for (const start of event.subtasks) {
        openCall(state, start.call).tasks.push(start.task);
        state.subtasks.set(start.task, { ...start, answeredEarly: false, delivered: false });
      }
      break;
    case "subtask_ended":
      subtaskOf(state, event.result.task).delivered = true;
      if (event.result.reason === "runaway") state.runawaySubtask = true;
      break;
    case "predecessors_ended":
      state.predecessorsRead = true;
      break;
    case "ending": {
      const { status, claims, result } = event;
      state.ending = { call: openCall(state, event.call).id, status, claims, result, marks: null };
      break;
    }
    case "claims_checked":
      if (state.ending?.call !== event.call) throw new BrokenLogError("Claims were checked of no ending.");
      state.ending.marks = event.marks;
      break;
    case "files_merged":
      state.merged = event;
      break;
    case "sent_back":
      state.failedEndings += 1;
      break;
    case "model_failed":
      state.modelTries = event.tries;
      state.modelFailure = { kind: event.kind, message: event.message };
      state.triesAnyway = false;
      if (event.parks) park(state, event.untilMs, event.message);
      else unpark(state);
      break;
    case "daily_cap":
      park(state, event.untilMs, event.message);
      break;
    case "stalled":
      state.quietTurns = 0;
      break;
    case "restarted":
      if (state.open.size > 0) throw new BrokenLogError("The task began again with unanswered calls.");
      restart(state, state.attempt);
      break;
    case "repeated":
      state.repetition = told(state.repetition);
      break;
    case "grant_low":
      state.toldLow = true;
      if (event.last) state.lastTurn = state.turn + 1;
      break;
    case "unconfirmed":
      state.spent.tokensIn += event.tokens;
      state.spent.microUsd += event.microUsd;
      break;
    case "overrun":
      break;
    case "too_long":
      state.tooLong = true;
      break;
    case "outputs_shortened":
      state.messages = state.messages.map((one) =>
        one.role === "tool" ? { ...one, content: cutOutput(one.content, event.maxChars, one.callId) } : one,
      );
      state.tooLong = false;
      state.lastInputTokens = 0;
      state.charsSinceReply = 0;
      return;
    case "compacted":
      // The summary takes the place of the oldest messages; `dropped` never parts a call from its response.
      state.messages.splice(0, event.dropped);
      state.messages.unshift({ role: "user", content: event.text });
      state.compactions += 1;
      state.tooLong = false;
      state.lastInputTokens = 0;
      state.charsSinceReply = 0;
      addSpend(state, event.usage, event.microUsd);
      return;
    case "asked":
      Object.assign(openCall(state, event.call), {
        review: event.review,
        untilMs: event.untilMs ?? null,
        fallback: event.fallback ?? null,
      });
      state.asks += 1;
      break;
    case "approval_asked":
      Object.assign(openCall(state, event.call), { review: event.review, untilMs: event.untilMs });
      break;
    case "approval_decided":
      if (event.approved) openCall(state, event.call).approval = "given";
      break;
    case "tools_changed":
      state.addedTools.push(...event.tools);
      keepServers(state, event.servers ?? []);
      break;
    case "configured":
      state.addedTools.push(...event.tools);
      keepServers(state, event.servers);
      break;
    case "unparked":
      state.triesAnyway = true;
      unpark(state);
      break;
    case "changed":
      // Another place in the queue is told to the agent like any change, and says nothing about its model.
      if (Object.keys(event.setup).length === 0) break;
      state.setup = { ...state.setup, ...event.setup };
      keepServers(state, event.setup.servers ?? []);
      // What was known of the old model's counting and failures says nothing about another one.
      state.lastInputTokens = 0;
      state.tooLong = false;
      state.modelTries = 0;
      state.modelFailure = null;
      // Also with another model of the same provider: a person wants it tried.
      state.triesAnyway = true;
      unpark(state);
      break;
    case "granted":
      state.toldLow = false;
      state.lastTurn = null;
      break;
    case "stepping":
      state.assignment = { ...state.assignment, stepping: event.mode };
      break;
    case "retried":
      if (!state.ended) throw new BrokenLogError("A task was retried that had not ended.");
      restart(state, event.attempt);
      break;
    case "ended":
      if (state.open.size > 0) throw new BrokenLogError("The task ended with unanswered calls.");
      state.ended = event;
      break;
    case "question":
      state.questions.set(event.review, event.task);
      state.questionTexts.set(event.review, event.words);
      break;
    case "answered":
      state.unanswered.delete(event.review);
      break;
    case "question_closed":
      state.questions.delete(event.review);
      break;
    case "correction":
    case "note":
    case "choice":
    case "forked":
    case "held":
    case "files_saved":
    case "files_copied":
      break;
    default:
      throw new BrokenLogError(`Entry ${state.length + 1} is an event of no known type.`);
  }
  if (message) pushUser(state, (message as { content: string }).content);
  // Whoever said nothing more waits on: these change how its next turn begins, and are no word to it.
  if (event.type === "granted" || event.type === "changed") state.silent = wasSilent;
}

/** What a tainted task found, asked or answered taints whoever reads it. */
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

/** A newer version takes the place of the one that the task had. */
function keepServers(state: TaskState, servers: ServerVersion[]): void {
  const names = new Set(servers.map((server) => server.name));
  state.servers = [...state.servers.filter((server) => !names.has(server.name)), ...servers];
}

/** The conversation starts again from the instruction; the event that follows says why, and how it went before. */
function restart(state: TaskState, attempt: number): void {
  const fresh = initialState(state.setup, state.assignment);
  state.messages = fresh.messages;
  state.ended = null;
  state.attempt = attempt;
  state.firstTurn = state.turn;
  state.limitRefusals = 0;
  state.limitRule = null;
  state.repetition = NO_REPETITION;
  state.quietTurns = 0;
  state.hasNews = true;
  state.asks = 0;
  state.runawaySubtask = false;
  state.toldLow = false;
  state.lastTurn = null;
  // The conversation begins anew, so what predecessors found is told again.
  state.predecessorsRead = fresh.predecessorsRead;
  state.strikes = 0;
  state.failedEndings = 0;
  state.merged = null;
  state.silent = false;
  state.modelTries = 0;
  state.modelFailure = null;
  unpark(state);
  state.tooLong = false;
  state.lastInputTokens = 0;
  state.charsSinceReply = 0;
  // What was asked before, or of it, was withdrawn: with the end of the attempt, or by the record that lets it begin again.
  for (const asked of [state.questions, state.questionTexts, state.unanswered]) asked.clear();
  for (const subtask of state.subtasks.values()) subtask.delivered = true;
}

function park(state: TaskState, untilMs: number, why: string): void {
  state.parkedUntilMs = untilMs;
  state.parkedWhy = why;
}

function unpark(state: TaskState): void {
  state.parkedUntilMs = null;
  state.parkedWhy = null;
}

function pushUser(state: TaskState, content: string): void {
  state.hasNews = true;
  state.messages.push({ role: "user", content });
  state.silent = false;
  state.charsSinceReply += content.length;
}

function openCall(state: TaskState, id: string): Call {
  const call = state.open.get(id);
  if (!call) throw new BrokenLogError(`An event names the call ${id}, which is not open.`);
  return call;
}

function subtaskOf(state: TaskState, id: string): Subtask {
  const subtask = state.subtasks.get(id);
  if (!subtask) throw new BrokenLogError(`An event names the subtask ${id}, which was never started.`);
  return subtask;
}

function addSpend(state: TaskState, usage: Usage, microUsd: number): void {
  state.spent.tokensIn += usage.inputTokens;
  state.spent.tokensOut += usage.outputTokens;
  state.spent.microUsd += microUsd;
}
