import type { DailyCap } from "@/core/log/terms";
import { exactCount, exactMoney } from "./figures";

/** The sentence about a daily cap that a task has reached. */
export function dailyCapSentence({ unit, amount, person, isHeld }: DailyCap): string {
  const shown = unit === "tokens" ? `${exactCount(amount)} tokens` : exactMoney(amount / 1_000_000);
  const whose = person === null ? "all trees together" : `the trees of ${person}`;
  return isHeld
    ? `Running calls have reserved the rest of today's cap of ${shown} for ${whose}.`
    : `Today's cap of ${shown} for ${whose} is reached: less is left than one more call may cost.`;
}
