export interface DailyCaps {
  all: { tokens: number | null; microUsd: number | null };
  person: { tokens: number | null; microUsd: number | null };
}

interface CapSettings {
  BANYAN_MAX_TOKENS_PER_DAY?: number | undefined;
  BANYAN_MAX_USD_PER_DAY?: number | undefined;
  BANYAN_MAX_TOKENS_PER_PERSON_PER_DAY?: number | undefined;
  BANYAN_MAX_USD_PER_PERSON_PER_DAY?: number | undefined;
}

/** Returns the daily limits of spending over all trees and of each person; null: no limit. */
export function dailyCapsOf(s: CapSettings): DailyCaps {
  return {
    all: { tokens: s.BANYAN_MAX_TOKENS_PER_DAY ?? null, microUsd: microUsdOf(s.BANYAN_MAX_USD_PER_DAY) },
    person: {
      tokens: s.BANYAN_MAX_TOKENS_PER_PERSON_PER_DAY ?? null,
      microUsd: microUsdOf(s.BANYAN_MAX_USD_PER_PERSON_PER_DAY),
    },
  };
}

/** Returns the setting that sets a limit of the governor; null: none does. */
export function settingOfLimit({ all }: DailyCaps, limit: string): string | null {
  if (limit === "tokens") return "BANYAN_MAX_TOKENS_PER_DAY";
  return limit === "cost" && all.microUsd !== null ? "BANYAN_MAX_USD_PER_DAY" : null;
}

function microUsdOf(usd: number | undefined): number | null {
  return usd === undefined ? null : Math.round(usd * 1_000_000);
}
