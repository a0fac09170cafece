/** `tools test`: starts a server, shows what it has changed, and accepts exactly the list that a person saw. */
import type { TestedServer } from "@/agents/application";
import { UserError } from "@/agents/application";
import type { ServerToolChange, ToolText } from "@/core/shapes/tools";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { INTERRUPTED, needsReader } from "@/scripts/cli/context/interrupt";
import { askYes, canAsk } from "@/scripts/cli/context/question";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";

/** `--accept` without a list shows the changes and asks; where nobody can be asked, it accepts nothing. */
export async function testServer(context: Context, name: string, { accept }: Flags): Promise<number> {
  needsReader();
  return withActing(context, async ({ application: { commands } }) => {
    try {
      const listing = typeof accept === "string" ? accept : undefined;
      const done = await commands.testServer({ id: name, ...(listing !== undefined && { accept: true, listing }) });
      if (context.json) printJson(done);
      else printTested(done);
      const isOpen = !done.ok && done.changes.length > 0;
      if (!isOpen || context.json) return done.ok ? 0 : 1;
      if (accept !== true || !canAsk(context)) {
        print(`Accept it with: npx banyan tools test ${name} --accept ${done.listing}`);
        return 1;
      }
      const answer = await askYes("Accept these changes?");
      if (answer === null) return INTERRUPTED;
      if (!answer) return 1;
      const accepted = await commands.testServer({ id: name, accept: true, listing: done.listing });
      print(accepted.sentence);
      return accepted.ok ? 0 : 1;
    } catch (error) {
      // A server that does not answer is a result of the test, not a usage error.
      if (!(error instanceof UserError) || error.kind !== "conflict") throw error;
      if (context.json) printJson({ error: error.message });
      warn(error.message);
      return 1;
    }
  });
}

function printTested({ sentence, sign_in: page, left_out, changes, ok }: TestedServer): void {
  print(sentence);
  for (const reason of left_out) print(`left out: ${oneLine(reason)}`);
  if (page) print(oneLine(page));
  for (const change of changes) {
    if (!ok) for (const line of changeLines(change)) print(line);
    for (const hazard of change.hazards) print(`warning: ${oneLine(hazard)}`);
  }
}

/** Returns what models read of the tool, as it was approved and as it is now. */
function changeLines({ name, change, before, after }: ServerToolChange): string[] {
  const parts = [linesOf("description", before, after), linesOf("schema", before, after)].flat();
  const other = before && after && parts.length === 0 ? ["  Its texts are the same; other facts of it differ."] : [];
  return [`\n${oneLine(name)}: ${change}`, ...parts, ...other];
}

function linesOf(part: keyof ToolText, before: ToolText | null, after: ToolText | null): string[] {
  const old = before && textOf(before[part]);
  const now = after && textOf(after[part]);
  if (old === now) return [];
  return [old === null ? [] : [`  - ${part}: ${old}`], now === null ? [] : [`  + ${part}: ${now}`]].flat();
}

function textOf(value: unknown): string {
  return typeof value === "string" ? clean(value).replaceAll("\n", "\n    ") : oneLine(JSON.stringify(value));
}
