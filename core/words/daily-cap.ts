/** A cap of the day, and the sentence that a person reads about it. */

export interface DailyCap {
  /** Which of the two is capped, and at how much (money in micro-dollars). */
  unit: "tokens" | "microUsd";
  amount: number;
  /** The person whose trees it caps; null: all trees together. */
  person: string | null;
  /** Calls that are under way hold what is left of it: it is tried again when they have ended. */
  isHeld: boolean;
}

export function dailyCapSentence({ unit, amount, person, isHeld }: DailyCap): string {
  const shown = unit === "tokens" ? `${amount.toLocaleString("en-US")} tokens` : `$${(amount / 1_000_000).toFixed(2)}`;
  const whose = person === null ? "all trees together" : `the trees of ${person}`;
  return isHeld
    ? `Calls under way hold what is left of today's cap of ${shown} for ${whose}.`
    : `Today's cap of ${shown} for ${whose} is used up: less is left than one more call may cost.`;
}
