/** `report`: the report of a month as Markdown, or as JSON. */
import { reportMarkdown } from "@/core/words/kpis/report";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { writeNewFile } from "@/scripts/cli/context/new-file";
import { print, printJson } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";

export function report(context: Context, [given]: Arguments, flags: Flags): Promise<number> {
  const month = given ?? new Date().toISOString().slice(0, 7);
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getReport(month, { project: textFlag(flags, "project") });
    const file = textFlag(flags, "out");
    if (file !== undefined) {
      writeNewFile(context, file, reportMarkdown(found));
      if (context.json) printJson({ file });
      else print(`Wrote the report to ${oneLine(file)}.`);
    } else if (context.json) printJson(found);
    else print(clean(reportMarkdown(found)).trimEnd());
    return 0;
  });
}
