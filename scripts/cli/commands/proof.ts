/** `proof`: prints the proof of an ended tree or task as Markdown, or as JSON. */
import { proofMarkdown } from "@/core/words/proof-markdown";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import type { Arguments } from "./act";

export async function proof(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getProof(id);
    if (context.json) printJson(found);
    else print(proofMarkdown(found, { output: flags.output !== false }).trimEnd());
    return 0;
  });
}
