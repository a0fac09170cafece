/** Where a fork began, in words, and the title of a fork. Pure. */
import type { ForkOrigin } from "@/core/shapes/shapes";

/** Titles are cut there, as those of tasks. */
const LONGEST_TITLE = 200;
const LONGEST_TASK = 60;

/** Returns for example “turn 3”, or “turn 3 of “Run the tests”” where another task than the first goes back. */
export function turnText({ turn, task }: Pick<ForkOrigin, "turn" | "task">): string | null {
  if (turn === undefined) return null;
  const what = turn <= 1 ? "the start" : `turn ${turn}`;
  if (task === undefined) return what;
  return `${what} of “${task.length > LONGEST_TASK ? `${task.slice(0, LONGEST_TASK).trimEnd()}…` : task}”`;
}

/** Returns for example “Fork at turn 6”; null where the turn is not known. */
export function forkPointText(point: Pick<ForkOrigin, "turn" | "task">): string | null {
  const where = turnText(point);
  return where && `Fork ${point.turn !== undefined && point.turn > 1 ? "at" : "from"} ${where}`;
}

/** Returns a fork's title: what it works on, and from which turn of its origin. */
export function forkTitle(title: string, point: Pick<ForkOrigin, "turn" | "task">): string {
  const from = `, from ${turnText(point)}`;
  const what = title.trimEnd().replace(/[.,:;]$/, "");
  const isLong = what.length + from.length > LONGEST_TITLE;
  return (isLong ? `${what.slice(0, LONGEST_TITLE - 1 - from.length).trimEnd()}…` : what) + from;
}
