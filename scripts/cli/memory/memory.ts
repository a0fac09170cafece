/** `memory`: says whether lessons help, and what the answer rests on; changes the settings of memory. */
import { LEAST_GOALS } from "@/core/lessons/lift";
import type { Memory } from "@/core/shapes/memory";
import { FIGURE_WORDS } from "@/core/words/lessons";
import {
  basisSentence,
  differenceText,
  figureText,
  intervalText,
  knownSentence,
  SHOWS_WORDS,
  shortSentence,
  shortSide,
  verdictOf,
} from "@/core/words/memory";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

export async function memory(context: Context, [verb]: Arguments, flags: Flags): Promise<number> {
  const holdout = numberFlag(flags, "holdout", { least: 0, whole: true, orZero: true });
  if (verb !== undefined && verb !== "on" && verb !== "off")
    throw new UsageError(`Unknown verb "${oneLine(verb)}": use \`banyan memory\` with on or off, or without a verb.`);
  if (verb === undefined && holdout === undefined) return show(context);
  const change = { ...(verb && { on: verb === "on" }), ...(holdout !== undefined && { holdout }) };
  return act(context, ({ application }) => application.commands.setMemory(change));
}

function show(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getMemory();
    if (context.json) printJson(found);
    else for (const line of linesOf(found)) print(line);
    return 0;
  });
}

function linesOf(memory: Memory): string[] {
  const { lift, places, counts, waiting, retired } = memory;
  return [
    verdictOf(memory),
    basisSentence(memory),
    "",
    ...(shortSide(lift) === null
      ? lift.figures.map(figureLine)
      : [`No difference is shown below ${LEAST_GOALS} goals a side: small numbers mislead.`]),
    knownSentence(memory),
    ...(places.length > 0 ? ["", "By project, in rounds:", ...places.map(placeLine)] : []),
    "",
    `Lessons: ${counts.live} live, ${counts.candidate} candidates (${waiting} wait for a person), ${counts.retired} retired (${retired.by_counts} by counts).`,
  ];
}

function figureLine({ figure, with: left, without: right, difference, shows }: Memory["lift"]["figures"][number]) {
  const both = `${figureText(figure, left)} with, ${figureText(figure, right)} without`;
  const apart = difference
    ? `; ${differenceText(figure, difference.value)} (95 %: ${intervalText(figure, difference)})`
    : "";
  return `  ${FIGURE_WORDS[figure]}: ${both}${apart}. ${SHOWS_WORDS[shows]}.`;
}

function placeLine({ place, lift }: Memory["places"][number]): string {
  const [rounds] = lift.figures;
  const { with: left, without: right } = lift.goals;
  const known = rounds?.difference
    ? `${differenceText("rounds", rounds.difference.value)} (95 %: ${intervalText("rounds", rounds.difference)}). ${SHOWS_WORDS[rounds.shows]}.`
    : (shortSentence(lift) ?? `${SHOWS_WORDS.not_enough}.`);
  return `  ${oneLine(place)}: ${left} goals with, ${right} without. ${known}`;
}
