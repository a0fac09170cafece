/** Writes ended trees as one zip: their rows, large texts and files, snapshots, and a table of contents with hashes. */
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ArchivedFile, type OpenedTreeArchive, UserError } from "@/agents/application";
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchivedRow,
  type ArchivedTreeHead,
  type ArchiveManifest,
  type ArchivePart,
  contentPart,
  MANIFEST,
  packPart,
  rowsPart,
} from "@/core/archive/rows";
import { isEnded, type TaskStatus } from "@/core/log/terms";
import type { ArchivableTree, ReadRow } from "@/db/trees/archived-rows";
import type { Redactor } from "@/lib/secrets/redact";
import type { PackedSnapshot, SnapshotPack } from "@/lib/snapshots/port";
import { zipStream } from "@/lib/zip/zip-stream";
import { type FilesWanted, type PackSources, packOf, renamingOf } from "./files";
import { archiveName, MOST_ARCHIVE_BYTES, MOST_PARTS } from "./names";

export interface ArchiveSources extends PackSources {
  redactor: Pick<Redactor, "redact" | "redactValue">;
  /** The version of Banyan. */
  version: string;
  now(): number;
}

const MOST_TREES = 100;
/** After this many rows the process turns to other work for a moment. */
const ROWS_AT_ONCE = 100;

/** Checks that all trees can be archived, and returns the archive; nothing is read before `read`. Throws UserError. */
export function openTreeArchive(
  sources: ArchiveSources,
  uids: readonly string[],
  files: FilesWanted = "taken",
): OpenedTreeArchive {
  const trees = [...new Set(uids)].map((uid) => endedTree(sources, uid));
  if (trees.length === 0 || trees.length > MOST_TREES)
    throw new UserError("invalid", `Name 1 to ${MOST_TREES} ended trees for one archive.`);
  return {
    name: archiveName(trees, sources.now()),
    trees: trees.map(({ uid, title }) => ({ id: uid, title })),
    read: () => zipStream(parts(sources, trees, files)),
  };
}

function endedTree({ store }: ArchiveSources, uid: string): ArchivableTree {
  const tree = store.archivedRows.head(uid);
  if (!tree || tree.isSystem) throw new UserError("not_found", `No tree ${uid}.`);
  if (tree.endedAtMs === null || !isEnded(tree.status as TaskStatus))
    throw new UserError("conflict", `The tree ${uid} has not ended: wait until it ends, or stop it.`);
  return tree;
}

/** Returns the hash of the rows that an archive of the tree would have now. Throws UserError. */
export async function rowsHash(sources: ArchiveSources, uid: string): Promise<string> {
  const tree = endedTree(sources, uid);
  const writing: Writing = { sources, files: "kept", parts: [], names: new Set(), bytes: 0 };
  for await (const { content } of treeParts(writing, tree)) for await (const _ of content);
  return writing.parts.find(({ name }) => name === rowsPart(uid))?.sha256 ?? "";
}

/** The archive while it is written. */
interface Writing {
  sources: ArchiveSources;
  files: FilesWanted;
  parts: ArchivePart[];
  names: Set<string>;
  bytes: number;
}

async function* parts(
  sources: ArchiveSources,
  trees: readonly ArchivableTree[],
  files: FilesWanted,
): AsyncGenerator<ArchivedFile> {
  const writing: Writing = { sources, files, parts: [], names: new Set(), bytes: 0 };
  for (const tree of trees) {
    yield* treeParts(writing, tree);
    // Somebody may have continued the tree, and then the archive would mix both states.
    if (sources.store.archivedRows.head(tree.uid)?.mark !== tree.mark)
      throw new UserError("conflict", `The tree ${tree.uid} changed while it was archived: archive it again.`);
  }
  const manifest: ArchiveManifest = {
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    banyan: sources.version,
    made_at: new Date(sources.now()).toISOString(),
    trees: trees.map(headOf),
    parts: writing.parts,
  };
  yield plainFile(MANIFEST, only(Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)));
}

function headOf(tree: ArchivableTree): ArchivedTreeHead {
  return {
    id: tree.uid,
    title: tree.title,
    status: tree.status as ArchivedTreeHead["status"],
    created_at: new Date(tree.createdAtMs).toISOString(),
    ended_at: new Date(tree.endedAtMs ?? 0).toISOString(),
    tasks: tree.tasks,
    cost_usd: tree.microUsd / 1_000_000,
    folder: tree.workspace,
  };
}

async function* treeParts(writing: Writing, tree: ArchivableTree): AsyncGenerator<ArchivedFile> {
  const { store } = writing.sources;
  const hashes: string[] = [];
  for (const [index, read] of enumerated(store.archivedRows.rows(tree.id))) {
    if (index % ROWS_AT_ONCE === 0) await nextTurn();
    if (read.content === null) continue;
    const bytes = cleanContent(writing, read);
    const hash = hashOf(bytes);
    hashes.push(hash);
    // Equal contents are there once.
    if (!writing.names.has(contentPart(hash))) yield part(writing, contentPart(hash), only(bytes));
  }
  const pack = await packOf(writing.sources, tree, writing.files);
  try {
    if (pack) yield part(writing, packPart(tree.uid), pack.read());
    yield part(writing, rowsPart(tree.uid), rowLines(writing, tree, hashes, pack));
  } finally {
    pack?.close();
  }
}

async function* rowLines(
  writing: Writing,
  tree: ArchivableTree,
  hashes: readonly string[],
  pack: SnapshotPack | null,
): AsyncGenerator<Buffer> {
  const renamed = renamingOf(pack);
  let next = 0;
  let lines: string[] = [];
  for (const { row, content } of writing.sources.store.archivedRows.rows(tree.id)) {
    const kept = cleanRow(writing, row);
    if (content !== null && "content" in kept) kept.content = hashes[next++] ?? "";
    lines.push(`${renamed(JSON.stringify(kept))}\n`);
    if (lines.length < ROWS_AT_ONCE) continue;
    yield Buffer.from(lines.join(""));
    lines = [];
  }
  for (const { label, commit } of sorted(pack?.snapshots ?? []))
    lines.push(`${JSON.stringify({ row: "snapshot", label, commit })}\n`);
  yield Buffer.from(lines.join(""));
}

function* enumerated<Item>(items: Iterable<Item>): Generator<[number, Item]> {
  let index = 0;
  for (const item of items) yield [index++, item];
}

/** In one order, so that the same tree gives the same rows. */
function sorted(snapshots: readonly PackedSnapshot[]): PackedSnapshot[] {
  return snapshots.toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

/** Returns the row without secrets that were known later than it was written. */
function cleanRow({ sources: { redactor } }: Writing, row: ArchivedRow): ArchivedRow {
  const cleaned = redactor.redactValue(row);
  if (cleaned.row === "message" && cleaned.body !== null && row.row === "message" && row.body !== null)
    return { ...cleaned, body: cleanJson(redactor, row.body) };
  if (cleaned.row === "review" && cleaned.facts !== null && row.row === "review" && row.facts !== null)
    return { ...cleaned, facts: cleanJson(redactor, row.facts) };
  return cleaned;
}

/** A body is JSON, in which a secret may be written with escapes; a file stays as it is, as in every download. */
function cleanContent({ sources: { redactor } }: Writing, { row, content }: ReadRow): Buffer {
  if (content === null) return Buffer.alloc(0);
  if ("bytes" in content) return content.bytes;
  return Buffer.from(row.row === "message" ? cleanJson(redactor, content.text) : redactor.redact(content.text));
}

function cleanJson({ redactValue }: Pick<Redactor, "redactValue">, json: string): string {
  const before = parsed(json);
  const after = JSON.stringify(redactValue(before));
  // The stored text is used as it is when it needs no redaction.
  return after === JSON.stringify(before) ? json : after;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UserError("conflict", "A log of the tree is damaged, so the tree cannot be archived.");
  }
}

function part(writing: Writing, name: string, content: AsyncIterable<Buffer>): ArchivedFile {
  if (writing.parts.length >= MOST_PARTS) throw tooLarge();
  writing.names.add(name);
  return plainFile(name, counted(writing, name, content));
}

async function* counted(writing: Writing, name: string, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
    writing.bytes += chunk.length;
    if (writing.bytes > MOST_ARCHIVE_BYTES) throw tooLarge();
    yield chunk;
  }
  writing.parts.push({ name, bytes, sha256: hash.digest("hex") });
}

function tooLarge(): UserError {
  return new UserError(
    "too_large",
    "An archive may have 2 GB and 60,000 large texts and files: name fewer trees for one archive.",
  );
}

function plainFile(path: string, content: AsyncIterable<Buffer>): ArchivedFile {
  return { path, isExecutable: false, content };
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
