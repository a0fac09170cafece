/** The facts by which a match of a capability with a need is judged. */
interface Match {
  /** The share of the need's words that it has, rare words counting more: 0 to 1. */
  fit: number;
  /** Why it cannot be used now; null when it can. */
  unavailable: string | null;
}

/** A capability with less of the need's words than this shares them by chance. */
const LEAST_FIT = 0.4;

/** Whether a match can be used for the need, so that nothing else has to be asked for. */
export function isFitting({ fit, unavailable }: Match): boolean {
  return fit >= LEAST_FIT && unavailable === null;
}
