import { expect, test } from "vitest";
import { capsLines } from "./policy";

test("the command that changes the daily cap is told only where it is not refused", () => {
  const caps = { day_usd: 20, tree_usd: null };
  expect(capsLines({ ...caps, day_setting: null }).at(-1)).toContain("npx banyan caps --day 50 --tree none");
  expect(capsLines({ ...caps, day_setting: "BANYAN_MAX_USD_PER_DAY" })).toEqual([
    "Spending is capped: $20.00 a day for all trees, no cap for a tree.",
    "The daily cap is the setting BANYAN_MAX_USD_PER_DAY: change it there.",
    "Change the cap of a tree: npx banyan caps --tree none. A tree's own cap: npx banyan run --max-cost-usd 2.",
  ]);
});
