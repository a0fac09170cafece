/** Opens an archive that anybody may have made: the code lists what it may hold, and refuses everything else. */
import { createHash } from "node:crypto";
import { UserError } from "@/agents/application";
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchivedRow,
  type ArchiveManifest,
  type ArchivePart,
  contentPart,
  MANIFEST,
  manifestSchema,
  PART,
  packPart,
  rowSchema,
  rowsPart,
} from "@/core/archive/rows";
import { type Blob, blobOf } from "@/db/file/bodies";
import type { ReadTree } from "@/db/trees/archive-check";
import { ArchiveError } from "@/db/trees/archive-check";
import { type OpenedZip, openZipFile } from "@/lib/archive/open-zip";
import { beyondBounds } from "@/lib/net/bounded-json";
import { WorkspaceError } from "@/lib/workspace/path";
import { MOST_ARCHIVE_BYTES, MOST_PARTS } from "./names";

const LIMITS = {
  entries: MOST_PARTS + 1,
  totalBytes: MOST_ARCHIVE_BYTES,
  ratio: 200,
  ratioFromBytes: 64 * 1024 * 1024,
};
const MOST_MANIFEST_BYTES = 32 * 1024 * 1024;
const MOST_CONTENT_BYTES = 64 * 1024 * 1024;
/** Of all rows of a tree, which are in memory while it is read. */
const MOST_ROWS_BYTES = 512 * 1024 * 1024;
const MOST_LINE_BYTES = 8 * 1024 * 1024;
/** A row is flat; the arguments of a call in it are a text. */
const ROW_BOUNDS = { characters: MOST_LINE_BYTES, depth: 4, values: 200 };
const BODY_BOUNDS = { characters: MOST_CONTENT_BYTES, depth: 200, values: 5_000_000 };
const MANIFEST_BOUNDS = { characters: MOST_MANIFEST_BYTES, depth: 5, values: 500_000 };

export interface OpenedArchiveFile {
  manifest: ArchiveManifest;
  /** Reads the rows and contents of a tree and checks their shapes. Throws UserError. */
  readTree(id: string): Promise<ReadTree>;
  /** Returns the snapshots of a tree as one stream, or null. */
  packOf(id: string): AsyncGenerator<Buffer> | null;
  close(): void;
}

/** Reads the whole file once and compares every checksum. Throws UserError with one sentence. */
export async function openArchiveFile(file: string): Promise<OpenedArchiveFile> {
  return refusing(file, async () => {
    const zip = await openZipFile(file, MOST_ARCHIVE_BYTES, LIMITS);
    try {
      const manifest = await readManifest(zip);
      const parts = await checkParts(zip, manifest);
      return {
        manifest,
        readTree: (id) => refusing(file, () => readTree(zip, parts, id)),
        packOf: (id) => (parts.has(packPart(id)) ? contentOf(zip, packPart(id)) : null),
        close: zip.close,
      };
    } catch (error) {
      zip.close();
      throw error;
    }
  });
}

/** Turns everything that can be wrong with an archive into one sentence. */
export async function refusing<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveError)
      throw new UserError("invalid", `The archive ${file} is refused, because ${error.message}.`);
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    throw error;
  }
}

async function readManifest(zip: OpenedZip): Promise<ArchiveManifest> {
  const json = (await wholeOf(zip, MANIFEST, MOST_MANIFEST_BYTES)).toString();
  const value = parsed(json, MANIFEST_BOUNDS, "its table of contents");
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== ARCHIVE_FORMAT) throw new ArchiveError("it is no archive of trees");
  if (version !== ARCHIVE_VERSION)
    throw new ArchiveError(
      `this version of Banyan reads version ${ARCHIVE_VERSION} of archives and it has another one: read it with a newer Banyan`,
    );
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success) throw new ArchiveError("its table of contents has an unknown shape");
  return manifest.data;
}

/** The files are exactly those of the table of contents, with these sizes and hashes. */
async function checkParts(zip: OpenedZip, { trees, parts }: ArchiveManifest): Promise<Map<string, ArchivePart>> {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const isListed = (name: string) => name === MANIFEST || (PART.test(name) && byName.has(name));
  const isSame = byName.size === parts.length && zip.entries.size === parts.length + 1;
  if (!isSame || ![...zip.entries.keys()].every(isListed))
    throw new ArchiveError("it holds other files than its table of contents lists");
  const ids = new Set(trees.map(({ id }) => id));
  if (ids.size !== trees.length || trees.some(({ id }) => !byName.has(rowsPart(id))))
    throw new ArchiveError("a tree is there twice, or without its rows");
  for (const { name, bytes, sha256 } of parts) {
    const owner = name.startsWith("trees/") ? name.split("/")[1] : undefined;
    if (owner !== undefined && !ids.has(owner)) throw new ArchiveError("it holds rows of a tree that it does not list");
    const hash = createHash("sha256");
    let read = 0;
    for await (const chunk of contentOf(zip, name)) {
      hash.update(chunk);
      read += chunk.length;
    }
    const found = hash.digest("hex");
    if (read !== bytes || found !== sha256 || (name.startsWith("contents/") && name !== contentPart(found)))
      throw new ArchiveError("a checksum does not match: it was changed or damaged");
  }
  return byName;
}

async function* contentOf(zip: OpenedZip, name: string): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(name);
  if (!entry) throw new ArchiveError("a part of it is missing");
  try {
    yield* zip.read(entry);
  } catch (error) {
    if (error instanceof WorkspaceError || error instanceof ArchiveError) throw error;
    throw new ArchiveError(`it is damaged (${(error as Error).message.slice(0, 200)})`);
  }
}

async function wholeOf(zip: OpenedZip, name: string, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of contentOf(zip, name)) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ArchiveError(`a part of it has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readTree(zip: OpenedZip, parts: ReadonlyMap<string, ArchivePart>, id: string): Promise<ReadTree> {
  const part = parts.get(rowsPart(id));
  if (!part) throw new ArchiveError("it does not hold this tree");
  if (part.bytes > MOST_ROWS_BYTES) throw new ArchiveError(`a tree has more than ${MOST_ROWS_BYTES} bytes of rows`);
  const rows: ArchivedRow[] = [];
  const contents = new Map<string, Blob>();
  for await (const line of linesOf(contentOf(zip, part.name))) {
    const row = rowSchema.safeParse(parsed(line, ROW_BOUNDS, "a row"));
    if (!row.success) throw new ArchiveError("it has a row of an unknown shape");
    rows.push(row.data);
    await readContent(zip, row.data, contents);
  }
  const tree = rows.find((row) => row.row === "tree");
  if (tree?.id !== id) throw new ArchiveError("it lists a tree under another id");
  return { hash: part.sha256, rows, contents };
}

async function readContent(zip: OpenedZip, row: ArchivedRow, contents: Map<string, Blob>): Promise<void> {
  if (row.row === "message" && row.body !== null) checkDepth(row.body);
  const hash = "content" in row ? row.content : null;
  if (hash === null || contents.has(hash)) return;
  const bytes = await wholeOf(zip, contentPart(hash), MOST_CONTENT_BYTES);
  if (row.row === "message") checkDepth(bytes.toString());
  contents.set(hash, await blobOf(bytes));
}

function checkDepth(body: string): void {
  const beyond = beyondBounds(body, BODY_BOUNDS);
  if (beyond !== null) throw new ArchiveError(`a message is too much: ${beyond}`);
}

function parsed(json: string, bounds: typeof ROW_BOUNDS, what: string): unknown {
  const beyond = beyondBounds(json, bounds);
  if (beyond !== null) throw new ArchiveError(`${what} is too much: ${beyond}`);
  try {
    return JSON.parse(json);
  } catch {
    throw new ArchiveError(`${what} is not valid JSON`);
  }
}

async function* linesOf(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes: Buffer) => {
    try {
      return decoder.decode(bytes);
    } catch {
      throw new ArchiveError("its rows are no text");
    }
  };
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of content) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield decode(Buffer.concat([...rest, chunk.subarray(from, end)]));
      rest = [];
      restBytes = 0;
      from = end + 1;
    }
    const left = Buffer.from(chunk.subarray(from));
    rest.push(left);
    restBytes += left.length;
    if (restBytes > MOST_LINE_BYTES) throw new ArchiveError(`a row has more than ${MOST_LINE_BYTES} bytes`);
  }
  if (restBytes > 0) throw new ArchiveError("its last row is cut");
}
