/** Limits of the looks at faults, which the pages name too. */

/** This many new faults of a kind start a look, and count as new evidence after a rejection. */
export const MANY_FAULTS = 5;
/** The most that all looks of a day (UTC) may propose. */
export const MOST_PROPOSALS_A_DAY = 3;
