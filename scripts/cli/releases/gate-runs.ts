/** `gate-runs`: lists the runs of the gates on changes that agents proposed, and shows the report of one. */
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import { plural, shortDuration } from "@/core/words/figures";
import { failedGates, foundIn, gateRunWord } from "@/core/words/gates";
import { tableLines } from "@/gates/print/table";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";
import type { Arguments } from "../commands/act";
import { limitOf } from "../commands/show";

/** `run` is the id of a run, or its beginning. */
export async function gateRuns(context: Context, [run]: Arguments, flags: Flags): Promise<number> {
  const limit = limitOf(flags);
  return withReadRuntime(context, async ({ queries }) => {
    const items = await queries.listGateRuns({ limit });
    if (run !== undefined) {
      const found = items.filter(({ id }) => id.startsWith(run));
      if (found.length > 1) throw new UsageError(`${found.length} runs begin with ${run}: type more of the id.`);
      const report = await queries.getGateRun(found[0]?.id ?? run);
      if (context.json) printJson(report);
      else for (const line of tableLines(report, paint)) print(line);
    } else if (context.json) printJson({ items, next: null });
    else if (items.length === 0) print("The gates have not run yet.");
    else for (const item of items) print(lineOf(item));
    return 0;
  });
}

function lineOf(run: GateRun): string {
  const { id, started_at, seconds, gates } = run;
  const { flags } = foundIn(gates);
  const said = [gateRunWord(run), failedGates(run), flags > 0 ? plural(flags, "flag") : ""].filter(Boolean).join(" · ");
  return `${started_at}  ${id}  ${padTo(shortDuration(seconds * 1_000), 7)}  ${said}`;
}
