import { strToU8, zipSync } from "fflate";

/** A fixed time, so that the same files always make the same archive. */
const MODIFIED_AT = new Date(1980, 0, 1);

/** Returns text files as an uncompressed ZIP archive. Pure. */
export function zipOf(files: readonly { file: string; text: string }[]): Uint8Array<ArrayBuffer> {
  const contents = Object.fromEntries(files.map(({ file, text }) => [file, strToU8(text)]));
  return zipSync(contents, { level: 0, mtime: MODIFIED_AT });
}
