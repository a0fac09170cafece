/** Shows a task what other tasks have taught: before its first turn, and after an error whose signature is known. */
import { signatureOf } from "@/core/goals/signature";
import { chosen, named } from "@/core/lessons/show";
import { isProgram } from "@/core/programs/names";
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

/**
 * Notes the event with the lessons, which the same commit stores as the reservation of the call that reads them. Shows
 * nothing to a goal that is held out, to a replay before a trial, and to tasks that judge: they look at the work and not
 * at advice. A fork for which a person named lessons is shown these, whatever it is about, and no others.
 */
export function showLessons(world: Pick<World, "lessons" | "now">, task: OpenTask): void {
  const { state, claim } = task;
  const { setup, assignment } = state;
  if (setup.memory === "without" || setup.replay || setup.look || assignment.role === "finishing") return;
  if (isProgram(setup.model) || state.lessonsTurn === state.turn) return;
  if (setup.lessons) {
    if (setup.lessons.some((id) => !state.lessons.has(id)))
      say(task, named(world.lessons.named(setup.lessons), state.lessons));
    return;
  }
  const isFirst = state.turn === 0;
  const signature = isFirst ? (assignment.error ?? null) : errorIn(state);
  if (!isFirst && signature === null) return;
  const text = isFirst ? `${assignment.title}\n${assignment.instruction}` : "";
  const found = world.lessons.find({ treeId: claim.treeId, agent: setup.agent, text, signature });
  if (!found) return;
  const { lessons, words } = found;
  say(task, chosen(lessons, { signature, words, known: state.lessons, nowMs: world.now() }));
}

function say(task: OpenTask, answer: ReturnType<typeof named>): void {
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
