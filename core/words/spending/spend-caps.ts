import type { SpendCaps } from "@/core/shapes/status";
import { money } from "../figures";

/** Returns one sentence that says what all trees may spend in a day, and what one tree may spend. */
export function spendCapsSentence({ day_usd, tree_usd }: Pick<SpendCaps, "day_usd" | "tree_usd">): string {
  if (day_usd === null && tree_usd === null) return "No cap on spending.";
  const day = day_usd === null ? "no daily cap" : `${money(day_usd)} a day for all trees`;
  const tree = tree_usd === null ? "no cap for a tree" : `${money(tree_usd)} for a tree without its own cap`;
  return `Spending is capped: ${day}, ${tree}.`;
}

/**
 * Says why a cap on cost and a model without a price do not go together, and what to do: for a new tree, or for a tree
 * that has begun.
 */
export function pricelessSentence(model: string, at: "submission" | "tree"): string {
  const setPrice = `set its price with \`npx banyan models set ${model}\``;
  return at === "submission"
    ? `${model} has no price, so a cap on cost cannot hold: ${setPrice}, or submit without a cap on cost; a cap on tokens holds.`
    : `${model} has no price, so the tree's cap on cost cannot hold: ${setPrice}, choose a model with a price, or submit the task again without a cap on cost; a cap on tokens holds.`;
}
