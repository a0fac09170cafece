/** Handles questions and approvals that have timed out. */
import type { Decision, EndDecision } from "./decision";
import type { Entry, TaskEvent } from "./log/entries";
import { response } from "./notes";
import type { Call, CallAsk, TaskState } from "./state";

/** Name of the answerer in the log after a timeout. */
export const CLOCK = "the time-out";

/** Answers the first timed-out review with its default answer, or fails the task without one. Returns null when none has timed out. */
export function overdueReview(state: TaskState, nowMs: number): Decision | null {
  const isOver = (untilMs: number | null) => untilMs !== null && untilMs <= nowMs;
  for (const call of state.open.values()) {
    if (!call.review || call.approval === "given" || !isOver(call.untilMs)) continue;
    if (call.approval === "needed") return overdueApproval(state, call, call.review);
    if (call.fallback === null) return nobodyAnswered("its question");
    const entry = response(state, call, JSON.stringify({ answer: call.fallback, by: CLOCK }));
    return { kind: "note", entries: [entry], reviewChanges: [answered(call.review, call.fallback)] };
  }
  for (const [review, ask] of state.callAsks)
    if (!ask.answer && isOver(ask.untilMs)) return overdueAsk(state, review, ask);
  for (const [review, { untilMs, fallback }] of state.unanswered) {
    if (!isOver(untilMs)) continue;
    if (fallback === null) return nobodyAnswered("its question");
    const text = `Nobody answered your question in time. This is the default answer:\n${JSON.stringify({ question: review, answer: fallback })}`;
    const content: TaskEvent = { type: "answered", review, by: CLOCK, text, answer: fallback };
    const entry: Entry = { kind: "event", turn: state.turn, content };
    return { kind: "note", entries: [entry], reviewChanges: [answered(review, fallback)] };
  }
  return null;
}

/** Returns when the first wait for a person times out; null when none does. */
export function firstTimeOut(state: TaskState): number | null {
  const waiting = [...state.open.values()].filter((call) => call.review && call.approval !== "given");
  const asked = [...state.callAsks.values()].filter((ask) => !ask.answer);
  const times = [...waiting, ...asked, ...state.unanswered.values()].flatMap(({ untilMs }) => untilMs ?? []);
  return times.length > 0 ? Math.min(...times) : null;
}

/** A timed-out approval never allows the call: with a default answer the task continues without it, else the task fails. */
function overdueApproval(state: TaskState, call: Call, review: string): Decision {
  const { askDefault } = state.setup;
  if (askDefault === undefined || askDefault === null) return nobodyAnswered("its approval");
  const text = `Not run: nobody allowed this call in time. The default answer: ${askDefault}`;
  return {
    kind: "note",
    entries: [response(state, call, text, true)],
    reviewChanges: [{ uid: review, withdraw: true }],
  };
}

/** A timeout never gives a permission; a question gets its default answer. */
function overdueAsk(state: TaskState, review: string, { what }: CallAsk): Decision {
  const { askDefault } = state.setup;
  const isPermission = what === "permission";
  if (askDefault === undefined || askDefault === null)
    return nobodyAnswered(isPermission ? "a permission" : "its question");
  const content = { type: "call_answered", review, approved: !isPermission, by: CLOCK, answer: askDefault } as const;
  const change = isPermission ? { uid: review, withdraw: true as const } : answered(review, askDefault);
  return { kind: "note", entries: [{ kind: "event", turn: state.turn, content }], reviewChanges: [change] };
}

function answered(uid: string, text: string) {
  return { uid, answer: { text, by: CLOCK } };
}

/** Calls that need a person, besides those that wait for approval. A question of a subtask is for its parent. */
function needsPerson({ assignment }: TaskState, { tool }: Call): boolean {
  if (tool === "ask") return assignment.depth === 0 || assignment.chosen;
  return tool === "pass_up" || tool.startsWith("propose_");
}

/** Returns the end of a task of a replay whose calls need a person; null: they need nobody. */
export function endOfReplay(state: TaskState, calls: readonly Call[]): EndDecision | null {
  if (!state.setup.replay) return null;
  const asking = calls.find((call) => call.approval === "needed" || needsPerson(state, call));
  if (!asking) return null;
  const detail = `A replay asks nobody, and ${asking.tool} needs a person.`;
  return { kind: "end", status: "failed", reason: "ask_timeout", detail, result: null, summary: null, verdict: null };
}

function nobodyAnswered(what: string): EndDecision {
  const detail = `Nobody decided on ${what} in time.`;
  return { kind: "end", status: "failed", reason: "ask_timeout", detail, result: null, summary: null, verdict: null };
}

/**
 * Returns what happens without a decision, for people; null: the task waits, which needs no words. `otherwise` says what the
 * task does after the timeout; null when it fails.
 */
export function ignoredSentence(untilMs: number | null, otherwise: string | null): string | null {
  if (untilMs === null) return null;
  return `The task waits until ${new Date(untilMs).toISOString()}; then it ${otherwise ?? "fails"}.`;
}
