/** Computes the cost of a model call. */
import type { Usage } from "@/core/log/model";
import { recent } from "@/lib/time/recent";
import type { TieredPrices } from "./known/table";

/**
 * Returns the price of a call in micro-dollars, rounded up; null without a price. `pricesOf` returns what the model's
 * tokens cost now.
 */
export function createCallCosts(
  pricesOf: (model: string) => TieredPrices | null,
): (model: string, usage: Usage) => number | null {
  const pricesNow = recent(pricesOf);
  return (model, usage) => {
    const prices = pricesNow(model);
    return prices && priceOfCall(prices, usage);
  };
}

/** `usage.inputTokens` includes the tokens read from and written to the cache. */
function priceOfCall(tiers: TieredPrices, usage: Usage): number {
  const prices = tiers.long && usage.inputTokens > tiers.long.aboveInputTokens ? tiers.long : tiers;
  const freshTokens = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  // BigInt, because tokens × price exceeds 2^53 over the life of a long tree.
  const total =
    BigInt(freshTokens) * BigInt(prices.input) +
    BigInt(usage.cacheReadTokens) * BigInt(prices.cacheRead) +
    BigInt(usage.cacheWriteTokens) * BigInt(prices.cacheWrite) +
    BigInt(usage.outputTokens) * BigInt(prices.output);
  return Number((total + 999_999n) / 1_000_000n);
}
