/** Reads the text of a file argument; `-` means standard input. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "@/scripts/cli/print/output";
import type { Context } from "./context";

const MOST_BYTES = 1024 * 1024;

/** Throws UsageError when the file cannot be read, is larger than 1 MB, or is not UTF-8 text. */
export async function readFileText({ cwd }: Pick<Context, "cwd">, file: string): Promise<string> {
  const input = file === "-" ? process.stdin : createReadStream(resolve(cwd, file));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of input) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > MOST_BYTES) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "it does not exist" : code === "EISDIR" ? "it is a folder" : `${code}`;
    throw new UsageError(`Cannot read the file ${file}: ${why}.`);
  }
  if (size > MOST_BYTES) throw new UsageError(`The file ${file} is larger than 1 MB: split it.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError(`The file ${file} is not UTF-8 text.`);
  }
}
