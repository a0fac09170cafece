/** Reports what changed between two reads of a tree, as plain lines for logs and pipes. Pure. */
import { isEnded } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { awaitedSubtasks, rowText } from "@/core/words/tasks";
import { oneLine } from "./text";
import { endedText, short } from "./words";

type Seen = Pick<Task, "status" | "attempt" | "turns" | "headline" | "started_at">;

/**
 * Returns one line for each change: first starts, then headlines of turns, then waits, then ends. `open` holds the ids of
 * questions that wait for a person.
 */
export function createChanges(): (tree: Tree, open: ReadonlySet<string>) => string[] {
  const seen = new Map<string, Seen>();
  return (tree, open) => {
    const tasks = new Map(tree.tasks.map((task) => [task.id, task]));
    const begun: string[] = [];
    const turns: string[] = [];
    const states: string[] = [];
    const ends: { at: string; line: string }[] = [];
    for (const task of tree.tasks) {
      const before = seen.get(task.id);
      const { status, attempt, tries, turns: turn, headline, started_at } = task;
      if (before && before.status === status && before.turns === turn && before.attempt === attempt) continue;
      seen.set(task.id, { status, attempt, turns: turn, headline, started_at });
      const say = (text: string) => `${short(task.id)} ${oneLine(task.title)}: ${oneLine(text)}`;
      if (started_at && !before?.started_at) begun.push(say(`started (${task.agent})`));
      else if (before && before.attempt !== attempt)
        begun.push(say(tries > 1 ? `attempt ${tries} started` : "continues with new words"));
      if (turn > (before?.turns ?? 0) && headline) turns.push(say(`turn ${turn}: ${headline}`));
      if (before?.status === status) continue;
      if (isEnded(status)) ends.push({ at: task.ended_at ?? "", line: say(endedText(task)) });
      else if (status !== "ready" && status !== "running")
        states.push(say(stateText(task, rowText(task, tasks, open))));
    }
    ends.sort((a, b) => a.at.localeCompare(b.at));
    return [...begun, ...turns, ...states, ...ends.map((end) => end.line)];
  };
}

function stateText(task: Task, now: string): string {
  const { status } = task;
  const subtasks = awaitedSubtasks(task);
  if (subtasks !== null) return `waiting for ${subtasks}`;
  return now ? `${status}: ${now}` : status;
}
