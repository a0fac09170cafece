/** Restarts a task within the same attempt: answers its open calls, stops its subtasks, and starts a new conversation. */
import type { Decision } from "./decision";
import type { Facts, Letter } from "./facts";
import type { Entry } from "./log/entries";
import { response } from "./notes";
import type { TaskState } from "./state";
import { openAsksOf } from "./waits";

export function beginAgain(state: TaskState, facts: Facts, letter: Letter & { kind: "restart" }): Decision {
  const open = [...state.open.values()];
  const answers = open.map((call) => response(state, call, "The task restarted before this call was answered.", true));
  const { by, text } = letter;
  const event: Entry = {
    kind: "event",
    turn: state.turn,
    content: { type: "restarted", by, text, keepsWords: true, atMs: facts.nowMs },
  };
  // Withdrawn, because an answer would reach a new conversation that does not know the question.
  const asks = open.flatMap((call) => openAsksOf(state, call).map(([review]) => review));
  const asked = [...open.flatMap((call) => call.review ?? []), ...asks, ...state.unanswered.keys()];
  const unended = [...state.subtasks.values()].filter((subtask) => !facts.relatives.get(subtask.task)?.result);
  return {
    kind: "note",
    entries: [...answers, event],
    letters: [letter.id],
    stopTasks: unended.map((subtask) => subtask.task),
    reviewChanges: asked.map((uid) => ({ uid, withdraw: true })),
  };
}
