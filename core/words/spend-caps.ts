import type { SpendCaps } from "@/core/shapes/shapes";
import { money } from "./figures";

/** Returns one sentence that says what all trees may spend in a day, and what one tree may spend. */
export function spendCapsSentence({ day_usd, tree_usd }: Pick<SpendCaps, "day_usd" | "tree_usd">): string {
  if (day_usd === null && tree_usd === null) return "No cap on spending.";
  const day = day_usd === null ? "no daily cap" : `${money(day_usd)} a day for all trees`;
  const tree = tree_usd === null ? "no cap for a tree" : `${money(tree_usd)} for a tree without its own cap`;
  return `Spending is capped: ${day}, ${tree}.`;
}
