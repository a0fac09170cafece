import fs from "node:fs";
import zlib from "node:zlib";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { writeChunksAtomically } from "../workspace/files";
import { errorCode, openDirectory, openFileForReading, pathOf, sentenceFor } from "../workspace/open";
import { partsInside, requireFillable, requireWritable, WorkspaceError, type WorkspaceView } from "../workspace/path";
import { readContents, type ZipContents, type ZipLimits } from "./zip-entries";

export interface ExtractOptions {
  signal: AbortSignal;
  /** Called after each written chunk. */
  onActivity?(): void;
  limits?: Partial<ZipLimits>;
}

export interface Extracted {
  files: number;
  bytes: number;
  /** Links and special files. */
  leftOut: number;
}

const ARCHIVE_MAX_BYTES = 512 * 1024 * 1024;
const LIMITS: ZipLimits = {
  entries: 10_000,
  totalBytes: 512 * 1024 * 1024,
  ratio: 200,
  ratioFromBytes: 16 * 1024 * 1024,
};

/**
 * Unpacks a zip file of the workspace into a missing or empty folder. Does not unpack archives inside it. Throws a
 * `WorkspaceError` with one sentence that also says what was written, or the signal's reason.
 */
export async function extractZip(
  view: WorkspaceView,
  archive: string,
  folder: string,
  options: ExtractOptions,
): Promise<Extracted> {
  const limits = { ...LIMITS, ...options.limits };
  return withContents(view, { archive, folder, limits }, (zip, contents, parts) =>
    writeOut(view, zip, contents, parts, { ...options, archive }),
  );
}

/** Returns the paths that `extractZip` would write. Reads only the table of contents. Throws the same `WorkspaceError`. */
export async function listZip(view: WorkspaceView, archive: string, folder: string): Promise<string[]> {
  return withContents(view, { archive, folder, limits: LIMITS }, async (_zip, { files }, parts) =>
    files.map(({ name }) => [...parts, name].join("/")),
  );
}

async function withContents<Result>(
  view: WorkspaceView,
  { archive, folder, limits }: { archive: string; folder: string; limits: ZipLimits },
  work: (zip: ZipFile, contents: ZipContents, parts: string[]) => Promise<Result>,
): Promise<Result> {
  const parts = partsInside(view, folder);
  refuseFullFolder(view, parts, folder);
  const { fd, stat } = openFileForReading(view, archive);
  const zip = await openZip(fd, stat.size, archive);
  try {
    const contents = await readContents(zip, stat.size, limits).catch((error: unknown) => {
      throw error instanceof WorkspaceError ? error : damaged(archive, error, "nothing was written");
    });
    refuseUnwritable(view, contents, parts);
    return await work(zip, contents, parts);
  } finally {
    zip.close();
  }
}

function refuseFullFolder(view: WorkspaceView, parts: readonly string[], given: string): void {
  let fd: number;
  try {
    fd = openDirectory(view.root, parts);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw sentenceFor(error, given);
  }
  try {
    if (fs.readdirSync(pathOf(fd)).length === 0) return;
  } finally {
    fs.closeSync(fd);
  }
  throw new WorkspaceError(`The folder ${JSON.stringify(given)} is not empty; name a new folder to unpack into.`);
}

/** Before anything is written: a folder that was made would stay behind in a place where no tool may write. */
function refuseUnwritable(view: WorkspaceView, { files, folders }: ZipContents, parts: readonly string[]): void {
  const inside = (name: string) => [...parts, name].filter(Boolean).join("/");
  for (const name of ["", ...folders]) requireFillable(view, partsInside(view, inside(name)), inside(name));
  for (const { name } of files) requireWritable(view, partsInside(view, inside(name)), inside(name));
}

/** Takes over the descriptor: closing the archive closes it. */
async function openZip(fd: number, sizeBytes: number, archive: string): Promise<ZipFile> {
  try {
    if (sizeBytes > ARCHIVE_MAX_BYTES) {
      throw new WorkspaceError(
        `${JSON.stringify(archive)} has ${sizeBytes} bytes, more than the ${ARCHIVE_MAX_BYTES} that an archive may have.`,
      );
    }
    // Names are decoded and checked one by one, so that each refusal has our own sentence.
    return await fromFdPromise(fd, { lazyEntries: true, autoClose: false, decodeStrings: false });
  } catch (error) {
    fs.closeSync(fd);
    if (error instanceof WorkspaceError) throw error;
    throw new WorkspaceError(`${JSON.stringify(archive)} is not a readable zip archive (${reasonOf(error)}).`);
  }
}

async function writeOut(
  view: WorkspaceView,
  zip: ZipFile,
  { files, folders, leftOut }: ZipContents,
  parts: readonly string[],
  options: ExtractOptions & { archive: string },
): Promise<Extracted> {
  const done: Extracted = { files: 0, bytes: 0, leftOut };
  const inside = (name: string) => [...parts, name].join("/");
  try {
    for (const name of ["", ...folders]) fs.closeSync(openDirectory(view.root, partsInside(view, inside(name)), 0o755));
    for (const { name, entry } of files) {
      options.signal.throwIfAborted();
      await writeChunksAtomically(view, inside(name), contentOf(zip, entry, options));
      done.files += 1;
      done.bytes += entry.uncompressedSize;
    }
    return done;
  } catch (error) {
    options.signal.throwIfAborted();
    const written = `${done.files} files with ${done.bytes} bytes were written before it stopped`;
    if (error instanceof WorkspaceError) throw new WorkspaceError(`${error.message} (${written})`);
    throw damaged(options.archive, error, written);
  }
}

/**
 * Yields the content. The reader checks the size as the bytes arrive, so an entry never gives more than its table of
 * contents declares.
 */
async function* contentOf(zip: ZipFile, entry: Entry, { signal, onActivity }: ExtractOptions): AsyncGenerator<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  let checksum = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      checksum = zlib.crc32(chunk, checksum);
      yield chunk;
      onActivity?.();
    }
  } catch (error) {
    // A system error code here comes from the archive, and must not be taken for an error of the written file.
    throw signal.aborted ? signal.reason : new Error(reasonOf(error));
  }
  if (checksum !== entry.crc32) throw new Error("a checksum does not match");
}

function damaged(archive: string, error: unknown, written: string): WorkspaceError {
  return new WorkspaceError(`${JSON.stringify(archive)} is damaged (${reasonOf(error)}); ${written}.`);
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
