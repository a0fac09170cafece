/** Ranks review items for people, by blast radius, uncertainty and the cost of waiting. */
import type { Level } from "./log/entries";

/** From 1 (a detail) to 5 (the system, or the world outside). */
export const BLAST_RADIUS_OF_LEVEL: Record<Level, number> = { read: 1, write: 2, network: 3, host: 5, change: 5 };

export interface AttentionInput {
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
