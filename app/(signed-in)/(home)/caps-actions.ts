"use server";

import { type ActionResult, act } from "@/app/act";

/** Saves the caps on money. null: no cap; undefined: as it is. */
export async function saveCaps(change: {
  day_usd?: number | null | undefined;
  tree_usd?: number | null | undefined;
}): Promise<ActionResult> {
  return act(({ commands }) => commands.setSpendCaps({ day_usd: change?.day_usd, tree_usd: change?.tree_usd }));
}
