/** Writes a zip while its files are read, so that only a chunk of one file is in memory. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { withoutDisguise } from "@/core/words/visible";

export interface ZippedFile {
  path: string;
  isExecutable: boolean;
  content: AsyncIterable<Buffer>;
}

/** Files whose contents are compressed already. */
const COMPRESSED =
  /\.(png|jpe?g|gif|webp|avif|mp[34]|webm|zip|gz|tgz|xz|bz2|zst|7z|woff2?|pdf|pack|jar|docx|xlsx|pptx)$/i;
const UNIX = 3;

/** Fails when a file cannot be read; the zip that was sent so far is then incomplete and cannot be opened. */
export async function* zipStream(files: AsyncIterable<ZippedFile>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else if (chunk.length > 0) ready.push(chunk);
  });
  const names = new Set<string>();
  const flush = function* () {
    if (failure) throw failure;
    yield* ready.splice(0);
  };
  for await (const { path, isExecutable, content } of files) {
    const name = freeName(path, names);
    const entry = COMPRESSED.test(name) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 3 });
    entry.os = UNIX;
    // A regular file with its permissions, as `unzip` reads them.
    entry.attrs = ((0o100000 | (isExecutable ? 0o755 : 0o644)) << 16) >>> 0;
    zip.add(entry);
    for await (const chunk of content) {
      // The reader may use its buffer again.
      entry.push(new Uint8Array(chunk));
      yield* flush();
      // Compressing blocks, so other work gets a turn.
      await nextTurn();
    }
    entry.push(new Uint8Array(0), true);
    yield* flush();
  }
  zip.end();
  yield* flush();
}

/**
 * Returns a name that no program takes for a place outside: Windows reads `\` and `C:` in a name as parts of a path.
 * Invisible characters become codes, because programs that unpack would hide them. A name that is taken gets a number.
 */
function freeName(path: string, taken: Set<string>): string {
  const plain = [...path].map((character) => (character < " " || character === "\x7f" ? "_" : character)).join("");
  const safe = withoutDisguise(plain)
    .replaceAll("\\", "_")
    .replace(/^([A-Za-z]):/, "$1_");
  let name = safe;
  for (let number = 2; taken.has(name); number++) name = `${safe}-${number}`;
  taken.add(name);
  return name;
}
