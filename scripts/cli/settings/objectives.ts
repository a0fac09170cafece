/** `objectives`: shows service level objectives with what was measured and their error budgets. */
import {
  budgetText,
  measuredText,
  OBJECTIVE_WORDS,
  objectivesPeriod,
  sharePercent,
  spentText,
} from "@/core/words/kpis/objectives";
import { type Context, withReadRuntime } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";

export function objectives(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getObjectives();
    if (context.json) {
      printJson(found);
      return 0;
    }
    print(`${objectivesPeriod(found, new Date().toISOString().slice(0, 10))}.`);
    for (const item of found.items) {
      const { name, about } = OBJECTIVE_WORDS[item.name];
      const spent = spentText(item);
      print(
        `  ${padTo(name, 9)}  ${padTo(measuredText(item), 22)}  ${sharePercent(item.objective)} wanted  ${budgetText(item)}${spent === null ? "" : ` (${spent})`}`,
      );
      print(`             ${about}`);
    }
    return 0;
  });
}
