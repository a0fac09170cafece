/**
 * Grants: how much a task may spend, and how it shares that with its subtasks. Pure. For tokens, money and number of
 * tasks this holds at every instant for every task (I6): own spend + reservation + subtasks' shares ≤ grant.
 */
import type { Amount, GrantAmounts } from "@/core/log/amounts";

/** A task's grant and its use. `spent.tasks` is 1, because a grant of tasks counts the task itself. */
export interface GrantState {
  cap: GrantAmounts;
  spent: Amount;
  reserved: { tokens: number; microUsd: number };
  given: Amount;
}

/** What a person adds to a grant; 0 adds nothing. */
export interface AddedAmounts {
  tokens: number;
  microUsd: number;
  seconds: number;
}

export const CONSERVED = ["tokens", "microUsd", "tasks"] as const;
type Conserved = (typeof CONSERVED)[number];

/** Share of a task's grant that is held back for its finishing tasks and one last turn. */
const HELD_BACK = 0.1;
/** Share of the tree's grant that pays for calls that cost more than their reservation. */
const OVERRUN_RESERVE = 0.02;
/** Share of its remainder that the parent keeps for its own work by default. */
const KEPT_BY_PARENT = 0.2;
/** From this used share on, the agent is told how much is left. */
const NOTICE_SHARE = 0.8;

/** Returns what a task may still reserve; null without a cap. `all` includes the held-back part. */
export function leftOf(grant: GrantState, of: Conserved, options: { isRoot: boolean; all: boolean }): number | null {
  const cap = grant.cap[of];
  if (cap === null) return null;
  const used = usedOf(grant, of);
  if (of === "tasks") return Math.max(0, cap - used);
  return Math.max(0, Math.floor(cap * usableShare(options)) - used);
}

/** Returns the smallest cap with which `leftOf` is at least `amount`. */
export function capThatLeaves(
  amount: number,
  grant: GrantState,
  of: "tokens" | "microUsd",
  options: { isRoot: boolean; all: boolean },
): number {
  const share = usableShare(options);
  const wanted = usedOf(grant, of) + amount;
  const cap = Math.ceil(wanted / share);
  // The division of fractions may end just below.
  return Math.floor(cap * share) < wanted ? cap + 1 : cap;
}

function usedOf(grant: GrantState, of: Conserved): number {
  return grant.spent[of] + grant.given[of] + (of === "tasks" ? 0 : grant.reserved[of]);
}

/** The share of a grant of tokens or money that calls can reserve. */
function usableShare({ isRoot, all }: { isRoot: boolean; all: boolean }): number {
  return 1 - (isRoot ? OVERRUN_RESERVE : 0) - (all ? 0 : HELD_BACK);
}

/** Returns the used share of the grant, of tokens or money, whichever is larger; 0 without a cap. */
function usedShare({ cap, spent, given }: GrantState): number {
  const share = (of: "tokens" | "microUsd") => (cap[of] ? (spent[of] + given[of]) / (cap[of] ?? 1) : 0);
  return Math.max(share("tokens"), share("microUsd"));
}

/** Whether neither tokens nor money are capped; then reservations are only for the record. */
export function isUncapped({ cap }: GrantState): boolean {
  return cap.tokens === null && cap.microUsd === null;
}

export function isLow(grant: GrantState): boolean {
  return usedShare(grant) >= NOTICE_SHARE;
}

/** Whether so few of an agent's turns, or so little of a task's time, are left that the agent is told. */
export function isNearlyOver(left: number, most: number): boolean {
  return (most - left) / most >= NOTICE_SHARE;
}

export interface CarveOptions {
  isRoot: boolean;
  /** Whether to give all that is left, as agent_selector does for the task that it chooses. */
  all: boolean;
  /** Seconds that the parent has left; null without a cap. */
  secondsLeft: number | null;
}

export interface CarveRefusal {
  /** The refusal for the model. */
  refusal: string;
  /** The limit on tasks or levels that refused it; null for a lack of tokens or money. */
  rule: "depth" | "tasks" | null;
  /** What is missing for this subtask, so that the task can borrow it; null when nothing would help. */
  lacks: { of: Conserved; amount: number } | null;
}

/**
 * Carves the grants of one turn's subtasks out of what their parent has left, in the order of the calls. A subtask gets
 * what was asked for, else an equal part of 80 % of the remainder.
 */
export function carve(
  grant: GrantState,
  asked: Partial<GrantAmounts>[],
  options: CarveOptions,
): (GrantAmounts | CarveRefusal)[] {
  const left = Object.fromEntries(CONSERVED.map((of) => [of, leftOf(grant, of, options)])) as Record<
    Conserved,
    number | null
  >;
  const fair = Object.fromEntries(
    CONSERVED.map((of) => {
      const total = left[of];
      const unasked = asked.filter((request) => request[of] === undefined || request[of] === null).length;
      if (total === null) return [of, null];
      // A request for more than there is will be refused, so it takes nothing from the others.
      const named = asked.reduce(
        (sum, request) => (sum + (request[of] ?? 0) > total ? sum : sum + (request[of] ?? 0)),
        0,
      );
      return [
        of,
        options.all ? total : Math.floor((Math.max(0, total - named) * (1 - KEPT_BY_PARENT)) / Math.max(1, unasked)),
      ];
    }),
  ) as Record<Conserved, number | null>;
  return asked.map((request) => carveGrant(grant.cap, left, fair, request, options));
}

function carveGrant(
  cap: GrantAmounts,
  left: Record<Conserved, number | null>,
  fair: Record<Conserved, number | null>,
  asked: Partial<GrantAmounts>,
  options: CarveOptions,
): GrantAmounts | CarveRefusal {
  if (cap.depth !== null && cap.depth < 1)
    return {
      refusal: "Refused by the rule depth: the grant allows no further level of subtasks. Do the work yourself.",
      rule: "depth",
      lacks: null,
    };
  const share = { ...fair };
  for (const of of CONSERVED) {
    const wanted = asked[of];
    const available = left[of];
    if (wanted !== undefined && wanted !== null) share[of] = wanted;
    else if (of === "tasks" && available !== null) share[of] = Math.max(1, share[of] ?? 1);
    const amount = share[of];
    if (available === null || amount === null) continue;
    if (amount > available || amount < 1) return tooLittle(of, amount, available, cap[of] ?? 0);
  }
  for (const of of CONSERVED) {
    const available = left[of];
    if (available !== null) left[of] = available - (share[of] ?? 0);
  }
  return {
    ...share,
    depth: narrowed(asked.depth, cap.depth === null ? null : cap.depth - 1),
    seconds: narrowed(asked.seconds, options.secondsLeft),
  };
}

/** Returns the asked depth or time, capped by what the parent has left. */
function narrowed(asked: number | null | undefined, most: number | null): number | null {
  if (asked === undefined || asked === null) return most;
  return most === null ? asked : Math.min(asked, most);
}

function tooLittle(of: Conserved, wanted: number, available: number, cap: number): CarveRefusal {
  const lacks = { of, amount: Math.max(1, wanted) - available };
  if (of === "tasks" && wanted <= 1) {
    return {
      refusal: `Refused by the rule tasks: this task may have ${cap} tasks (itself and all below it) and has ${cap - available}. Finish with the results you have.`,
      rule: "tasks",
      lacks,
    };
  }
  const say = (amount: number) => (of === "microUsd" ? `$${amount / 1_000_000}` : `${amount} ${of}`);
  return {
    refusal: `Refused: the subtask needs ${say(Math.max(1, wanted))}, but this task's grant has ${say(available)} left. Ask for less, or do the work yourself.`,
    rule: of === "tasks" ? "tasks" : null,
    lacks,
  };
}

/**
 * Returns the grant of each of `count` finishing tasks: equal parts of what is left, one of which stays with the task.
 * They run side by side, so each has all of the time that is left, `msLeft`; infinite: no cap.
 */
export function finishingGrant(grant: GrantState, count: number, isRoot: boolean, msLeft: number): GrantAmounts {
  const part = (of: "tokens" | "microUsd") => {
    const left = leftOf(grant, of, { isRoot, all: true });
    return left === null ? null : Math.floor(left / (count + 1));
  };
  const seconds = Number.isFinite(msLeft) ? Math.max(1, Math.floor(msLeft / 1_000)) : null;
  return { tokens: part("tokens"), microUsd: part("microUsd"), tasks: null, depth: null, seconds };
}
