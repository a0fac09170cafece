/** Reads the text files of a ZIP archive, in the browser: enough for what an export wrote, or an archiver packed. */

/** Its message is one sentence for the person who chose the archive. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

const TEXTS = /\.(md|markdown|txt)$/i;
/** What an archiver adds by itself. */
const NOISE = /(^|\/)(__MACOSX\/|\.)/;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const MOST_BYTES = 4_000_000;
const [STORED, DEFLATED] = [0, 8];

interface Packed {
  file: string;
  method: number;
  data: Uint8Array<ArrayBuffer>;
}

/** Throws ArchiveError. */
export async function textsInZip(archive: ArrayBuffer): Promise<{ file: string; text: string }[]> {
  const found: { file: string; text: string }[] = [];
  let left = MOST_BYTES;
  for (const { file, method, data } of packedIn(archive)) {
    if (!TEXTS.test(file) || NOISE.test(file)) continue;
    if (method !== STORED && method !== DEFLATED)
      throw new ArchiveError(`${file} is packed in a way that is not read here: pack it anew as an ordinary ZIP file.`);
    const bytes = method === STORED ? data : await inflated(file, data, left);
    left -= bytes.length;
    if (left < 0) throw tooMuch();
    found.push({ file, text: new TextDecoder().decode(bytes) });
  }
  if (found.length === 0) throw new ArchiveError("The archive holds no Markdown files.");
  return found;
}

function packedIn(archive: ArrayBuffer): Packed[] {
  const view = new DataView(archive);
  try {
    const end = endOf(view);
    const packed: Packed[] = [];
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(at, true) !== 0x02014b50) throw broken();
      const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
        number,
        number,
        number,
      ];
      const local = view.getUint32(at + 42, true);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      packed.push({
        file: new TextDecoder().decode(new Uint8Array(archive, at + 46, nameLength)),
        method: view.getUint16(at + 10, true),
        data: new Uint8Array(archive, start, view.getUint32(at + 20, true)),
      });
      at += 46 + nameLength + extra + comment;
    }
    return packed;
  } catch (error) {
    if (error instanceof RangeError) throw broken();
    throw error;
  }
}

/** The directory's own entry stands last, but for a comment. */
function endOf(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= first; at--) if (view.getUint32(at, true) === 0x06054b50) return at;
  throw broken();
}

/** Stops at `most` bytes: a small archive can hold very much. */
async function inflated(file: string, data: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array> {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      if (size > most) throw tooMuch();
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError(`${file} in the archive is damaged: pack it anew.`);
  } finally {
    await reader.cancel().catch(() => {});
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function broken(): ArchiveError {
  return new ArchiveError("This is no ZIP archive that can be read: choose another file.");
}

function tooMuch(): ArchiveError {
  return new ArchiveError("The archive holds more than 4 MB of text: import it in parts.");
}
