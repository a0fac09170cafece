/**
 * How many tasks are in each state, in words that add up: what needs a person first, then what failed, what goes on, and
 * what succeeded. An end that was no success is never counted with the successes. Pure.
 */
import { exactCount } from "./figures";
import type { ShownStatus } from "./status";

export type StatusCounts = Readonly<Record<ShownStatus, number>>;

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

function partText(status: ShownStatus, counts: StatusCounts): string {
  const number = counts[status];
  if (status === "you") return `${exactCount(number)} ${number === 1 ? "waits" : "wait"} for you`;
  return `${exactCount(number)} ${WORDS[status] ?? status}`;
}
