/** Whether agents can use git in the folder that a person named, and with which repository. */
import { type GitAround, gitAround, type RememberedGit } from "./git-around";
import { allHiddenPaths, type LinkedGit } from "./path";
import type { PreparedWorkspace } from "./prepare";
import { isAtOrBelow } from "./spelling";

type Named = Pick<PreparedWorkspace, "root" | "hiddenPaths">;

/** `mayName`: whether the person may name the repository's folder, which then is shown like the folder itself. */
export function gitOf({ root, hiddenPaths }: Named, mayName: (folder: string) => boolean): RememberedGit {
  const found = withoutRefused(gitAround(root), hiddenPaths, mayName);
  return { why: found.kind === "off" ? found.why : null, linked: found.kind === "linked" ? found.linked : null };
}

function withoutRefused(
  found: GitAround,
  hiddenPaths: readonly string[],
  mayName: (folder: string) => boolean,
): GitAround {
  if (found.kind !== "linked") return found;
  const why = refusalOf(found.linked, hiddenPaths, mayName);
  return why === null ? found : { kind: "off", why: `Git is off for agents in this folder: its repository ${why}.` };
}

function refusalOf(
  { common }: LinkedGit,
  hiddenPaths: readonly string[],
  mayName: (folder: string) => boolean,
): string | null {
  if (!mayName(common)) return "is in a folder that no admin opened; ask one to open it, or work in a clone";
  const isHidden = allHiddenPaths(hiddenPaths).some((path) => isAtOrBelow(path, common) || isAtOrBelow(common, path));
  return isHidden ? "holds data of Banyan itself, or is in it; name a worktree of another repository" : null;
}
