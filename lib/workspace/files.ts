import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { promisify } from "node:util";
import { readMediaFile } from "@/lib/media/media-file";
import { type Edit, edited } from "./edited";
import { endsWithCrlf, withLineEnds } from "./line-ends";
import { linkRefusal, linkTarget } from "./links";
import {
  childOf,
  createFile,
  errorCode,
  giveToOwnerOf,
  type OpenOptions,
  openDirectory,
  openFileForReading,
  sentenceFor,
} from "./open";
import { partsInside, requireWritable, WorkspaceError, type WorkspaceView } from "./path";
import { inForm, type ReadText, readForm } from "./text-form";

const read = promisify(fs.read);
const write = promisify(fs.write);
const CHUNK_BYTES = 256 * 1024;

/** The largest file that is read or written as a whole. */
export const FILE_LIMIT_BYTES = 10 * 1024 * 1024;

/** Yields chunks of an open file, so that a huge file is never in memory. The buffer is reused: copy what you keep. */
export async function* readChunks(fd: number, limitBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  while (position < limitBytes) {
    const { bytesRead } = await read(fd, buffer, 0, Math.min(CHUNK_BYTES, limitBytes - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Returns a file's text, UTF-16 by its byte order mark or else UTF-8, without the mark; null for a binary file. */
export function decodeText(bytes: Buffer): string | null {
  const read = readForm(bytes);
  return read && (read.form.encoding === "bytes" ? bytes.toString("utf8") : read.text);
}

export async function readAll(fd: number, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(fd, limitBytes)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** How a tool reads: through links that lead to a file of the workspace. */
const AS_TOOL = { followsLinks: true };

/**
 * Reads a whole text file, UTF-16 by its byte order mark or else UTF-8, without the mark. Invalid UTF-8 becomes U+FFFD.
 * Throws a `WorkspaceError` with one sentence.
 */
export async function readTextFile(
  view: WorkspaceView,
  given: string,
  limitBytes = FILE_LIMIT_BYTES,
  how: OpenOptions = {},
): Promise<string> {
  const bytes = await readWhole(view, given, limitBytes, how);
  const text = decodeText(bytes);
  if (text === null) throw notText(given, bytes);
  return text;
}

/** Reads a text file as a tool does. */
export function readTextAsTool(view: WorkspaceView, given: string, limitBytes?: number): Promise<string> {
  return readTextFile(view, given, limitBytes, AS_TOOL);
}

/** Reads a text file as `readTextAsTool` does, or the bytes of an image or a PDF file. */
export async function readTextOrMedia(
  view: WorkspaceView,
  given: string,
): Promise<{ text: string } | { bytes: Buffer }> {
  const bytes = await readWhole(view, given, FILE_LIMIT_BYTES, AS_TOOL);
  if (readMediaFile(bytes)) return { bytes };
  const text = decodeText(bytes);
  if (text === null) throw notText(given, bytes);
  return { text };
}

/** Edits a text file; returns the number of replaced places. Bytes outside the edit stay as they are. */
export async function editTextFile(view: WorkspaceView, edit: Edit): Promise<{ count: number }> {
  const bytes = await readWhole(view, edit.path, FILE_LIMIT_BYTES, {});
  const read = readForm(bytes);
  if (read === null) throw notText(edit.path, bytes);
  const { text, count } = edited(read, edit);
  await writeFileAtomically(view, edit.path, inForm(text, read.form));
  return { count };
}

/** Creates a text file, or replaces its text in the form that it has: encoding, byte order mark, and line ends of Windows. */
export async function writeTextFile(
  view: WorkspaceView,
  given: string,
  content: string,
): Promise<{ created: boolean; sizeBytes: number }> {
  const before = await formBefore(view, given);
  if (before === null) return writeFileAtomically(view, given, content);
  const text = keptLineEnds(before.text, content.replace(/^\uFEFF/, ""));
  return writeFileAtomically(view, given, inForm(text, before.form));
}

/** Returns the new content of a file, with CRLF at the end of each line where every line of the file ends so. */
export function keptLineEnds(before: string, content: string): string {
  return endsWithCrlf(before) ? withLineEnds(content, "\r\n") : content;
}

/** Returns the text that is there, with its form; null where none is whose form could stay. */
async function formBefore(view: WorkspaceView, given: string): Promise<ReadText | null> {
  const bytes = await readWhole(view, given, FILE_LIMIT_BYTES, {}).catch((error: unknown) => {
    if (error instanceof WorkspaceError) return null;
    throw error;
  });
  const read = bytes && readForm(bytes);
  return read && read.form.encoding !== "bytes" ? read : null;
}

function notText(given: string, bytes: Buffer): WorkspaceError {
  return new WorkspaceError(`${JSON.stringify(given)} is a binary file of ${bytes.length} bytes, not text.`);
}

async function readWhole(view: WorkspaceView, given: string, limitBytes: number, how: OpenOptions): Promise<Buffer> {
  const { fd, stat } = openFileForReading(view, given, how);
  const shown = JSON.stringify(given);
  try {
    if (stat.size > limitBytes) {
      throw new WorkspaceError(
        `${shown} has ${stat.size} bytes, more than the ${limitBytes} that can be read at once; use search_files to find the part you need.`,
      );
    }
    return await readAll(fd, limitBytes);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Replaces or creates a file so that a reader sees the old or the new content, never a part: it writes a temporary file
 * in the same folder and renames it. Creates missing parent folders. Returns whether the file is new.
 */
export async function writeFileAtomically(
  view: WorkspaceView,
  given: string,
  content: string | Buffer,
  limitBytes = FILE_LIMIT_BYTES,
): Promise<{ created: boolean; sizeBytes: number }> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  if (bytes.length > limitBytes) {
    throw new WorkspaceError(
      `The content for ${JSON.stringify(given)} has ${bytes.length} bytes, more than the ${limitBytes} allowed; write fewer bytes.`,
    );
  }
  const { created } = await writeChunksAtomically(view, given, [bytes]);
  return { created, sizeBytes: bytes.length };
}

/** Does the same for a file in chunks. An error of the source is passed on, and the file stays unchanged. */
export async function writeChunksAtomically(
  view: WorkspaceView,
  given: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<{ created: boolean }> {
  const shown = JSON.stringify(given);
  const parts = partsInside(view, given);
  const name = parts.pop();
  if (name === undefined || given.endsWith("/")) throw new WorkspaceError(`${shown} names a folder; name a file.`);
  requireWritable(view, [...parts, name], given);
  let directoryFd: number;
  try {
    directoryFd = openDirectory(view.root, parts, 0o755);
  } catch (error) {
    throw sentenceFor(error, given);
  }
  try {
    const existing = fs.lstatSync(childOf(directoryFd, name), { throwIfNoEntry: false });
    if (existing) refuseToReplace(existing, shown, () => linkTarget(view, [...parts, name]));
    await replaceFile(directoryFd, name, chunks, existing ? existing.mode & 0o777 : 0o644);
    return { created: existing === undefined };
  } catch (error) {
    // An error without a code comes from the source, which has its own message.
    throw errorCode(error) === "" ? error : sentenceFor(error, given);
  } finally {
    fs.closeSync(directoryFd);
  }
}

function refuseToReplace(existing: fs.Stats, shown: string, targetOf: () => string | null): void {
  if (existing.isSymbolicLink()) throw new WorkspaceError(linkRefusal(shown, targetOf()));
  if (existing.isDirectory()) throw new WorkspaceError(`${shown} is a folder; name a file.`);
  if (!existing.isFile()) throw new WorkspaceError(`${shown} is not a regular file.`);
}

async function replaceFile(
  directoryFd: number,
  name: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  mode: number,
): Promise<void> {
  const temporary = `.banyan-${randomBytes(6).toString("hex")}.tmp`;
  const fd = createFile(directoryFd, temporary, 0o600);
  try {
    try {
      for await (const bytes of chunks) {
        for (let done = 0; done < bytes.length; ) done += (await write(fd, bytes, done)).bytesWritten;
      }
      giveToOwnerOf(directoryFd, fd);
      fs.fchmodSync(fd, mode);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(childOf(directoryFd, temporary), childOf(directoryFd, name));
  } catch (error) {
    removeQuietly(childOf(directoryFd, temporary));
    throw error;
  }
}

function removeQuietly(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
