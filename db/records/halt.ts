/** The kill switch for queries. */

export interface Halt {
  by: string;
  sinceMs: number;
  reason: string;
}

/** SQL for 1 during a halt, else 0. Add it to `holds` wherever `holds` is read. */
export const HALTED = "(SELECT count(*) FROM facts WHERE name = 'halt')";

/** The fact with the times of the halts that have ended, as `[sinceMs, untilMs]`, oldest first: nothing worked then. */
export const FORMER_HALTS = "former_halts";
