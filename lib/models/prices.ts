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

/** Small enough for any server one meets: models that are not in the table are mostly local ones. */
const defaultLimits: ModelLimits = { contextTokens: 32_768, maxOutputTokens: 4_096 };

/** The runbook model reads no context and writes no tokens; the figures only have to be in nobody's way. */
const runbookLimits: ModelLimits = { contextTokens: 1_000_000, maxOutputTokens: 32_768 };

const rows = new Map<string, ModelRow>((table.models as ModelRow[]).map((row) => [row.model, row]));

/** A snapshot is a model's name with a date or `-latest` behind it; other endings name other models. */
const snapshotEnding = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

function rowOf(model: string): ModelRow | undefined {
  return rows.get(model) ?? rows.get(model.replace(snapshotEnding, ""));
}

function isFree(model: string): boolean {
  return model === "runbook" || model.startsWith("runbook/") || providerOf(model)?.isFree === true;
}

/** The date of the table, `YYYY-MM-DD`. */
export const pricedAt: string = table.pricedAt;

/** The context window and the longest answer of a model named `provider/model`, in tokens; small figures for unknown ones. */
export function limitsOf(model: string): ModelLimits {
  if (model === "runbook" || model.startsWith("runbook/")) return runbookLimits;
  const row = rowOf(model);
  return row ? { contextTokens: row.contextTokens, maxOutputTokens: row.maxOutputTokens } : defaultLimits;
}

/**
 * What a call costs in micro-dollars, rounded up; null when the model has no price. Local models and runbooks cost 0.
 * `usage.inputTokens` includes the tokens read from and written to the cache.
 */
export function costMicroUsd(model: string, usage: Usage): number | null {
  if (isFree(model)) return 0;
  const row = rowOf(model);
  if (!row) return null;
  const prices = row.long && usage.inputTokens > row.long.aboveInputTokens ? row.long : row;
  const freshTokens = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  // Big integers, because tokens × price passes 2^53 for a long-lived tree's total.
  const total =
    BigInt(freshTokens) * BigInt(prices.input) +
    BigInt(usage.cacheReadTokens) * BigInt(prices.cacheRead) +
    BigInt(usage.cacheWriteTokens) * BigInt(prices.cacheWrite) +
    BigInt(usage.outputTokens) * BigInt(prices.output);
  return Number((total + 999_999n) / 1_000_000n);
}

/** What a call without anything in it costs, which is nothing; null when the model has no price. */
export function priceOf(model: string): number | null {
  return costMicroUsd(model, { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 });
}
