import { type Git, requireCommits, runGit } from "./git";
import { createImport } from "./import";
import { realPath, refOf } from "./names";
import type { MergeRequest } from "./port";
import { hold, syncReference } from "./take";

/** Three-way merge without a folder: git writes the merged tree straight into the store. */
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
  // Snapshots have no parents. Git finds the base through these two, which nobody refers to afterwards.
  const left = await childCommit(git, ours, base);
  const right = await childCommit(git, theirs, base);
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", left, right];
  const { status, output } = await runGit(git, args, { statuses: [0, 1] });
  const [merged = "", ...names] = output.split("\0");
  if (status === 1) return { conflicts: conflictsIn(names) };
  const importing = createImport(git);
  try {
    const deleted = await filledFolders(git, merged);
    const commit = await importing.commit({ ref, from: merged, deleted, written: [] });
    syncReference(git, ref);
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
  // Git may refuse without naming a file; then it is the folder as a whole.
  return paths.length === 0 ? ["."] : [...new Set(paths)].sort();
}

/** Folders that stand as empty although one side has put something there. */
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
