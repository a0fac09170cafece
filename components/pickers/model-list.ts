/** Which models a picker shows for what is typed. Pure. */
import type { ListedModel } from "@/core/shapes/models";

export interface ModelGroup {
  provider: string;
  models: ListedModel[];
}

/** Longer lists are searched, not read. */
const MOST_SHOWN = 60;

/**
 * Returns the usable models whose names contain every word that was typed, by provider: models of the connected
 * providers that the provider still has.
 */
export function modelGroups(models: readonly ListedModel[], connected: readonly string[], typed: string): ModelGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = connected.flatMap((provider) => {
    const own = models.filter(
      (model) =>
        model.name.startsWith(`${provider}/`) &&
        model.listed !== false &&
        model.standing !== "retired" &&
        words.every((word) => model.name.toLowerCase().includes(word)),
    );
    return own.length > 0 ? [{ provider, models: own }] : [];
  });
  let left = MOST_SHOWN;
  return groups.flatMap(({ provider, models: all }) => {
    const shown = all.slice(0, left);
    left -= shown.length;
    return shown.length > 0 ? [{ provider, models: shown }] : [];
  });
}

/** A price as people write it: "$3 in, $15 out", "free"; "" when none is known. */
export function priceText({ price, price_from }: Pick<ListedModel, "price" | "price_from">): string {
  if (price_from === "free") return "free";
  if (price === null) return "no price";
  return `${dollars(price.input)} in, ${dollars(price.output)} out`;
}

/** The context window in tokens: "200k", "1M". */
export function contextText({
  limits_from,
  context_tokens,
}: Pick<ListedModel, "limits_from" | "context_tokens">): string {
  if (limits_from === "assumed") return "context unknown";
  if (context_tokens < 1_000_000) return `${Math.round(context_tokens / 1_000)}k`;
  return `${Math.round(context_tokens / 100_000) / 10}M`;
}

function dollars(usd: number): string {
  return `$${Number.isInteger(usd) ? usd : usd.toFixed(usd < 0.1 ? 3 : 2)}`;
}
