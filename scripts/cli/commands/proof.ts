/** `proof`: prints the proof of an ended tree or task, writes it into a file, or shares it by a link. */
import { proofMarkdown } from "@/core/words/proof-markdown";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { writeNewFile } from "@/scripts/cli/context/new-file";
import { runningAt } from "@/scripts/cli/context/running-server";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { type Arguments, act } from "./act";

export async function proof(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  const [file, days] = [textFlag(flags, "out"), numberFlag(flags, "link", { whole: true, least: 1 })];
  if (days !== undefined) {
    if (file !== undefined) throw new UsageError("Use --out or --link, not both: a link shows the proof on a page.");
    return shared(context, id, days);
  }
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getProof(id);
    const markdown = () => proofMarkdown(found, { output: flags.output !== false });
    if (file !== undefined) {
      writeNewFile(context, file, markdown());
      if (context.json) printJson({ file });
      else print(`Wrote the proof to ${oneLine(file)}.`);
    } else if (context.json) printJson(found);
    else print(markdown().trimEnd());
    return 0;
  });
}

function shared(context: Context, id: string, days: number): Promise<number> {
  const { publicUrl, dataDir } = context.settings;
  const server = publicUrl ?? runningAt(dataDir);
  return act(
    context,
    async ({ application: { commands } }) => {
      const made = await commands.shareProof({ id, days });
      return { ...made, url: server === null ? null : `${server}${made.path}` };
    },
    { lines: async ({ url, path }) => [url ?? `(when the server runs) ${path}`] },
  );
}
