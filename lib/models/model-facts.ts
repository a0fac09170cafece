/**
 * Limits and price of a model, from what a person set, then what its provider lists, then the table. Each field comes
 * from the first of them that has it.
 */
import { MEDIA, type Media } from "@/core/log/model";
import type { KnownModel, ModelLimits, TieredPrices } from "./known/table";
import type { ListedModel } from "./listed-model";
import type { OwnModel } from "./own-models";

export type Source = "own" | "provider" | "table";

export interface ModelSources {
  own: OwnModel | null;
  listed: ListedModel | null;
  row: KnownModel | null;
}

/** The limits of an unknown model: small enough for most servers. */
const ASSUMED: ModelLimits = { contextTokens: 32_768, maxOutputTokens: 4_096 };
/** The longest answer that is assumed for a model of which only the context is known. */
const MOST_ASSUMED_OUTPUT = 16_384;

export function limitsFrom({ own, listed, row }: ModelSources): ModelLimits & { from: Source | null } {
  const reads = readsFrom({ own, listed, row });
  const found: { from: Source; contextTokens?: number; maxOutputTokens?: number }[] = [
    { from: "own", contextTokens: own?.limit?.context, maxOutputTokens: own?.limit?.output },
    { from: "provider", contextTokens: listed?.contextTokens, maxOutputTokens: listed?.maxOutputTokens },
    { from: "table", ...row?.limits },
  ];
  const context = found.find((facts) => facts.contextTokens !== undefined);
  if (!context?.contextTokens) return { ...ASSUMED, reads, from: null };
  const { contextTokens, from } = context;
  const known = found.find((facts) => facts.maxOutputTokens !== undefined)?.maxOutputTokens;
  // An output that fills the context leaves no room for the task. Some lists name the context as the output, too, and the
  // output of another source can belong to a server with a larger context.
  const maxOutputTokens =
    known !== undefined && known < contextTokens ? known : Math.min(MOST_ASSUMED_OUTPUT, Math.floor(contextTokens / 4));
  return { contextTokens, maxOutputTokens, reads, from };
}

/** Returns what a model reads besides text: nothing while nobody says so, because a provider refuses what it cannot read. */
function readsFrom({ own, listed, row }: ModelSources): readonly Media[] {
  const inputs = own?.modalities?.input;
  if (inputs) return MEDIA.filter((media) => inputs.includes(media));
  return listed?.reads ?? row?.limits?.reads ?? [];
}

/** Returns micro-dollars per million tokens; null when nobody says what the model costs. */
export function pricesFrom({ own, listed, row }: ModelSources): { prices: TieredPrices; from: Source } | null {
  if (own?.cost) return { prices: pricesOf(own.cost), from: "own" };
  if (listed?.cost) return { prices: pricesOf(listed.cost), from: "provider" };
  return row?.prices ? { prices: row.prices, from: "table" } : null;
}

/** Without a price of its own, the cache costs what other input costs. */
function pricesOf({ input, output, cache_read = input, cache_write = input }: NonNullable<OwnModel["cost"]>) {
  const micro = (usd: number) => Math.round(usd * 1_000_000);
  return { input: micro(input), output: micro(output), cacheRead: micro(cache_read), cacheWrite: micro(cache_write) };
}
