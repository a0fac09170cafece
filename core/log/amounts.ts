/** Amounts of grants, as the log has them. */
import type { Reason } from "./reasons";

/** Amounts of a grant, with money in micro-dollars. null means no cap. */
export interface GrantAmounts {
  tokens: number | null;
  microUsd: number | null;
  tasks: number | null;
  depth: number | null;
  seconds: number | null;
}

/** The amounts that are conserved in a tree. Depth and seconds are only ever narrowed. */
export interface Amount {
  tokens: number;
  microUsd: number;
  tasks: number;
}

export const NO_CAPS: GrantAmounts = { tokens: null, microUsd: null, tasks: null, depth: null, seconds: null };

/** A grant of what calls of models cost. */
export type GrantedSpend = Pick<GrantAmounts, "tokens" | "microUsd">;

/** Why a program ends its task as a failure. */
export interface EndCause {
  reason?: Reason;
  /** See `Ended`. */
  grantNeeded?: GrantedSpend;
}
