/** Reads the text of a file argument; `-` means standard input. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "@/scripts/cli/print/output";
import type { Context } from "./context";

/** Throws UsageError when the file cannot be read, is larger than `mostMb`, or is not UTF-8 text. */
export async function readFileText({ cwd }: Pick<Context, "cwd">, file: string, mostMb = 1): Promise<string> {
  const mostBytes = mostMb * 1024 * 1024;
  const input = file === "-" ? process.stdin : createReadStream(resolve(cwd, file));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of input) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > mostBytes) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "it does not exist" : code === "EISDIR" ? "it is a folder" : `${code}`;
    throw new UsageError(`Cannot read the file ${file}: ${why}.`);
  }
  if (size > mostBytes) throw new UsageError(`The file ${file} is larger than ${mostMb} MB: split it.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError(`The file ${file} is not UTF-8 text.`);
  }
}
