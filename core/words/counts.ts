/**
 * How many tasks are in each state, in words that add up: first the tasks that need a person, then those that failed,
 * run, and succeeded. Only successes count as successes. Pure.
 */
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { exactCount } from "./figures";
import type { ShownStatus } from "./status";

export type StatusCounts = Readonly<Record<ShownStatus, number>>;

export const NO_COUNTS: StatusCounts = {
  ready: 0,
  running: 0,
  you: 0,
  waiting: 0,
  parked: 0,
  paused: 0,
  succeeded: 0,
  failed: 0,
  stopped: 0,
};

export interface CountPart {
  status: ShownStatus;
  /** For example "2 wait for you". */
  text: string;
}

const ORDER: readonly ShownStatus[] = [
  "you",
  "failed",
  "running",
  "ready",
  "parked",
  "waiting",
  "paused",
  "stopped",
  "succeeded",
];

const WORDS: Readonly<Partial<Record<ShownStatus, string>>> = { ready: "queued" };

export function countStatuses(statuses: Iterable<ShownStatus>): StatusCounts {
  const counts = { ...NO_COUNTS };
  for (const status of statuses) counts[status]++;
  return counts;
}

/**
 * Returns the counts to show of a tree, from those of all its tasks and the state of its root task. The root stands for
 * the tree, so it is not counted when it has ended or only waits for the others. It is counted when it is alone, asks a
 * person, or works itself, because nothing else would show that.
 */
export function countsOfTree(all: StatusCounts, root: ShownStatus): StatusCounts {
  const isAlone = Object.values(all).reduce((sum, number) => sum + number) === 1;
  const isBehindOthers = root === "waiting" || (root !== "you" && isEnded(root));
  return isAlone || !isBehindOthers ? all : { ...all, [root]: all[root] - 1 };
}

/** Returns a part for each state that has a task. */
export function countParts(counts: StatusCounts): CountPart[] {
  return ORDER.filter((status) => counts[status] > 0).map((status) => ({ status, text: partText(status, counts) }));
}

/** Returns the parts as one text, for example "1 failed, 3 running, 2 succeeded"; "" if there are no tasks. */
export function countsText(counts: StatusCounts): string {
  return countParts(counts)
    .map(({ text }) => text)
    .join(", ");
}

/**
 * Returns the counts that a list shows of a tree: while it continues, or when a task did not succeed. "" if the tree's
 * own state says enough.
 */
export function listedCounts({ counts, totals, ended_at }: Pick<Tree, "counts" | "totals" | "ended_at">): string {
  const says = ended_at === null || counts.failed + counts.stopped > 0;
  return totals.tasks > 1 && says ? countsText(counts) : "";
}

function partText(status: ShownStatus, counts: StatusCounts): string {
  const number = counts[status];
  if (status === "you") return `${exactCount(number)} ${number === 1 ? "waits" : "wait"} for you`;
  return `${exactCount(number)} ${WORDS[status] ?? status}`;
}
