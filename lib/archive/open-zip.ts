/** Opens a zip that a stranger may have made, for reading single entries. `zip-entries.ts` checks its table of contents. */
import fs from "node:fs";
import zlib from "node:zlib";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { WorkspaceError } from "../workspace/path";
import { readContents, type ZipLimits } from "./zip-entries";

export interface OpenedZip {
  /** The files by their names. */
  entries: ReadonlyMap<string, Entry>;
  /** Yields the content. It ends with an error where size or checksum differ from the table of contents. */
  read(entry: Entry): AsyncGenerator<Buffer>;
  close(): void;
}

/** Throws a `WorkspaceError` with one sentence; a link, a folder or a special file in it is refused as well. */
export async function openZipFile(file: string, mostBytes: number, limits: ZipLimits): Promise<OpenedZip> {
  const shown = JSON.stringify(file);
  const fd = openPlainFile(file, shown);
  let zip: ZipFile | null = null;
  try {
    const { size } = fs.fstatSync(fd);
    if (size > mostBytes) throw new WorkspaceError(`${shown} has ${size} bytes, more than the ${mostBytes} allowed.`);
    const opened = await fromFdPromise(fd, { lazyEntries: true, autoClose: false, decodeStrings: false });
    zip = opened;
    const { files, folders, leftOut } = await readContents(opened, size, limits);
    if (folders.length > 0 || leftOut > 0)
      throw new WorkspaceError(`${shown} holds folders, links or special files, which no archive has.`);
    return {
      entries: new Map(files.map(({ name, entry }) => [name, entry])),
      read: (entry) => contentOf(opened, entry),
      close: () => opened.close(),
    };
  } catch (error) {
    if (zip) zip.close();
    else fs.closeSync(fd);
    if (error instanceof WorkspaceError) throw error;
    throw new WorkspaceError(`${shown} is not a readable zip archive (${(error as Error).message.slice(0, 200)}).`);
  }
}

/** Never waits, also for a pipe. */
function openPlainFile(file: string, shown: string): number {
  let fd: number;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    throw new WorkspaceError(`${shown} cannot be read (${(error as Error).message.slice(0, 200)}).`);
  }
  if (fs.fstatSync(fd).isFile()) return fd;
  fs.closeSync(fd);
  throw new WorkspaceError(`${shown} is no file.`);
}

async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  let checksum = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    checksum = zlib.crc32(chunk, checksum);
    yield chunk;
  }
  if (checksum !== entry.crc32) throw new WorkspaceError("A checksum does not match.");
}
