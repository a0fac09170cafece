import type { Mode } from "./entries";
import { type Git, runGit } from "./git";
import { realPath } from "./names";

/** A path that differs between two snapshots. */
export interface Change {
  /** The path of an empty folder ends in "/". */
  path: string;
  kind: "added" | "modified" | "deleted";
  /** Whether a file became a link, or a link a file. */
  isOtherType: boolean;
  mode: Mode;
  oid: string;
}

export async function changesBetween(git: Git, from: string, to: string): Promise<Change[]> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to];
  const fields = (await runGit(git, args)).output.split("\0");
  const changes: Change[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, mode = "", , oid = "", letter = ""] = (fields[index] ?? "").split(" ");
    const kind = letter === "A" ? "added" : letter === "D" ? "deleted" : "modified";
    const path = realPath(fields[index + 1] ?? "");
    changes.push({ path, kind, isOtherType: letter === "T", mode: mode as Mode, oid });
  }
  return changes;
}
