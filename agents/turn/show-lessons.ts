/** Shows a task what other tasks have taught: before its first turn, and after an error whose signature is known. */
import { lessonsAtStart, readsLessons } from "@/agents/memory/at-start";
import { signatureOf } from "@/core/goals/facts/signature";
import { chosen } from "@/core/lessons/show";
import type { TaskState } from "@/core/state";
import { note, type OpenTask } from "./open-task";
import type { World } from "./world";

/** Longer outputs are judged by their end, where programs say what failed. */
const MOST_CHARS = 20_000;

/** Returns the lessons that a task asks for. It may be shown one again. */
export function lessonsFor(world: Pick<World, "lessons" | "now">, task: OpenTask, need: string) {
  const { state, claim } = task;
  if (state.setup.memory === "without" || state.setup.lessons || state.setup.replay) return null;
  const found = world.lessons.find({ treeId: claim.treeId, agent: state.setup.agent, text: need, signature: null });
  if (!found) return null;
  const answer = chosen(found.lessons, {
    signature: null,
    words: found.words,
    known: new Set(),
    nowMs: world.now(),
    isAsked: true,
  });
  return answer && { ...answer, shown: answer.shown.map(({ lesson }) => ({ lesson, why: "asked" as const })) };
}

/** Notes the event with the lessons, which the same commit stores as the reservation of the call that reads them. */
export function showLessons(world: Pick<World, "lessons" | "now">, task: OpenTask): void {
  const { state, claim } = task;
  const { setup } = state;
  if (!readsLessons(state) || state.lessonsTurn === state.turn) return;
  if (setup.lessons || isFresh(state)) {
    if (setup.lessons?.every((id) => state.lessons.has(id))) return;
    const { assignment, lessons: known } = state;
    say(task, lessonsAtStart(world.lessons, { setup, assignment, treeId: claim.treeId, known }, world.now()));
    return;
  }
  const signature = errorIn(state);
  const found = signature && world.lessons.find({ treeId: claim.treeId, agent: setup.agent, text: "", signature });
  if (!found) return;
  const { lessons, words } = found;
  say(task, chosen(lessons, { signature, words, known: state.lessons, nowMs: world.now() }));
}

/** Whether the conversation has no reply yet: a new task, or one that began again. */
function isFresh({ messages }: TaskState): boolean {
  return messages.every(({ role }) => role !== "assistant");
}

function say(task: OpenTask, answer: ReturnType<typeof chosen>): void {
  if (!answer) return;
  const content = { type: "lessons_shown", lessons: answer.shown, text: answer.text } as const;
  note(task, [{ kind: "event", turn: task.state.turn, content }]);
}

/** Returns the signature of the error that the last calls of the turn ended with; null without one. */
function errorIn({ messages }: Pick<TaskState, "messages">): string | null {
  const asked = messages.findLastIndex(({ role }) => role === "assistant");
  const failed = messages.slice(asked + 1).flatMap((message) => {
    return message.role === "tool" && message.isError ? [message.content] : [];
  });
  const last = failed.at(-1);
  return last === undefined ? null : signatureOf([], last.slice(-MOST_CHARS));
}
