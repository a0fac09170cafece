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

/** SQL query of the times of all halts: `fromMs`, and `toMs`, which is null for the current one. */
export const HALTS = `
  SELECT halt.value ->> 0 AS fromMs, halt.value ->> 1 AS toMs FROM facts, json_each(facts.value) halt
  WHERE facts.name = '${FORMER_HALTS}'
  UNION ALL SELECT value ->> 'sinceMs', NULL FROM facts WHERE name = 'halt'`;
