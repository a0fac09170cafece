/** Builds the entries that the host writes: corrections, early answers, results of subtasks. Pure. */
import type { Decision } from "./decision";
import type { Facts, Letter } from "./facts";
import type { Entry, SubtaskResult, TaskEvent } from "./log/entries";
import { isOfGoal } from "./programs/names";
import type { Call, TaskState } from "./state";
import { openAsksOf, waitedFor } from "./waits";

type Response = Entry & { kind: "tool_response" };

/** Returns the response to a call, as the model reads it. */
export function response(state: TaskState, call: Call, text: string, isError = false): Response {
  return { kind: "tool_response", turn: state.turn, content: { text, isError }, tool: call.tool, callId: call.id };
}

/** Answers a call early. The subtask's result, or the answer, comes later as an event. */
function notYet(state: TaskState, call: Call, content: object): Response {
  const entry = response(state, call, JSON.stringify(content));
  entry.content.early = true;
  return entry;
}

/** Returns the corrective response to an invalid call. */
export function invalidResponse(state: TaskState, call: Call): Entry {
  return response(state, call, call.problem ?? "This call cannot be carried out.", true);
}

/** Returns the response to a call that must not run twice and was started by a dead process. */
export function interruptedResponse(state: TaskState, call: Call): Entry {
  const text =
    "This call was interrupted: its process ended before it answered. Its outcome is unknown, so check before you repeat it.";
  const entry = response(state, call, text, true);
  entry.content.fault = "interrupted";
  return entry;
}

/** What is wrong with a reply without a tool call, by its stop reason. */
const NOTHING_HAPPENED: Readonly<Record<string, string>> = {
  length: "Your reply was cut at its limit before a tool call, so nothing happened. Keep it short, and continue",
  unusable_call:
    "Your reply had a tool call in a wrong form, so your provider dropped it and nothing happened. Continue",
};

/** Returns the answer to a reply without a tool call. */
export function correction(state: TaskState): Entry {
  const what = NOTHING_HAPPENED[state.stopReason] ?? "Your reply had no tool call, so nothing happened. Continue";
  const text = `${what} with a tool call. When the task is done, or cannot be done, call end_task.`;
  return { kind: "event", turn: state.turn, content: { type: "correction", text } };
}

/** A program reads results as data, so it gets more of them than a model. */
const PROGRAM_RESULT_CHARS = 40_000;

/** Returns a subtask's result as a program reads it: whole, where it is not too long. */
function forProgram(state: TaskState, result: SubtaskResult & { text?: string | null }): SubtaskResult {
  const { text, ...rest } = result;
  const isWhole = isOfGoal(state.setup.model) && text && text.length <= PROGRAM_RESULT_CHARS;
  return isWhole ? { ...rest, summary: text } : result;
}

/** Returns a subtask's result as JSON for its call's response, so that programs and models read the same. */
export function answerCall(result: SubtaskResult): string {
  const { task, title, status, reason, summary, verdict, refused, unmerged } = result;
  const judged = verdict && { outcome: verdict.outcome, reasons: verdict.reasons, claims: verdict.claims };
  return JSON.stringify({
    task,
    title,
    status,
    ...(reason && { reason }),
    summary,
    ...(refused && { refused_subtasks: refused }),
    ...(unmerged && { not_merged: unmerged }),
    ...(judged && { verdict: judged }),
  });
}

/** Returns the response to a call whose awaited tasks have all ended. */
export function subtaskResponse(state: TaskState, facts: Facts, call: Call): Entry {
  if (call.tool === "wait_for_subtasks") {
    const states = [...state.subtasks.values()]
      .filter((subtask) => subtask.role === "work")
      .map((subtask) => ({
        task: subtask.task,
        title: subtask.title,
        status: facts.relatives.get(subtask.task)?.status ?? "running",
      }));
    return response(state, call, JSON.stringify({ subtasks: states }));
  }
  const task = call.tasks[0];
  const relative = task ? facts.relatives.get(task) : undefined;
  if (!relative?.result) return response(state, call, "The subtask no longer exists.", true);
  // The plan of task_breakdown is passed on whole, because its caller works from it.
  const result = relative.result;
  if (call.tool === "break_down_task" && result.status === "succeeded" && result.text) {
    const plan = response(state, call, JSON.stringify({ task: result.task, status: result.status, plan: result.text }));
    if (result.tainted) plan.content.outside = true;
    return plan;
  }
  const entry = response(state, call, answerCall(forProgram(state, result)), result.status !== "succeeded");
  if (result.reason === "runaway") entry.content.runaway = true;
  if (result.tainted) entry.content.outside = true;
  return entry;
}

/** Letters that only change how the next turn begins, and do not interrupt a wait. */
const SILENT: ReadonlySet<Letter["kind"]> = new Set([
  "stepping",
  "granted",
  "borrowed",
  "unpark",
  "change",
  "held",
  "configured",
]);

/**
 * Reads letters into the log. Waiting calls are answered once, early, and the letters follow in the same user message.
 * An answer to an open question becomes the response to its call.
 */
export function absorbLetters(state: TaskState, facts: Facts, letters: Letter[]): Decision {
  const entries: Entry[] = [];
  const answered = new Set<string>();
  const others: Letter[] = [];
  for (const letter of letters) {
    const decides = letter.kind === "answer" || letter.kind === "approval";
    const kept = callAnswer(state, letter);
    if (kept && decides && !answered.has(letter.review)) {
      answered.add(letter.review);
      entries.push(kept);
      continue;
    }
    const call = decides
      ? [...state.open.values()].find((call) => call.review === letter.review && call.approval !== "given")
      : undefined;
    // Only the first answer to a question counts, even if it is the timeout's.
    if (call && answered.has(call.id)) continue;
    if (letter.kind === "answer" && !call) {
      if (!state.unanswered.has(letter.review) || answered.has(letter.review)) continue;
      answered.add(letter.review);
    }
    if (call && letter.kind === "answer") {
      const answer = response(state, call, JSON.stringify({ answer: letter.text, by: letter.by }));
      if (letter.tainted) answer.content.outside = true;
      entries.push(answer);
      answered.add(call.id);
    } else if (call && letter.kind === "approval") {
      entries.push(...decidedApproval(state, call, letter));
      answered.add(call.id);
      // A decision on a call that was meanwhile decided or called off changes nothing.
    } else if (letter.kind !== "approval") others.push(letter);
  }
  const stopTasks: string[] = [];
  const reviewChanges: { uid: string; withdraw: true }[] = [];
  if (others.some((letter) => !SILENT.has(letter.kind))) {
    for (const call of state.open.values()) {
      if (answered.has(call.id)) {
        // Just approved but not started: the letters that came with the approval may object to it.
        if (call.approval === "needed" && !entries.some((entry) => isResponseTo(entry, call)))
          entries.push(calledOff(state, call));
        continue;
      }
      entries.push(earlyResponse(state, facts, call));
      for (const [uid] of openAsksOf(state, call)) if (!answered.has(uid)) reviewChanges.push({ uid, withdraw: true });
      if (call.tool === "end_task") stopTasks.push(...unfinished(facts, call.tasks));
      if (call.approval === "needed" && call.review) reviewChanges.push({ uid: call.review, withdraw: true });
    }
  }
  for (const letter of others) entries.push(entryOf(state, letter));
  return { kind: "note", entries, letters: letters.map((letter) => letter.id), stopTasks, reviewChanges };
}

function isResponseTo(entry: Entry, call: Call): boolean {
  return entry.kind === "tool_response" && entry.callId === call.id;
}

/** Returns the entry by which a running call's ask is answered; null when the letter is about something else. */
export function callAnswer(state: TaskState, letter: Letter): Entry | null {
  if (letter.kind !== "answer" && letter.kind !== "approval") return null;
  const ask = state.callAsks.get(letter.review);
  if (!ask || ask.answer) return null;
  const { review, by } = letter;
  const said =
    letter.kind === "answer"
      ? { approved: true, answer: letter.text }
      : { approved: letter.approved, answer: letter.reason || null, ...(letter.rule && { rule: letter.rule }) };
  return { kind: "event", turn: state.turn, content: { type: "call_answered", review, by, ...said } };
}

/**
 * Returns the entries for a decision. An approved call runs next; for a rejected call the agent reads why and continues
 * without it.
 */
function decidedApproval(state: TaskState, call: Call, letter: Letter & { kind: "approval" }): Entry[] {
  const { review, approved, by, reason } = letter;
  const decided = { type: "approval_decided", call: call.id, review, approved, by } as const;
  const content = { ...decided, ...(letter.rule && { rule: letter.rule }) };
  const event: Entry = { kind: "event", turn: state.turn, content };
  if (approved) return [event];
  const why = reason ? `: ${reason}` : ".";
  return [event, response(state, call, `Not run: ${by} did not allow this call${why}`, true)];
}

/** Returns the response to a call that had not started when a message came while the turn waited for an approval. */
function calledOff(state: TaskState, call: Call): Response {
  const text =
    "Not run: while the turn waited for an approval, a message came, which follows. Repeat the call if it is still needed.";
  return response(state, call, text, true);
}

/** Returns the response to an interrupted call that waited for a person when a message came. */
function setAside(state: TaskState, call: Call): Response {
  const text =
    "Set aside: while the call waited for a person, a message came, which follows. What it did so far is kept. Call it again if it should go on.";
  return response(state, call, text, true);
}

function earlyResponse(state: TaskState, facts: Facts, call: Call): Entry {
  if (call.isSetAside || (call.resumes && call.startedLease !== null)) return setAside(state, call);
  const hasBegun = call.tasks.length > 0 || call.review !== null || state.ending?.call === call.id;
  const isWorld = call.mode === "repeat" || call.mode === "once";
  if (isWorld || (!hasBegun && call.tool !== "wait_for_subtasks")) return calledOff(state, call);
  if (call.tool === "end_task") return notYet(state, call, { status: "not ended" });
  if (call.review) return notYet(state, call, { status: "waiting", question: call.review });
  if (call.tool === "wait_for_subtasks") {
    const running = unfinished(facts, waitedFor(state, call));
    return notYet(state, call, { status: "running", tasks: running });
  }
  const task = call.tasks[0] ?? "";
  // A subtask that has meanwhile ended is answered with its result, because no event follows.
  if (unfinished(facts, [task]).length === 0) return subtaskResponse(state, facts, call);
  return notYet(state, call, { status: "running", task });
}

function unfinished(facts: Facts, tasks: string[]): string[] {
  return tasks.filter((task) => !facts.relatives.get(task)?.result);
}

function entryOf(state: TaskState, letter: Letter): Entry {
  const turn = state.turn;
  switch (letter.kind) {
    case "steer":
      return { kind: "steer", turn, content: { text: letter.text, by: letter.by } };
    case "question": {
      const asked = JSON.stringify({ question: letter.review, task: letter.task, text: letter.text });
      const text = `The subtask “${letter.title}” asks a question. Reply with answer, or pass it on with pass_up.\n${asked}`;
      return {
        kind: "event",
        turn,
        content: {
          type: "question",
          review: letter.review,
          task: letter.task,
          words: letter.text,
          text,
          ...(letter.tainted && { tainted: letter.tainted }),
        },
      };
    }
    case "answer": {
      const asked = state.unanswered.get(letter.review)?.text;
      const given = JSON.stringify({ question: letter.review, ...(asked && { asked }), answer: letter.text });
      const text = `${letter.by} answered your question.\n${given}`;
      const { review, by, text: answer, tainted } = letter;
      const content: TaskEvent = { type: "answered", review, by, text, answer, ...(tainted && { tainted }) };
      return { kind: "event", turn, content };
    }
    case "held": {
      const { what, by, atMs } = letter;
      return { kind: "event", turn, content: { type: "held", what, by, atMs } };
    }
    case "unpark":
      return { kind: "event", turn, content: { type: "unparked", by: letter.by } };
    case "granted": {
      const { by, text, tokens, microUsd, seconds } = letter;
      return { kind: "event", turn, content: { type: "granted", by, text, tokens, microUsd, seconds } };
    }
    case "borrowed": {
      const { kind: _kind, id: _id, ...loan } = letter;
      return { kind: "event", turn, content: { type: "borrowed", ...loan } };
    }
    case "change": {
      const { by, setup, priority, text } = letter;
      return {
        kind: "event",
        turn,
        content: { type: "changed", by, setup, ...(priority !== undefined && { priority }), text },
      };
    }
    case "goal_change": {
      const { by, fields, text } = letter;
      return { kind: "event", turn, content: { type: "goal_changed", by, fields, text } };
    }
    case "configured": {
      const { tools, servers, by, text } = letter;
      return { kind: "event", turn, content: { type: "configured", tools, servers, by, text } };
    }
    case "restart":
      throw new Error("A restart starts a new conversation, so it is never added to the old one.");
    case "approval":
      throw new Error("An approval decides about its call, so it is never added to the conversation.");
    case "stepping":
      return { kind: "event", turn, content: { type: "stepping", mode: letter.mode, by: letter.by } };
    case "stop":
      throw new Error("A stop ends the task, so it is never added to the conversation.");
  }
}
