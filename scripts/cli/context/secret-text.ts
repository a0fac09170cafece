/** A secret as a person or a program gives it: from a pipe, or typed without being shown. */
import { UsageError } from "@/scripts/cli/print/output";

export interface SecretInput extends AsyncIterable<unknown> {
  isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

const MOST_BYTES = 64 * 1024;
const ENTER = ["\r", "\n", "\u0004"];
const INTERRUPT = "\u0003";
const ERASE = ["\u007f", "\b"];

/** Without the line end that `echo` and a keyboard add. Throws UsageError when it is too large, no text or interrupted. */
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
      throw new UsageError("The secret is larger than 64 KB: keep a file of that size outside Banyan.");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, "");
  } catch {
    throw new UsageError("The secret is no text in UTF-8: encode it, for instance in base64, and keep that.");
  }
}

async function typed(name: string, input: SecretInput): Promise<string> {
  // First: what is typed at once must not be shown either.
  input.setRawMode?.(true);
  process.stderr.write(`Value of ${name} (it is not shown): `);
  const characters: string[] = [];
  const decoder = new TextDecoder();
  try {
    for await (const chunk of input) {
      for (const character of decoder.decode(Buffer.from(chunk as string | Uint8Array), { stream: true })) {
        if (ENTER.includes(character)) return characters.join("");
        if (character === INTERRUPT) throw new UsageError("Nothing was changed: it was interrupted.");
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
