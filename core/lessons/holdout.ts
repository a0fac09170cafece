/** Which goals run without memory, so that it can be measured whether memory helps. Pure. */
import { createHash } from "node:crypto";
import type { MemoryArm } from "@/core/log/lessons";

/** One goal in this many runs without memory, unless an admin says otherwise. */
export const HOLDOUT_DEFAULT = 10;
export const MOST_HOLDOUT = 100;

export interface MemorySettings {
  /** Whether lessons are shown. They are counted and made in any case. */
  on: boolean;
  /** One goal in this many runs without memory; 0: none. */
  holdout: number;
}

export const MEMORY_DEFAULTS: MemorySettings = { on: true, holdout: HOLDOUT_DEFAULT };

/** Whether it is drawn which goals run without memory. Only these may be compared: others are of another time. */
export function isDrawn({ on, holdout }: MemorySettings): boolean {
  return on && holdout > 0;
}

/**
 * Returns the arm by a hash of the tree's id, before anybody knows how the goal goes. The same id has the same arm
 * whenever it is asked, as long as the share is the same.
 */
export function armOf(treeUid: string, { on, holdout }: MemorySettings): MemoryArm {
  if (!on) return "without";
  if (holdout === 0) return "with";
  const number = createHash("sha256").update(`memory\0${treeUid}`).digest().readUInt32BE(0);
  return number % holdout === 0 ? "without" : "with";
}
