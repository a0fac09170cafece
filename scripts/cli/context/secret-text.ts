/** Reads a secret from a pipe, or from the keyboard without echo. */
import { UsageError } from "@/scripts/cli/print/output";

export interface SecretInput extends AsyncIterable<unknown> {
  isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

const MOST_BYTES = 64 * 1024;
const ENTER = ["\r", "\n", "\u0004"];
const INTERRUPT = "\u0003";
const ERASE = ["\u007f", "\b"];

/** Returns the secret without the line end that `echo` and a keyboard add. Throws UsageError when it is too large, not text or interrupted. */
export async function readSecret(name: string, input: SecretInput = process.stdin): Promise<string> {
  return input.isTTY ? typed(name, input) : piped(input);
}

async function piped(input: SecretInput): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as string | Uint8Array);
    chunks.push(bytes);
    sizeBytes += bytes.length;
    if (sizeBytes > MOST_BYTES)
      throw new UsageError("The secret is larger than 64 KB: store a file of that size outside Banyan.");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, "");
  } catch {
    throw new UsageError("The secret is not UTF-8 text: encode it first, for instance with base64.");
  }
}

async function typed(name: string, input: SecretInput): Promise<string> {
  // Switched off before the prompt, so that even keys typed early are not echoed.
  input.setRawMode?.(true);
  process.stderr.write(`Value of ${name} (not shown): `);
  const characters: string[] = [];
  const decoder = new TextDecoder();
  try {
    for await (const chunk of input) {
      for (const character of decoder.decode(Buffer.from(chunk as string | Uint8Array), { stream: true })) {
        if (ENTER.includes(character)) return characters.join("");
        if (character === INTERRUPT) throw new UsageError("Interrupted. Nothing was changed.");
        if (ERASE.includes(character)) characters.pop();
        else characters.push(character);
      }
    }
    return characters.join("");
  } finally {
    input.setRawMode?.(false);
    process.stderr.write("\n");
  }
}
