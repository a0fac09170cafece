/** What models cost and how much they take, from the table in `prices.json`. */

import type { Usage } from "@/core/log/model";
import table from "./prices.json" with { type: "json" };
import { providerOf } from "./providers/table";

/** Micro-dollars per million tokens. */
interface Prices {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

interface ModelRow extends Prices {
  model: string;
  contextTokens: number;
  maxOutputTokens: number;
  long?: Prices & { aboveInputTokens: number };
}

export interface ModelLimits {
  /** Input and output together. */
  contextTokens: number;
  maxOutputTokens: number;
}

/** Small enough for most servers, because models that are missing from the table are mostly local. */
const defaultLimits: ModelLimits = { contextTokens: 32_768, maxOutputTokens: 4_096 };

/** The runbook model reads no context and writes no tokens, so these limits are high enough never to apply. */
const runbookLimits: ModelLimits = { contextTokens: 1_000_000, maxOutputTokens: 32_768 };

const rows = new Map<string, ModelRow>((table.models as ModelRow[]).map((row) => [row.model, row]));

/**
 * A snapshot is named after its model, with a date or `-latest` at the end. Names with other endings are other models.
 */
const snapshotEnding = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

function rowOf(model: string): ModelRow | undefined {
  return rows.get(model) ?? rows.get(model.replace(snapshotEnding, ""));
}

function isFree(model: string): boolean {
  return model === "runbook" || model.startsWith("runbook/") || providerOf(model)?.isFree === true;
}

/** The date of the table, `YYYY-MM-DD`. */
export const pricedAt: string = table.pricedAt;

/**
 * Returns the context window and the longest answer of `provider/model` in tokens; small defaults for unknown models.
 */
export function limitsOf(model: string): ModelLimits {
  if (model === "runbook" || model.startsWith("runbook/")) return runbookLimits;
  const row = rowOf(model);
  return row ? { contextTokens: row.contextTokens, maxOutputTokens: row.maxOutputTokens } : defaultLimits;
}

/**
 * Returns the price of a call in micro-dollars, rounded up; null when the model has no price. Local models and runbooks
 * cost 0. `usage.inputTokens` includes the tokens read from and written to the cache.
 */
export function costMicroUsd(model: string, usage: Usage): number | null {
  if (isFree(model)) return 0;
  const row = rowOf(model);
  if (!row) return null;
  const prices = row.long && usage.inputTokens > row.long.aboveInputTokens ? row.long : row;
  const freshTokens = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  // BigInt, because tokens × price exceeds 2^53 over the life of a long tree.
  const total =
    BigInt(freshTokens) * BigInt(prices.input) +
    BigInt(usage.cacheReadTokens) * BigInt(prices.cacheRead) +
    BigInt(usage.cacheWriteTokens) * BigInt(prices.cacheWrite) +
    BigInt(usage.outputTokens) * BigInt(prices.output);
  return Number((total + 999_999n) / 1_000_000n);
}

/** Returns 0 when the price of the model is known, else null. */
export function priceOf(model: string): number | null {
  return costMicroUsd(model, { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 });
}
