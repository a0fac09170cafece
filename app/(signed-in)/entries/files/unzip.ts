/** Reads the text files of a ZIP archive, in the browser: enough for what an export wrote, or an archiver packed. */
import { Unzip, type UnzipFile, UnzipInflate, unzipSync } from "fflate";

/** Its message is one sentence for the person who chose the archive. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

const TEXTS = /\.(md|markdown|txt)$/i;
/** What an archiver adds by itself. */
const NOISE = /(^|\/)(__MACOSX\/|\.)/;
const MOST_BYTES = 4_000_000;
/** A small archive can hold very much: a piece of this size becomes at most 4 MB before its size is looked at. */
const PIECE_BYTES = 4_096;
/** As many as the directory of an ordinary archive can count. */
const MOST_FILES = 65_535;
const METHODS = [0, UnzipInflate.compression];

interface OpenedFile {
  file: string;
  text: string;
  isWhole: boolean;
}

/** Throws ArchiveError. */
export async function textsInZip(archive: ArrayBuffer): Promise<{ file: string; text: string }[]> {
  const bytes = new Uint8Array(archive);
  const opened: OpenedFile[] = [];
  let missing = filesIn(bytes);
  let left = MOST_BYTES;
  const take = (size: number) => {
    left -= size;
    if (left < 0) throw new ArchiveError("The archive holds more than 4 MB of text: import it in parts.");
  };
  const unzip = new Unzip((packed) => {
    missing -= 1;
    if (TEXTS.test(packed.name) && !NOISE.test(packed.name)) opened.push(open(packed, take));
  });
  unzip.register(UnzipInflate);
  orBroken(() => {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      unzip.push(bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length);
    }
  });
  if (missing !== 0 || opened.some(({ isWhole }) => !isWhole)) throw broken();
  if (opened.length === 0) throw new ArchiveError("The archive holds no Markdown files.");
  return opened.map(({ file, text }) => ({ file, text }));
}

/** How many files the directory at the archive's end names. Nothing is unpacked yet. */
function filesIn(bytes: Uint8Array): number {
  let files = 0;
  const count = () => {
    files += 1;
    if (files > MOST_FILES) throw broken();
    return false;
  };
  orBroken(() => unzipSync(bytes, { filter: count }));
  return files;
}

/** The text of the file is there when its last part has come. `take` hears the size of each part, and may throw. */
function open(packed: UnzipFile, take: (bytes: number) => void): OpenedFile {
  const file = packed.name;
  if (!METHODS.includes(packed.compression))
    throw new ArchiveError(`${file} is packed in a way that is not read here: pack it anew as an ordinary ZIP file.`);
  const opened = { file, text: "", isWhole: false };
  const decoder = new TextDecoder();
  packed.ondata = (error, part, isLast) => {
    if (error instanceof ArchiveError) throw error;
    if (error) throw new ArchiveError(`${file} in the archive is damaged: pack it anew.`);
    take(part.length);
    opened.text += decoder.decode(part, { stream: !isLast });
    opened.isWhole = isLast;
  };
  packed.start();
  return opened;
}

function orBroken(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw error instanceof ArchiveError ? error : broken();
  }
}

function broken(): ArchiveError {
  return new ArchiveError("This is no ZIP archive that can be read: choose another file.");
}
