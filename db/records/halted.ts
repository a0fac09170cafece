/** The kill switch as queries see it. */

export interface Halt {
  by: string;
  sinceMs: number;
  reason: string;
}

/** In SQL: 1 while a halt stands, else 0. To be added to `holds` wherever it is looked at. */
export const HALTED = "(SELECT count(*) FROM facts WHERE name = 'halt')";
