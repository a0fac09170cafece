/** `caps`: shows and sets what all trees may spend in a day, and what a tree without its own cap may spend. */
import { spendCapsSentence } from "@/core/words/spend-caps";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { actor, type Context, type Flags, withLooking } from "@/scripts/cli/context/context";
import { numberFlag } from "@/scripts/cli/context/flags";
import { print, printJson } from "@/scripts/cli/print/output";

export async function caps(context: Context, _args: Arguments, flags: Flags): Promise<number> {
  const day_usd = usdFlag(flags, "day");
  const tree_usd = usdFlag(flags, "tree");
  if (day_usd === undefined && tree_usd === undefined) return show(context);
  return act(context, ({ application }) => application.commands.setSpendCaps({ day_usd, tree_usd }, actor()));
}

function usdFlag(flags: Flags, name: string): number | null | undefined {
  return flags[name] === "none" ? null : numberFlag(flags, name, { least: 0 });
}

function show(context: Context): Promise<number> {
  return withLooking(context, async ({ queries }) => {
    const found = await queries.getSpendCaps();
    if (context.json) printJson(found);
    else {
      print(spendCapsSentence(found));
      if (found.day_setting) print(`The daily cap is the setting ${found.day_setting}.`);
      print("Change them: npx banyan caps --day 50 --tree none. A tree's own cap: npx banyan run --max-cost-usd 2.");
    }
    return 0;
  });
}
