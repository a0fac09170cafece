/** `failures`: kinds of failures in tasks of the last 30 days, and what a person could do about them. */
import type { Failures, ListedFailure } from "@/core/shapes/failures";
import { byItself, failuresSentence, happenedSentence } from "@/core/words/failures";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";
import type { Arguments } from "./act";

export function failures(context: Context, _: Arguments, flags: Flags): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getFailures();
    if (context.json) printJson(found);
    else for (const line of linesOf(found, flags.all === true)) print(line);
    return 0;
  });
}

function linesOf(found: Failures, showsAll: boolean): string[] {
  const { items, recommendations } = found;
  const shown = showsAll ? items : items.filter(({ last_30_days }) => last_30_days > 0);
  const width = Math.max(0, ...shown.map(({ title }) => title.length));
  return [
    failuresSentence(found),
    happenedSentence(found),
    ...(recommendations.length > 0 ? ["", "Recommendations:"] : []),
    ...recommendations.flatMap(({ says, action }) => [`- ${says}`, `  ${action}`]),
    ...(shown.length > 0 ? [""] : []),
    ...shown.flatMap((item) => kindLines(item, width)),
  ];
}

function kindLines(item: ListedFailure, width: number): string[] {
  const { title, last_30_days, last_90_days, prevention, recovery } = item;
  const share = byItself(item);
  const went = share === "" ? "" : `  ${share} without a person`;
  return [
    `${padTo(title, width)}  ${String(last_30_days).padStart(5)} in 30 days  ${String(last_90_days).padStart(5)} in 90 days${went}`,
    `  Prevention: ${prevention}`,
    `  Recovery: ${recovery}`,
  ];
}
