import type { CapabilityMatch } from "@/core/shapes/capabilities/capabilities";

/** A capability with less of the need's words than this shares them by chance. */
const LEAST_FIT = 0.4;

/** Whether a match can be used for the need, so that nothing else has to be asked for. */
export function isFitting({ fit, unavailable }: Pick<CapabilityMatch, "fit" | "unavailable">): boolean {
  return fit >= LEAST_FIT && unavailable === null;
}
