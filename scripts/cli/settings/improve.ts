/** `improve`: shows the faults of tasks and the review agent's looks at them; starts a look, and switches looks on and off. */
import type { Improvement, ImprovementLook } from "@/core/shapes/improving/improvement";
import {
  flagLooksSentence,
  improvementSentence,
  lookCause,
  lookStatus,
  proposalName,
  proposalStatus,
} from "@/core/words/faults";
import { money } from "@/core/words/figures";
import { act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag } from "@/scripts/cli/context/flags";
import { faultLines } from "@/scripts/cli/print/faults";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

const SHOWN_LOOKS = 5;

export async function improve(context: Context, [verb]: (string | undefined)[], flags: Flags): Promise<number> {
  const change = {
    ...(flags.capUsd !== undefined && { cap_usd: numberFlag(flags, "capUsd", { least: 0 }) ?? 0 }),
    ...(flags.hour !== undefined && {
      hour: numberFlag(flags, "hour", { least: 0, whole: true, orZero: true }) ?? 0,
    }),
  };
  if (verb === undefined && Object.keys(change).length === 0) return show(context);
  if (verb === "now") return act(context, ({ application }) => application.commands.lookNow(), { needsWorker: true });
  if (verb === "on" || verb === "off" || verb === undefined) {
    const on = verb === undefined ? {} : { on: verb === "on" };
    return act(context, ({ application }) => application.commands.setImprovement({ ...change, ...on }));
  }
  throw new UsageError(`Unknown verb "${verb}": use \`banyan improve\` with now, on or off, or without a verb.`);
}

function show(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getImprovement();
    if (context.json) printJson(found);
    else for (const line of lines(found)) print(line);
    return 0;
  });
}

function lines(found: Improvement): string[] {
  const { faults, looks, spent_today_usd, proposals_today, model } = found;
  return [
    improvementSentence(found),
    ...(model === null ? ["No language model is connected, so nothing can look at the faults."] : []),
    `Today: ${money(spent_today_usd)} spent, ${proposals_today} of ${found.most_proposals} proposals.`,
    flagLooksSentence(found.flags),
    "",
    faults.length > 0 ? "Faults of the last 30 days:" : "No faults in the last 30 days.",
    ...faultLines(faults, 1),
    ...(looks.length > 0 ? ["", "Looks:"] : []),
    ...looks.slice(0, SHOWN_LOOKS).flatMap(lookLines),
  ];
}

function lookLines(look: ImprovementLook): string[] {
  const { at, tree, spent_usd, proposals, note } = look;
  const where = tree === null ? oneLine(note ?? "") : `tree ${tree}, ${money(spent_usd)}`;
  return [
    `${at}  ${lookCause(look)}  ${lookStatus(look)}  ${where}`,
    ...proposals.map(
      (proposal) => `          ${proposalName(proposal)}: ${proposalStatus(proposal)} (${proposal.review})`,
    ),
  ];
}
