/** The models that Banyan knows without asking anybody: limits, prices and retirements, from `table.json`. */
import type { Media } from "@/core/log/model";
import { baseName } from "./names";
import table from "./table.json" with { type: "json" };

/** Micro-dollars per million tokens. */
interface Prices {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

export interface ModelLimits {
  /** Input and output together. */
  contextTokens: number;
  maxOutputTokens: number;
  /** What it reads besides text; absent: nothing, as far as is known. */
  reads?: readonly Media[];
  /** Nobody says what the limits are, so the model may have larger ones. */
  isAssumed?: true;
}

/** Prices, where requests with a long input have their own. */
export interface TieredPrices extends Prices {
  long?: Prices & { aboveInputTokens: number };
}

export interface KnownModel {
  /** null for models that are gone. */
  limits: ModelLimits | null;
  prices: TieredPrices | null;
  /** The first day on which the provider refuses the model, `YYYY-MM-DD`; null while it has announced none. */
  retiresAt: string | null;
  replacedBy: string | null;
}

interface Row extends Partial<ModelLimits & TieredPrices> {
  model: string;
  retiresAt?: string;
  replacedBy?: string;
}

const rows = new Map<string, KnownModel>((table.models as Row[]).map((row) => [row.model, knownOf(row)]));

function knownOf({ contextTokens, maxOutputTokens, reads, input, output, cacheRead, cacheWrite, long, ...row }: Row) {
  const isWhole = contextTokens !== undefined && maxOutputTokens !== undefined;
  const isPriced = input !== undefined && output !== undefined;
  return {
    limits: isWhole ? { contextTokens, maxOutputTokens, reads } : null,
    // Without prices of their own, cached tokens cost what other input costs.
    prices: isPriced ? { input, output, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input, long } : null,
    retiresAt: row.retiresAt ?? null,
    replacedBy: row.replacedBy ?? null,
  };
}

/** The date on which the table was compared with what the providers publish, `YYYY-MM-DD`. */
export const CHECKED_AT: string = table.checkedAt;

/** All names in the table, of one provider or of all. */
export function tableNames(provider?: string): string[] {
  return [...rows.keys()].filter((name) => provider === undefined || name.startsWith(`${provider}/`));
}

/** Returns what the table says about `provider/model`: its own row, else the row of the model it is a snapshot of. */
export function rowOf(model: string): KnownModel | null {
  return rows.get(model) ?? rows.get(baseName(model)) ?? onBedrock(model);
}

/**
 * Returns the row of a Claude model under the name that Amazon Bedrock gives it. Amazon charges a tenth more where the
 * region is fixed, and has its own retirement dates.
 */
function onBedrock(model: string): KnownModel | null {
  const match = /^bedrock\/(?:([a-z]+)\.)?anthropic\.(claude-[a-z0-9-]+?)(?:-v\d+(?::\d+)?)?$/.exec(model);
  const row = match?.[2] ? rowOf(`anthropic/${match[2]}`) : null;
  if (!row) return null;
  const own = { limits: row.limits, retiresAt: null, replacedBy: null };
  if (match?.[1] === "global" || !row.prices) return { ...own, prices: row.prices };
  return { ...own, prices: { ...tenthMore(row.prices), ...(row.prices.long && { long: longer(row.prices.long) }) } };
}

function longer(long: Prices & { aboveInputTokens: number }) {
  return { ...tenthMore(long), aboveInputTokens: long.aboveInputTokens };
}

function tenthMore({ input, output, cacheRead, cacheWrite }: Prices): Prices {
  const more = (price: number) => Math.round((price * 11) / 10);
  return { input: more(input), output: more(output), cacheRead: more(cacheRead), cacheWrite: more(cacheWrite) };
}
