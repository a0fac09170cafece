/** Ranks review items for people, by blast radius, uncertainty and the cost of waiting. */
import type { Level } from "./log/entries";
import type { Danger } from "./log/terms";
import { isHigh } from "./rules/command-dangers";

type Weight = Pick<AttentionInput, "blastRadius" | "uncertainty">;

/** Reads are clear, commands and network calls are not. */
const WEIGHT_OF_LEVEL: Record<Level, Weight> = {
  read: { blastRadius: 1, uncertainty: 1 },
  write: { blastRadius: 2, uncertainty: 2 },
  network: { blastRadius: 3, uncertainty: 3 },
  host: { blastRadius: 5, uncertainty: 4 },
  change: { blastRadius: 5, uncertainty: 4 },
};

/** Returns the weight of a call: that of its level, or more for what its commands do. */
export function weightOf(level: Level, dangers: readonly Danger[]): Weight {
  if (dangers.some(isHigh)) return { blastRadius: 5, uncertainty: 5 };
  const own = WEIGHT_OF_LEVEL[level];
  if (dangers.length === 0) return own;
  return { blastRadius: Math.max(4, own.blastRadius), uncertainty: Math.max(3, own.uncertainty) };
}

export interface AttentionInput {
  /** From 1 (a detail) to 5 (the system, or the world outside). */
  blastRadius: number;
  uncertainty: number;
  /** Tasks blocked until the decision: the asking task and its ancestors; 0: none. */
  waitingTasks: number;
  waitedMs: number;
}

const HOUR_MS = 3_600_000;

/**
 * Returns blast radius (1–5) × uncertainty (1–5) × waiting cost (1–4), so 1 to 100. The waiting cost of an item that
 * blocks tasks grows with their number and the hours. An item that blocks nothing only rises by one in a week, so that
 * it is not forgotten.
 */
export function attentionOf({ blastRadius, uncertainty, waitingTasks, waitedMs }: AttentionInput): number {
  const hours = Math.max(0, waitedMs) / HOUR_MS;
  const cost =
    waitingTasks > 0
      ? 1.5 + Math.min(1.5, 0.5 * Math.log2(waitingTasks)) + Math.min(1, hours / 4)
      : 1 + Math.min(1, hours / (24 * 7));
  return Math.round(blastRadius * uncertainty * Math.min(4, cost));
}
