/** Questions and approvals whose time is over. */
import type { Decision, EndDecision } from "./decide";
import type { Entry, TaskEvent } from "./log/entries";
import { response } from "./notes";
import type { Call, TaskState } from "./state";

/** Who answers in the log when nobody did. */
const CLOCK = "the time-out";

/** The first that waited too long gets the answer that was set for the case, else the task fails. null: none is overdue. */
export function overdueReview(state: TaskState, nowMs: number): Decision | null {
  const isOver = (untilMs: number | null) => untilMs !== null && untilMs <= nowMs;
  for (const call of state.open.values()) {
    if (!call.review || call.approval === "given" || !isOver(call.untilMs)) continue;
    if (call.approval === "needed") return overdueApproval(state, call, call.review);
    if (call.fallback === null) return nobodyAnswered("its question");
    const entry = response(state, call, JSON.stringify({ answer: call.fallback, by: CLOCK }));
    return { kind: "note", entries: [entry], reviewChanges: [answered(call.review, call.fallback)] };
  }
  for (const [review, { untilMs, fallback }] of state.unanswered) {
    if (!isOver(untilMs)) continue;
    if (fallback === null) return nobodyAnswered("its question");
    const text = `Nobody answered your question in time. What is set for this case:\n${JSON.stringify({ question: review, answer: fallback })}`;
    const content: TaskEvent = { type: "answered", review, by: CLOCK, text, answer: fallback };
    const entry: Entry = { kind: "event", turn: state.turn, content };
    return { kind: "note", entries: [entry], reviewChanges: [answered(review, fallback)] };
  }
  return null;
}

/** When the first wait for a person is over; null: never, or there is none. */
export function firstTimeOut(state: TaskState): number | null {
  const waiting = [...state.open.values()].filter((call) => call.review && call.approval !== "given");
  const times = [...waiting, ...state.unanswered.values()].flatMap(({ untilMs }) => untilMs ?? []);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Nothing is allowed by silence: with an answer set for the case the task goes on without the call, else it fails. */
function overdueApproval(state: TaskState, call: Call, review: string): Decision {
  const { askDefault } = state.setup;
  if (askDefault === undefined || askDefault === null) return nobodyAnswered("its approval");
  const text = `Not run: nobody allowed this call in time. What is set for this case: ${askDefault}`;
  return {
    kind: "note",
    entries: [response(state, call, text, true)],
    reviewChanges: [{ uid: review, withdraw: true }],
  };
}

function answered(uid: string, text: string) {
  return { uid, answer: { text, by: CLOCK } };
}

function nobodyAnswered(what: string): EndDecision {
  const detail = `Nobody decided on ${what} in time.`;
  return { kind: "end", status: "failed", reason: "ask_timeout", detail, result: null, summary: null, verdict: null };
}

/** What a person reads beside a question or an approval; `otherwise`: what the task does without a decision, null when it fails. */
export function ignoredSentence(untilMs: number | null, otherwise: string | null): string {
  if (untilMs === null) return "The task waits, and whatever waits for it; everything else goes on.";
  return `Until ${new Date(untilMs).toISOString()} the task waits; then it ${otherwise ?? "fails"}.`;
}
