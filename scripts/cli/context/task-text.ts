/** Reads the text of a task, message or answer from an argument or a pipe. */
import { MAX_TASK_BYTES } from "@/agents/commands/submit";
import { UsageError } from "@/scripts/cli/print/output";

export interface InputStream extends AsyncIterable<unknown> {
  isTTY?: boolean;
}

/** The kinds of text, and what the user should write. */
const NOUNS = {
  task: "say what should be done",
  goal: "say what should be reached",
  message: "say what the task should know",
  answer: "say what the task asked for",
};
export type Noun = keyof typeof NOUNS;

/** Reads from `input` when `given` is absent or `-`. Throws UsageError when the text is empty, over the limit (it stops reading there) or not UTF-8. */
export async function readText(
  noun: Noun,
  given: string | undefined,
  input: InputStream = process.stdin,
): Promise<string> {
  const isPiped = given === "-" || (given === undefined && !input.isTTY);
  if (given === undefined && !isPiped)
    throw new UsageError(`The ${noun} is missing: ${NOUNS[noun]} in quotes, or pipe it into the command.`);
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
    throw new UsageError(`The ${noun} is not UTF-8 text: put the material into a file of the workspace and name it.`);
  }
}

function tooLarge(noun: Noun): UsageError {
  return new UsageError(
    `The ${noun} is longer than ${MAX_TASK_BYTES / 1_000_000} MB: put the material into files of the workspace and name them.`,
  );
}
