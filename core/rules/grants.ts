/**
 * Grants: what a task may spend, and how its subtasks get a share of it. Pure. Conserved (I6) for tokens, money and number
 * of tasks: own spend + what is reserved for a call + what subtasks were given ≤ grant, at every instant, for every task.
 */
import type { GrantAmounts } from "@/core/log/entries";

/** The amounts that are conserved. Depth and seconds are only ever narrowed. */
export interface Amount {
  tokens: number;
  microUsd: number;
  tasks: number;
}

/** A task's grant and what is gone of it. `spent.tasks` is 1: a grant of tasks counts the task itself. */
export interface GrantState {
  cap: GrantAmounts;
  spent: Amount;
  reserved: { tokens: number; microUsd: number };
  given: Amount;
}

const CONSERVED = ["tokens", "microUsd", "tasks"] as const;
type Conserved = (typeof CONSERVED)[number];

/** A tenth of a task's grant is held back for judging, summarising and documenting it, and for one last turn. */
const HELD_BACK = 0.1;
/** Of the tree's grant this much pays for calls that cost more than was reserved for them. */
const OVERRUN_RESERVE = 0.02;
/** A fair default leaves the parent this much of its remainder to finish with. */
const KEPT_BY_PARENT = 0.2;
/** From this share on the agent is told how much is left. */
const NOTICE_SHARE = 0.8;

/** What a task may still reserve. `all` includes what is held back. null: no cap. */
export function leftOf(grant: GrantState, of: Conserved, options: { isRoot: boolean; all: boolean }): number | null {
  const cap = grant.cap[of];
  if (cap === null) return null;
  const gone = grant.spent[of] + grant.given[of] + (of === "tasks" ? 0 : grant.reserved[of]);
  if (of === "tasks") return Math.max(0, cap - gone);
  const usable = cap * (1 - (options.isRoot ? OVERRUN_RESERVE : 0) - (options.all ? 0 : HELD_BACK));
  return Math.max(0, Math.floor(usable) - gone);
}

/** The share of the grant that is gone, of whichever amount is gone most; 0 without a cap. */
function goneShare({ cap, spent, given }: GrantState): number {
  const share = (of: "tokens" | "microUsd") => (cap[of] ? (spent[of] + given[of]) / (cap[of] ?? 1) : 0);
  return Math.max(share("tokens"), share("microUsd"));
}

/** Neither tokens nor money are capped: reservations then serve the record only. */
export function isUncapped({ cap }: GrantState): boolean {
  return cap.tokens === null && cap.microUsd === null;
}

export function isLow(grant: GrantState): boolean {
  return goneShare(grant) >= NOTICE_SHARE;
}

export interface CarveOptions {
  isRoot: boolean;
  /** agent_selector gives the task that it chooses all that is left. */
  all: boolean;
  /** Seconds that the parent has left; null: no cap. */
  secondsLeft: number | null;
}

export interface CarveRefusal {
  /** What the model reads. */
  refusal: string;
  /** The limit on tasks or levels that refused it; null: for want of tokens or money. */
  rule: "depth" | "tasks" | null;
}

/**
 * Carves grants for the subtasks of one turn out of what their parent has left, in the order of the calls: what was asked
 * for, else an equal part of the remainder less a fifth.
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
      const unasked = asked.filter((one) => one[of] === undefined || one[of] === null).length;
      if (total === null) return [of, null];
      const named = asked.reduce((sum, one) => sum + (one[of] ?? 0), 0);
      return [
        of,
        options.all ? total : Math.floor((Math.max(0, total - named) * (1 - KEPT_BY_PARENT)) / Math.max(1, unasked)),
      ];
    }),
  ) as Record<Conserved, number | null>;
  return asked.map((one) => carveOne(grant.cap, left, fair, one, options));
}

function carveOne(
  cap: GrantAmounts,
  left: Record<Conserved, number | null>,
  fair: Record<Conserved, number | null>,
  asked: Partial<GrantAmounts>,
  options: CarveOptions,
): GrantAmounts | CarveRefusal {
  if (cap.depth !== null && cap.depth < 1)
    return {
      refusal: "Refused by the rule depth: the grant allows no further level below this task. Do the work yourself.",
      rule: "depth",
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

/** A child never has more depth or time than its parent has left. */
function narrowed(asked: number | null | undefined, most: number | null): number | null {
  if (asked === undefined || asked === null) return most;
  return most === null ? asked : Math.min(asked, most);
}

function tooLittle(of: Conserved, wanted: number, available: number, cap: number): CarveRefusal {
  if (of === "tasks" && wanted <= 1) {
    return {
      refusal: `Refused by the rule tasks: this task may have ${cap} tasks, itself and all below it counted, and has ${cap - available}. Finish with what there is.`,
      rule: "tasks",
    };
  }
  const say = (amount: number) => (of === "microUsd" ? `$${amount / 1_000_000}` : `${amount} ${of}`);
  return {
    refusal: `Refused: ${say(Math.max(1, wanted))} would be needed and this task's grant has ${say(available)} left. Ask for less, or do the work yourself.`,
    rule: of === "tasks" ? "tasks" : null,
  };
}

/** The grant of each of `count` finishing tasks: an equal part of what is left, a part staying for the task itself. */
export function finishingGrant(grant: GrantState, count: number, isRoot: boolean): GrantAmounts {
  const part = (of: "tokens" | "microUsd") => {
    const left = leftOf(grant, of, { isRoot, all: true });
    return left === null ? null : Math.floor(left / (count + 1));
  };
  return { tokens: part("tokens"), microUsd: part("microUsd"), tasks: null, depth: null, seconds: null };
}

/** A sentence of what is left, for the agent. */
export function leftSentence(grant: GrantState, isRoot: boolean): string {
  const parts: string[] = [];
  const tokens = leftOf(grant, "tokens", { isRoot, all: false });
  const microUsd = leftOf(grant, "microUsd", { isRoot, all: false });
  if (tokens !== null) parts.push(`${tokens} tokens`);
  if (microUsd !== null) parts.push(`$${(microUsd / 1_000_000).toFixed(4)}`);
  return parts.join(" and ");
}
