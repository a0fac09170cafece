/** Reads the text files of a ZIP archive in the browser. */
import { Unzip, type UnzipFile, UnzipInflate, unzipSync } from "fflate";
import { ArchiveError } from "./archive-error";

const TEXTS = /\.(md|markdown|txt)$/i;
/** Files that archivers add on their own. */
const NOISE = /(^|\/)(__MACOSX\/|\.)/;
const MAX_BYTES = 4_000_000;
/** Guards against zip bombs: a chunk of this size can expand to at most 4 MB before its size is checked. */
const CHUNK_BYTES = 4_096;
/** The maximum that the directory of a plain ZIP archive can count. */
const MAX_FILES = 65_535;
const METHODS = [0, UnzipInflate.compression];

interface OpenedFile {
  file: string;
  text: string;
  isWhole: boolean;
}

/** Returns the text files of the archive. Throws ArchiveError. */
export async function textsInZip(archive: ArrayBuffer): Promise<{ file: string; text: string }[]> {
  const bytes = new Uint8Array(archive);
  const opened: OpenedFile[] = [];
  let missing = filesIn(bytes);
  let left = MAX_BYTES;
  const take = (size: number) => {
    left -= size;
    if (left < 0) throw new ArchiveError("The archive holds more than 4 MB of text. Import it in parts.");
  };
  const unzip = new Unzip((packed) => {
    missing -= 1;
    if (TEXTS.test(packed.name) && !NOISE.test(packed.name)) opened.push(open(packed, take));
  });
  unzip.register(UnzipInflate);
  orBroken(() => {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      unzip.push(bytes.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= bytes.length);
    }
  });
  if (missing !== 0 || opened.some(({ isWhole }) => !isWhole)) throw broken();
  if (opened.length === 0) throw new ArchiveError("The archive holds no Markdown files.");
  return opened.map(({ file, text }) => ({ file, text }));
}

/** Returns the number of files in the archive's directory, without unpacking them. */
function filesIn(bytes: Uint8Array): number {
  let files = 0;
  const count = () => {
    files += 1;
    if (files > MAX_FILES) throw broken();
    return false;
  };
  orBroken(() => unzipSync(bytes, { filter: count }));
  return files;
}

/** Unpacks a file; its text is complete when `isWhole` is true. `take` receives the size of each part and may throw. */
function open(packed: UnzipFile, take: (bytes: number) => void): OpenedFile {
  const file = packed.name;
  if (!METHODS.includes(packed.compression))
    throw new ArchiveError(`${file} uses a compression that Banyan cannot read. Pack it again as a plain ZIP file.`);
  const opened = { file, text: "", isWhole: false };
  const decoder = new TextDecoder();
  packed.ondata = (error, part, isLast) => {
    if (error instanceof ArchiveError) throw error;
    if (error) throw new ArchiveError(`${file} in the archive is damaged. Pack it again.`);
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
  return new ArchiveError("Not a readable ZIP archive. Choose another file.");
}
