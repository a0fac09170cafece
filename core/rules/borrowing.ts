/**
 * Borrowing: a task whose share of the grant ran out gets more from what the tasks above it have not given away. Pure.
 * I6 still holds: what is lent counts as given by the lender.
 */
import type { Amount, GrantAmounts } from "@/core/log/amounts";
import { CONSERVED, type GrantState, leftOf } from "./grants";

/** An amount that is useless below `least` and not needed above `most`. */
export interface Wish {
  least: Amount;
  most: Amount;
}

export const NOTHING: Amount = { tokens: 0, microUsd: 0, tasks: 0 };

/** The most that a task borrows, as a multiple of its first share: a branch that never ends cannot use up the tree. */
const MOST_BORROWED = 3;
/** At least this part of its first share, so that a task does not borrow before every call. */
const STEP = 0.25;
/** Part of its remainder that a task lends at most; it keeps the rest for its own work. */
const LENT = 0.8;

export interface Borrower {
  /** The task's first grant. */
  share: GrantAmounts;
  /** What it has borrowed since. */
  borrowed: Amount;
  /** The agent's own limits, which a person set. */
  ceiling: GrantAmounts;
}

/**
 * Returns what a task asks to borrow, which lacks at least `least` and would like `usual`, within what it may still
 * borrow; null when it may not.
 */
export function wishFor({ share, borrowed, ceiling }: Borrower, lacks: { least: Amount; usual: Amount }): Wish | null {
  const most = { ...NOTHING };
  for (const of of CONSERVED) {
    const first = share[of];
    if (lacks.least[of] > 0 && first === null) return null;
    if (first === null || lacks.usual[of] <= 0) continue;
    const step = of === "tasks" ? 0 : Math.ceil(first * STEP);
    const allowed = Math.min(first * MOST_BORROWED, (ceiling[of] ?? Number.POSITIVE_INFINITY) - first) - borrowed[of];
    most[of] = Math.min(Math.max(lacks.usual[of], step), allowed);
    if (most[of] < lacks.least[of]) return null;
    most[of] = Math.max(0, most[of]);
  }
  const isEmpty = CONSERVED.every((of) => most[of] === 0);
  return isEmpty ? null : { least: lacks.least, most };
}

/** Returns what a task lends for this request, or null when it has too little that it has not given away. */
export function loanFor(lender: GrantState, isRoot: boolean, wish: Wish): Amount | null {
  const loan = { ...NOTHING };
  for (const of of CONSERVED) {
    const left = leftOf(lender, of, { isRoot, all: false });
    loan[of] = left === null ? wish.most[of] : Math.min(wish.most[of], Math.floor(left * LENT));
    if (loan[of] < wish.least[of]) return null;
  }
  return CONSERVED.every((of) => loan[of] === 0) ? null : loan;
}

export function plus(a: Amount, b: Amount): Amount {
  return {
    tokens: a.tokens + b.tokens,
    microUsd: a.microUsd + b.microUsd,
    tasks: a.tasks + b.tasks,
  };
}
