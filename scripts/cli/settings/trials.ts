/** `trials` lists the trials of new versions, shows one, and ends it; `verdict` says whether a tree's result is right. */
import { trialState } from "@/core/words/trials";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { titleOf, trialLines } from "@/scripts/cli/print/trial";
import { short } from "@/scripts/cli/print/words";

export async function trials(context: Context, [verb, id]: Arguments): Promise<number> {
  if (verb === undefined || verb === "list") return list(context);
  if (verb !== "show" && verb !== "take" && verb !== "back")
    throw new UsageError(
      `Unknown verb "${verb}": use \`banyan trials\`, \`banyan trials show ID\`, \`banyan trials take ID\` or \`banyan trials back ID\`.`,
    );
  if (id === undefined) throw new UsageError(`Name the trial: \`banyan trials ${verb} ID\`.`);
  if (verb === "show") return show(context, id);
  return act(context, ({ application }) => application.commands.endTrial({ id, decision: verb }));
}

async function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const items = await queries.listTrials();
    if (context.json) printJson({ items, next: null });
    else if (items.length === 0) print("There are no trials yet. An approved change of an agent starts one.");
    else for (const trial of items) print(`${short(trial.id)}  ${titleOf(trial)}: ${oneLine(trialState(trial))}`);
    return 0;
  });
}

async function show(context: Context, id: string): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const trial = await queries.getTrial(id);
    if (context.json) printJson(trial);
    else for (const line of trialLines(trial)) print(line);
    return 0;
  });
}

export async function verdict(context: Context, [tree = "", outcome = ""]: Arguments, flags: Flags): Promise<number> {
  if (outcome !== "pass" && outcome !== "fail") throw new UsageError(`Say pass or fail, not "${outcome}".`);
  const reason = textFlag(flags, "reason") ?? "";
  return act(context, ({ application }) => application.commands.judgeTree({ id: tree, outcome, reason }));
}
