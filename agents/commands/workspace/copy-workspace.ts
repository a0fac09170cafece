/** Copies the folder that a person named at submission into the tree's own folder. */
import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { indexedPaths } from "@/lib/git/gitlinks";
import { readHead } from "@/lib/git/head";
import { readIndex } from "@/lib/git/read-index";
import { giveToTools } from "@/lib/process/tools-identity";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { configOf } from "@/lib/workspace/git-around";
import { type LinkedGit, WorkspaceError } from "@/lib/workspace/path";
import type { PreparedWorkspace } from "@/lib/workspace/prepare";
import { removeTree } from "@/lib/workspace/remove-tree";

const COPY_MS = 15 * 60_000;
/** Files and folders. */
const MOST_TRACKED = 4_000_000;

/** Returns what the copy is, such as "a copy of /src, on branch main". Throws UserError when there is none. */
export async function copyWorkspace(
  from: PreparedWorkspace,
  to: string,
  { maxBytes, onlySources, linked }: { maxBytes: number; onlySources: boolean; linked: LinkedGit | null },
): Promise<string> {
  const signal = AbortSignal.timeout(COPY_MS);
  const tracked = onlySources ? trackedIn(linked ? join(linked.common, linked.own) : join(from.root, ".git")) : null;
  try {
    await cleanCopy(from.root, to, {
      hiddenPaths: from.hiddenPaths,
      maxBytes,
      signal,
      ...(tracked && { ignoring: tracked }),
    });
    if (linked) await withRepository(linked, to, { hiddenPaths: from.hiddenPaths, maxBytes, signal });
  } catch (error) {
    if (signal.aborted)
      throw new UserError("unavailable", `${from.root} was not copied within 15 minutes: name a smaller folder.`);
    if (error instanceof WorkspaceError) throw new UserError("too_large", tooLarge(from.root, maxBytes));
    throw error;
  }
  const branch = readHead(to)?.branch;
  const of = branch ? `${from.root}, on branch ${branch}` : from.root;
  const without = tracked ? ", without the files that git ignores" : "";
  return `a copy of ${of}${without}`;
}

/** What a repository says about one folder with its files, besides what all of them share. */
const OF_MAIN = [
  "worktrees",
  "modules",
  "index",
  "HEAD",
  "ORIG_HEAD",
  "FETCH_HEAD",
  "MERGE_HEAD",
  "config.worktree",
  "hooks",
];

/** Gives the copy of a linked worktree or a submodule a repository of its own in place of the file that leads to it. */
async function withRepository(
  { common, own }: LinkedGit,
  to: string,
  options: { hiddenPaths: readonly string[]; maxBytes: number; signal: AbortSignal },
): Promise<void> {
  const repository = join(to, ".git");
  rmSync(repository, { force: true });
  const left = own === "" ? [] : OF_MAIN.map((name) => join(common, name));
  await cleanCopy(common, repository, { ...options, hiddenPaths: [...options.hiddenPaths, ...left] });
  const add = (name: string, text: string) => {
    rmSync(join(repository, name), { recursive: true, force: true });
    writeFileSync(join(repository, name), text, { mode: 0o600 });
    giveToTools(join(repository, name));
  };
  if (own !== "") {
    const state = `${repository}-own`;
    await cleanCopy(join(common, own), state, { ...options, hiddenPaths: [...options.hiddenPaths] });
    for (const name of readdirSync(state).filter((name) => !["commondir", "gitdir", "logs", "refs"].includes(name))) {
      rmSync(join(repository, name), { recursive: true, force: true });
      renameSync(join(state, name), join(repository, name));
    }
    await removeTree(state);
  }
  // The files are beside it now; the last value counts.
  add("config", `${configOf(common)}\n[core]\n\tbare = false\n\tworktree = ..\n`);
  add("commondir", ".\n");
}

/**
 * Returns the files that git tracks although its rules would ignore them, and the folders that lead to them; null when its
 * list is too long to read, because then no file may be left out.
 */
function trackedIn(repository: string): { isTracked(path: string): boolean } | null {
  const index = readIndex(join(repository, "index"));
  const paths = index && indexedPaths(index);
  if (paths === null) return null;
  const tracked = new Set<string>();
  for (const path of paths) {
    for (let at = path.length; at > 0 && !tracked.has(path.slice(0, at)); at = path.lastIndexOf("/", at - 1))
      tracked.add(path.slice(0, at));
    if (tracked.size > MOST_TRACKED) return null;
  }
  return { isTracked: (path) => tracked.has(path) };
}

function tooLarge(folder: string, maxBytes: number): string {
  const size = Math.round(maxBytes / 1024 / 1024);
  return `${folder} has more than ${size} MB, the limit BANYAN_MAX_WORKSPACE_MB for a copy: name a smaller folder, or work in the folder itself.`;
}
