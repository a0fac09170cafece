import type { SpendCaps } from "@/core/shapes/status";
import type { Store } from "@/db/store";
import type { DailyCaps } from "@/lib/env/daily-caps";

/** Returns the caps that hold: the setting for the day comes before what an admin saved. */
export function shownCaps(store: Pick<Store, "spendCaps">, settings: DailyCaps): SpendCaps {
  const { dayMicroUsd, treeMicroUsd } = store.spendCaps.read();
  const usd = (microUsd: number | null) => (microUsd === null ? null : microUsd / 1_000_000);
  const isSet = settings.all.microUsd !== null;
  return {
    day_usd: usd(settings.all.microUsd ?? dayMicroUsd),
    day_setting: isSet ? "BANYAN_MAX_USD_PER_DAY" : null,
    tree_usd: usd(treeMicroUsd),
  };
}
