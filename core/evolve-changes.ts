/** Changes of a task's state that several kinds of entries share. */
import { personsWords } from "./compact";
import { BrokenLogError } from "./log/broken-log";
import type { Usage, UserMessage } from "./log/model";
import type { ParkedBy } from "./log/terms";
import type { ServerVersion } from "./log/versions";
import { isMap, parseJsonText } from "./programs/json";
import { isProgram } from "./programs/names";
import { NO_REPETITION } from "./repetition";
import { type AddedGrant, type Call, initialState, NOT_ENDLESS, type Subtask, type TaskState } from "./state";

export function park(state: TaskState, untilMs: number, why: string, by: ParkedBy | null = null): void {
  state.parkedUntilMs = untilMs;
  state.parkedWhy = why;
  state.parkedBy = by;
}

export function unpark(state: TaskState): void {
  state.parkedUntilMs = null;
  state.parkedWhy = null;
  state.parkedBy = null;
}

export function oneMoreEndless({ endless }: TaskState, last: string): TaskState["endless"] {
  return { replies: endless.replies + 1, last };
}

export function pushMessage(state: TaskState, message: UserMessage): void {
  state.hasNews = true;
  state.messages.push(message);
  state.silent = false;
  state.charsSinceReply += message.content.length;
}

export function openCall(state: TaskState, id: string): Call {
  const call = state.open.get(id);
  if (!call) throw new BrokenLogError(`An event names the call ${id}, which is not open.`);
  return call;
}

export function subtaskOf(state: TaskState, id: string): Subtask {
  const subtask = state.subtasks.get(id);
  if (!subtask) throw new BrokenLogError(`An event names the subtask ${id}, which was never started.`);
  return subtask;
}

export function addSpend(state: TaskState, usage: Usage, microUsd: number): void {
  state.spent.tokensIn += usage.inputTokens;
  state.spent.tokensOut += usage.outputTokens;
  state.spent.microUsd += microUsd;
}

/** Adds servers; a newer version replaces the version that the task had. */
export function keepServers(state: TaskState, servers: ServerVersion[]): void {
  const names = new Set(servers.map((server) => server.name));
  state.servers = [...state.servers.filter((server) => !names.has(server.name)), ...servers];
}

/** Resets the conversation to the instruction. The event that follows tells the agent why, and what happened before. */
export function restart(state: TaskState, attempt: number): void {
  const fresh = initialState(state.setup, state.assignment);
  // The goal's start and a person's changes of the goal apply to the new conversation too.
  state.messages = [
    ...fresh.messages,
    ...startOfGoal(state),
    ...state.messages.filter((message) => message.role === "user" && message.change),
  ];
  // The new conversation must get the predecessors' results again.
  state.predecessorsRead = fresh.predecessorsRead;
  state.lastInputTokens = 0;
  state.charsSinceReply = 0;
  state.newestInstruction = null;
  state.said = [];
  state.summary = null;
  state.toldAdded = state.added;
  // The new conversation is shown lessons like a first one.
  state.lessons = new Set();
  state.lessonsTurn = -1;
  beginAttempt(state, attempt);
}

/** Restarts within the attempt. Nobody but the person takes back what a person said. */
export function restartWithWords(state: TaskState): void {
  const { newestInstruction, said } = state;
  restart(state, state.attempt);
  state.newestInstruction = newestInstruction;
  state.said = said;
  const words = personsWords(state);
  if (words !== null && !isProgram(state.setup.model))
    state.messages.push({ role: "user", content: words, isPersons: true });
}

/** Adds to what was added to the grant. */
export function addToGrant(state: TaskState, more: Partial<AddedGrant>): void {
  const { tokens, microUsd, tasks, seconds } = state.added;
  state.added = {
    tokens: tokens + (more.tokens ?? 0),
    microUsd: microUsd + (more.microUsd ?? 0),
    tasks: tasks + (more.tasks ?? 0),
    seconds: seconds + (more.seconds ?? 0),
  };
}

/** Begins an attempt that keeps the conversation: only counts within one attempt start again. */
export function beginAttempt(state: TaskState, attempt: number): void {
  state.ended = null;
  state.attempt = attempt;
  state.firstTurn = state.turn;
  state.limitRefusals = 0;
  state.limitRule = null;
  state.refused = [];
  state.repetition = NO_REPETITION;
  state.quietTurns = 0;
  state.hasNews = true;
  state.asks = 0;
  state.runawaySubtask = false;
  state.toldLow = false;
  state.toldTurns = null;
  state.toldSeconds = false;
  state.lastTurn = null;
  state.strikes = 0;
  state.failedEndings = 0;
  state.merged = null;
  state.silent = false;
  state.modelTries = 0;
  state.modelFailure = null;
  state.endless = NOT_ENDLESS;
  state.badAnswers = 0;
  state.shortenedUnsaid = false;
  unpark(state);
  state.tooLong = false;
  // Questions from and to the task were withdrawn, at the end of the attempt or by the record of the restart.
  for (const asked of [state.questions, state.questionTexts, state.unanswered, state.callAsks]) asked.clear();
  for (const subtask of state.subtasks.values()) subtask.delivered = true;
}

/**
 * Returns the message by which a new attempt knows the files of its goal's start. A service's files are made again by each
 * attempt, from its specification, so its start is a new one.
 */
function startOfGoal({ assignment, messages }: TaskState): UserMessage[] {
  const { goal } = assignment;
  if (!goal || goal.service || goal.service_change) return [];
  for (const message of messages) {
    if (message.role === "user" && message.goalStart !== undefined) return [message];
    const start = message.role === "tool" && !message.isError ? startIn(message.content) : null;
    if (start !== null) return [{ role: "user", content: `The goal began with the files ${start}.`, goalStart: start }];
  }
  return [];
}

/** Returns the start that an answer of `check_goal` names, which no other answer has beside checks; null: it is none. */
function startIn(content: string): string | null {
  const answer = parseJsonText(content);
  const start = answer !== null && isMap(answer) && Array.isArray(answer.checks) ? answer.start : null;
  return typeof start === "string" ? start : null;
}
