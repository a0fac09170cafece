/** The prices of a search besides its tokens, from `prices.json`. */
import prices from "./prices.json" with { type: "json" };
import type { SearchUsage } from "./provider";

/** The date on which the prices were compared with what the providers publish, `YYYY-MM-DD`. */
export const CHECKED_AT: string = prices.checkedAt;

/** Returns the micro-dollars for the searches of one request, without its tokens. */
export function searchMicroUsd({ model, searches }: Pick<SearchUsage, "model" | "searches">): number {
  const [row] = prices.searches
    .filter((search) => model.startsWith(search.model))
    .toSorted((a, b) => b.model.length - a.model.length);
  if (!row || searches === 0) return 0;
  return row.microUsd * (row.per === "request" ? 1 : searches);
}
