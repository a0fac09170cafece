import { type Change, changesBetween } from "./changes";
import { type Git, requireCommits, runGit } from "./git";
import { createImport } from "./import";
import { realPath, refOf } from "./names";
import type { MergeRequest } from "./port";
import { hold, syncReference } from "./take";

/** Merges three ways without a folder: git writes the merged tree directly into the store. */
export async function mergeSnapshots(
  git: Git,
  { tree, label, base, ours, theirs }: MergeRequest,
): Promise<{ commit: string } | { conflicts: string[] }> {
  const ref = refOf(tree, label);
  await requireCommits(git, base, ours, theirs);
  if (theirs === base || ours === theirs || ours === base) {
    const commit = ours === base ? theirs : ours;
    await hold(git, ref, commit);
    return { commit };
  }
  // Snapshots have no parents, so these two temporary commits give git the base.
  const left = await childCommit(git, ours, base);
  const right = await childCommit(git, theirs, base);
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", left, right];
  const { status, output } = await runGit(git, args, { statuses: [0, 1] });
  const [merged = "", ...names] = output.split("\0");
  const conflicts = status === 1 ? conflictsIn(names) : [];
  const written = await settledIndexes(git, { base, ours, theirs }, conflicts);
  if (written === null) return { conflicts };
  const importing = createImport(git);
  try {
    const deleted = await filledFolders(git, merged);
    const { commit } = await importing.commit({ ref, from: merged, deleted, written });
    await syncReference(git, ref);
    return { commit };
  } finally {
    await importing.abandon();
  }
}

async function childCommit(git: Git, commit: string, parent: string): Promise<string> {
  const { output } = await runGit(git, ["commit-tree", `${commit}^{tree}`, "-p", parent], { input: "" });
  return output.trim();
}

/** Where a file and a folder meet, git names the file `path~commit`. */
function conflictsIn(names: string[]): string[] {
  const paths = names.filter((name) => name !== "").map((name) => realPath(name.replace(/~[0-9a-f]{40}(_\d+)?$/, "")));
  // Git may refuse without naming a file; then the whole folder is the conflict.
  return paths.length === 0 ? ["."] : [...new Set(paths)].sort();
}

const INDEX = /^(.*\/)?\.git\/index$/;
const HISTORY = /^(.*\/)?\.git\/(HEAD|packed-refs|refs\/.*)$/;

/**
 * Resolves conflicts of git indexes. Git rewrites a repository's index at any read of the files, so two sides that only
 * read differ there. The index of the side that moved a branch wins; if neither moved one, they differ at most in
 * staged changes, and ours stays. Returns null when there are other conflicts, or both sides moved a branch of that
 * repository.
 */
async function settledIndexes(
  git: Git,
  { base, ours, theirs }: Pick<MergeRequest, "base" | "ours" | "theirs">,
  conflicts: readonly string[],
): Promise<[string, Change][] | null> {
  if (conflicts.length === 0) return [];
  if (!conflicts.every((path) => INDEX.test(path))) return null;
  const [left, right] = [await changesBetween(git, base, ours), await changesBetween(git, base, theirs)];
  const settled: [string, Change][] = [];
  for (const path of conflicts) {
    const side = !hasMoved(right, path) ? left : hasMoved(left, path) ? null : right;
    const change = side?.find((change) => change.path === path);
    if (!change || change.kind === "deleted") return null;
    settled.push([path, change]);
  }
  return settled;
}

function hasMoved(changes: readonly Change[], index: string): boolean {
  const repository = INDEX.exec(index)?.[1] ?? "";
  return changes.some(({ path }) => {
    const found = HISTORY.exec(path);
    return found !== null && (found[1] ?? "") === repository;
  });
}

/** Returns folders that are marked as empty although one side put something into them. */
async function filledFolders(git: Git, tree: string): Promise<string[]> {
  const { output } = await runGit(git, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree]);
  const paths = output.split("\0").filter(Boolean).map(realPath);
  const empty = new Set(paths.filter((path) => path.endsWith("/")));
  const filled = new Set<string>();
  for (const path of empty.size === 0 ? [] : paths) {
    const isFolder = path.endsWith("/");
    for (
      let slash = path.lastIndexOf("/", path.length - (isFolder ? 2 : 1));
      slash >= 0;
      slash = path.lastIndexOf("/", slash - 1)
    ) {
      const folder = path.slice(0, slash + 1);
      if (empty.has(folder)) filled.add(folder);
      if (slash === 0) break;
    }
  }
  return [...filled];
}
