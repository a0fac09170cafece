/** `gate-runs`: lists the runs of the gates on changes that agents proposed, and shows the report of one. */
import { pageAt } from "@/core/page";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import { plural, shortDuration } from "@/core/words/figures";
import { failedGates, foundIn, gateRunWord } from "@/core/words/gates";
import { tableLines } from "@/gates/print/table";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { positionIn } from "@/scripts/cli/context/flags";
import { paint, print, printJson, warn } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";
import type { Arguments } from "../commands/act";
import { limitOf } from "../commands/show";

/** `run` is the id of a run, or its beginning. */
export async function gateRuns(context: Context, [run]: Arguments, flags: Flags): Promise<number> {
  const [limit, skip] = [limitOf(flags), positionIn(flags)];
  return withReadRuntime(context, async ({ queries }) => {
    if (run !== undefined) {
      const report = await queries.getGateRun(run);
      if (context.json) printJson(report);
      else for (const line of tableLines(report, paint)) print(line);
      return 0;
    }
    const page = pageAt(await queries.listGateRuns({ skip, limit: limit + 1 }), skip, limit);
    if (context.json) printJson(page);
    else if (page.items.length === 0) print(skip > 0 ? "There are no more runs." : "The gates have not run yet.");
    else for (const item of page.items) print(lineOf(item));
    if (page.next && !context.json) warn(`More runs: add --after ${page.next}`);
    return 0;
  });
}

function lineOf(run: GateRun): string {
  const { id, started_at, seconds, gates } = run;
  const { flags } = foundIn(gates);
  const said = [gateRunWord(run), failedGates(run), flags > 0 ? plural(flags, "flag") : ""].filter(Boolean).join(" · ");
  return `${started_at}  ${id}  ${padTo(shortDuration(seconds * 1_000), 7)}  ${said}`;
}
