/** `report`: the report of a month as Markdown, or as JSON. */
import { writeFileSync } from "node:fs";
import { reportMarkdown } from "@/core/words/kpis/report";
import type { Arguments } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean } from "@/scripts/cli/print/text";

export function report(context: Context, [given]: Arguments, flags: Flags): Promise<number> {
  const month = given ?? new Date().toISOString().slice(0, 7);
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getReport(month, { project: textFlag(flags, "project") });
    if (context.json) printJson(found);
    else {
      const out = textFlag(flags, "out");
      const text = reportMarkdown(found);
      if (out === undefined) print(clean(text).trimEnd());
      else writeNew(out, text);
    }
    return 0;
  });
}

/** Throws UsageError for a file that exists: a report is never lost by another. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw new UsageError(exists ? `The file ${file} exists: name a new file.` : `The file ${file} cannot be written.`);
  }
  print(`Wrote the report to ${file}.`);
}
