import { isGitsOwn } from "../workspace/path";
import type { Mode } from "./entries";
import { type Git, runGit } from "./git";
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

/** `path`: the change of this path alone. */
export async function changesBetween(git: Git, from: string, to: string, path?: string): Promise<Change[]> {
  const only = path === undefined ? [] : ["--", storedPath(path)];
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to, ...only];
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

/** Returns whether the path is git's own, and so no part of a person's files. */
export function isGitsPath(path: string): boolean {
  return isGitsOwn(path.split("/"));
}
