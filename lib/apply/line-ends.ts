/**
 * Files with `eol=crlf` end their lines with CRLF in the folder and with LF in commits. Snapshots hold the folder's form, so
 * without this every change of such a file would contradict the commit.
 */
import { createHash } from "node:crypto";
import { GitError } from "../git/run";
import type { ChangedPath, ChangedSide } from "../snapshots/port";
import { git, type Scratch, stored } from "./scratch";

/** Larger files stay as they are. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Returns the changes with both sides in the commit's form where it differs from the folder's by ends of lines alone. */
export async function asCommitted(
  scratch: Scratch,
  changes: readonly ChangedPath[],
  committed: ReadonlyMap<string, string>,
): Promise<ChangedPath[]> {
  const found: ChangedPath[] = [];
  for (const change of changes) found.push(await changeAsCommitted(scratch, change, committed.get(change.path)));
  return found;
}

async function changeAsCommitted(
  scratch: Scratch,
  change: ChangedPath,
  committed: string | undefined,
): Promise<ChangedPath> {
  const { before, after } = change;
  if (before === null || committed === undefined || before.oid === committed) return change;
  const former = await withLf(scratch, before);
  if (former === null || blobName(former) !== committed) return change;
  const next = after && (await withLf(scratch, after));
  const oid = next && (await stored(scratch, next));
  return { ...change, before: { ...before, oid: committed }, after: after && oid ? { ...after, oid } : after };
}

/** Returns null for a link, and for a file that is too large. */
async function withLf(scratch: Scratch, { mode, oid }: ChangedSide): Promise<Buffer | null> {
  if (mode === "120000") return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onOutput = (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(Buffer.from(chunk));
    return bytes > MOST_BYTES ? "The file is too large." : undefined;
  };
  try {
    await git(scratch, ["cat-file", "blob", oid], { onOutput });
  } catch (error) {
    if (error instanceof GitError && bytes > MOST_BYTES) return null;
    throw error;
  }
  // Each byte is a character, so other encodings stay as they are.
  return Buffer.from(Buffer.concat(chunks).toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}

function blobName(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
