/** The text of a task or message: an argument, or what is piped into the command. */
import { MAX_TASK_BYTES } from "@/agents/commands/submit";
import { UsageError } from "@/scripts/cli/print/output";

export interface InputStream extends AsyncIterable<unknown> {
  isTTY?: boolean;
}

/** What is read, and what it should say. */
const NOUNS = {
  task: "say what should be done",
  message: "say what the task should know",
  answer: "say what the task should go on with",
};
export type Noun = keyof typeof NOUNS;

/** `given` absent or `-`: from `input`. Throws UsageError when it is empty, too large (then little more than the limit is read) or no text. */
export async function readText(
  noun: Noun,
  given: string | undefined,
  input: InputStream = process.stdin,
): Promise<string> {
  const isPiped = given === "-" || (given === undefined && !input.isTTY);
  if (given === undefined && !isPiped)
    throw new UsageError(`There is no ${noun}: ${NOUNS[noun]} in quotes, or pipe it into the command.`);
  const text = isPiped ? await readAll(noun, input) : (given ?? "");
  if (!text.trim()) throw new UsageError(`The ${noun} is empty: ${NOUNS[noun]}.`);
  if (Buffer.byteLength(text) > MAX_TASK_BYTES) throw tooLarge(noun);
  return text;
}

async function readAll(noun: Noun, input: InputStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    chunks.push(bytes);
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_TASK_BYTES) throw tooLarge(noun);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError(`The ${noun} is no text in UTF-8: put the material into a file of the workspace and name it.`);
  }
}

function tooLarge(noun: Noun): UsageError {
  return new UsageError(
    `The ${noun} is longer than ${MAX_TASK_BYTES / 1_000_000} MB: put the material into files of the workspace and name them.`,
  );
}
