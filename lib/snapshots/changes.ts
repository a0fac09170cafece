import { isGitsOwn } from "../workspace/path";
import { createPace } from "./entries";
import { type Git, runGit } from "./git";
import type { Entries, Mode } from "./listing";
import { realPath, storedPath } from "./names";

/** A path that differs between two snapshots. */
export interface Change {
  /** The path of an empty folder ends in "/". */
  path: string;
  kind: "added" | "modified" | "deleted";
  /** Whether a file became a link, or a link a file. */
  isOtherType: boolean;
  mode: Mode;
  oid: string;
  /** The side before the change; null for an added path. */
  before: { mode: Mode; oid: string } | null;
}

/** Git's name of the empty tree, which exists in every store. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Returns what differs between two snapshots, or since the empty tree, in git's order. `path`: of this path alone. */
export async function changesBetween(git: Git, from: string, to: string, path?: string): Promise<Change[]> {
  const [before, after] = [entriesKnown(git, from), entriesKnown(git, to)];
  if (path === undefined && before && after) return compared(before, after);
  const only = path === undefined ? [] : ["--", storedPath(path)];
  const args = [
    "--literal-pathspecs",
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    from,
    to,
    ...only,
  ];
  const fields = (await runGit(git, args)).output.split("\0");
  const changes: Change[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [old = "", mode = "", oldOid = "", oid = "", letter = ""] = (fields[index] ?? "").split(" ");
    const kind = letter === "A" ? "added" : letter === "D" ? "deleted" : "modified";
    const before = kind === "added" ? null : { mode: old.slice(1) as Mode, oid: oldOid };
    const name = realPath(fields[index + 1] ?? "");
    changes.push({ path: name, kind, isOtherType: letter === "T", mode: mode as Mode, oid, before });
  }
  return changes;
}

function entriesKnown(git: Git, commit: string): Entries | undefined {
  return commit === EMPTY_TREE ? new Map() : git.listings.get(commit)?.entries;
}

const LINK = "120000";
/** What git says of a side that is not there. */
const NONE = { mode: "000000" as Mode, oid: "0".repeat(40) };

async function compared(before: Entries, after: Entries): Promise<Change[]> {
  const changes: Change[] = [];
  const pace = createPace();
  for (const [path, { mode, oid }] of after) {
    const old = before.get(path);
    if (pace.isDue()) await pace.yield();
    if (old?.mode === mode && old.oid === oid) continue;
    const isOtherType = old !== undefined && (old.mode === LINK) !== (mode === LINK);
    const kind = old ? "modified" : "added";
    changes.push({ path, kind, isOtherType, mode, oid, before: old ? { mode: old.mode, oid: old.oid } : null });
  }
  for (const [path, { mode, oid }] of before) {
    if (pace.isDue()) await pace.yield();
    if (!after.has(path)) changes.push({ path, kind: "deleted", isOtherType: false, ...NONE, before: { mode, oid } });
  }
  const keys = new Map(changes.map((change) => [change, Buffer.from(storedPath(change.path))]));
  return changes.sort((a, b) => Buffer.compare(keys.get(a) as Buffer, keys.get(b) as Buffer));
}

/** Returns whether the path is git's own, and so no part of a person's files. */
export function isGitsPath(path: string): boolean {
  return isGitsOwn(path.split("/"));
}
