import { strToU8, zipSync } from "fflate";

/** The same files make the same archive, whenever they are packed. */
const MADE = new Date(1980, 0, 1);

/** Text files as one ZIP archive, stored as they are: enough for downloading a few pages of Markdown. Pure. */
export function zipOf(files: readonly { file: string; text: string }[]): Uint8Array<ArrayBuffer> {
  const contents = Object.fromEntries(files.map(({ file, text }) => [file, strToU8(text)]));
  return zipSync(contents, { level: 0, mtime: MADE });
}
