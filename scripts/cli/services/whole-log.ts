/** Prints a log of the server from its beginning to its end. */
import type { EnvironmentLog } from "@/core/shapes/environments/environments";
import type { Context } from "@/scripts/cli/context/context";
import { printJson, warn } from "@/scripts/cli/print/output";
import { clean } from "@/scripts/cli/print/text";

/** `read` resolves with what follows a place; an empty text is the end. */
export async function printLog({ json }: Context, read: (after: number) => Promise<EnvironmentLog>): Promise<number> {
  const pieces: string[] = [];
  for (let after = 0; ; ) {
    const { text, next, left_out } = await read(after);
    if (left_out > 0) warn(`${left_out} bytes of its beginning are no longer kept.`);
    if (text === "") break;
    pieces.push(text);
    after = next;
  }
  if (json) printJson({ text: pieces.join("") });
  else process.stdout.write(clean(pieces.join("")));
  return 0;
}
