/** How long the parts of a check take, and with them the whole of it. */
import type { WantedChecks } from "@/core/shapes/environments/environments";

export const PROBE_MS = 180_000;
/** Of a load for a number of a requirement, unless somebody asked for a load of another length. */
export const LOAD_SECONDS = 5;
/** Loads for numbers of requirements in one check: each takes its seconds. */
export const MOST_LOADS = 8;
/** A load waits for its last answers. */
const LOAD_END_SECONDS = 15;
/** Everything else: the start of the checks, and reading the document. */
const LEAST_MS = 10 * 60_000;

/** Returns the time after which a check that has not ended will not end by itself. */
export function mostMs({ load }: WantedChecks, numbers: number): number {
  const loads = Math.min(numbers, MOST_LOADS) + (load === null ? 0 : 1);
  return LEAST_MS + PROBE_MS + loads * ((load?.seconds ?? LOAD_SECONDS) + LOAD_END_SECONDS) * 1_000;
}
