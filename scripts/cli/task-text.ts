/** The text of a task or message: an argument, or what is piped into the command. */
import { MAX_TASK_BYTES } from "@/agents/commands";
import { UsageError } from "./output";

export interface InputStream extends AsyncIterable<unknown> {
  isTTY?: boolean;
}

/** `given` absent or `-`: from `input`. Throws UsageError when it is empty, too large (then little more than the limit is read) or no text. */
export async function readTaskText(given: string | undefined, input: InputStream = process.stdin): Promise<string> {
  const isPiped = given === "-" || (given === undefined && !input.isTTY);
  if (given === undefined && !isPiped)
    throw new UsageError('Say what should be done: npx banyan run "<task>", or pipe the text into `npx banyan run -`.');
  const text = isPiped ? await readAll(input) : (given ?? "");
  if (!text.trim()) throw new UsageError('The task is empty: say what should be done, as in npx banyan run "<task>".');
  if (Buffer.byteLength(text) > MAX_TASK_BYTES) throw tooLarge();
  return text;
}

async function readAll(input: InputStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    chunks.push(bytes);
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_TASK_BYTES) throw tooLarge();
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError("The task is no text in UTF-8: put the material into a file of the workspace and name it.");
  }
}

function tooLarge(): UsageError {
  return new UsageError(
    `The task is longer than ${MAX_TASK_BYTES / 1_000_000} MB: put the material into files of the workspace and name them.`,
  );
}
