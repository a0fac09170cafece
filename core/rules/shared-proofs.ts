/** How many days a link to a proof works: by default, and at most. */
export const PROOF_DAYS = 30;
export const MOST_PROOF_DAYS = 90;
