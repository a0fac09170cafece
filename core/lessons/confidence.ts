/** How much a lesson is believed, from outcomes that the host verified. Pure. */
import type { LessonKind } from "./lesson";

export interface Counts {
  helped: number;
  harmed: number;
  /** When an outcome last counted; null: never. */
  lastUsedMs: number | null;
}

/** After this many days an outcome weighs half. */
const HALF_LIFE_DAYS = 30;
const DAY_MS = 86_400_000;

/** Below these a lesson is not shown. An approach changes all of the work, so more must speak for it. */
export const LEAST_CONFIDENCE = 0.6;
export const LEAST_OF_APPROACH = 0.8;

/** This many harmful outcomes retire a lesson that helped less often. */
const HARMED_TO_RETIRE = 3;

/**
 * Returns a number between 0 and 1: (helped·d + 1) ÷ (helped·d + harmed·d + 2), with d = 2^(−days ÷ 30) since the last
 * outcome. That is the mean of a Beta(1, 1) prior after the faded counts; it tends to 0.5 while nothing is counted.
 */
export function confidenceOf({ helped, harmed, lastUsedMs }: Counts, nowMs: number): number {
  const weight = weightOf({ lastUsedMs }, nowMs);
  return (helped * weight + 1) / ((helped + harmed) * weight + 2);
}

/** Returns how much an outcome still weighs, from 0 to 1. */
export function weightOf({ lastUsedMs }: Pick<Counts, "lastUsedMs">, nowMs: number): number {
  const days = lastUsedMs === null ? 0 : Math.max(0, nowMs - lastUsedMs) / DAY_MS;
  return 2 ** (-days / HALF_LIFE_DAYS);
}

/** The least confidence with which a lesson of this kind is shown. */
export function leastFor(kind: LessonKind): number {
  return kind === "approach" ? LEAST_OF_APPROACH : LEAST_CONFIDENCE;
}

/** Whether its outcomes alone retire a lesson. */
export function isHarmful({ helped, harmed }: Pick<Counts, "helped" | "harmed">): boolean {
  return harmed >= HARMED_TO_RETIRE && harmed > helped;
}

/** From this many outcomes on, they alone decide whether a lesson that a person approved is shown. */
export const OUTCOMES_OF_TRIAL = 3;

/** Whether a lesson without enough outcomes is tried, because a person has approved it. Their word is no outcome. */
export function isOnTrial({ helped, harmed, isApproved }: Pick<Counts, "helped" | "harmed"> & { isApproved: boolean }) {
  return isApproved && helped + harmed < OUTCOMES_OF_TRIAL;
}
