/** Chooses which of a tree's changes belong into a branch or a patch. */
import type { ChangedPath, SnapshotStore } from "../snapshots/port";
import { type Rules, rulesOf } from "./ignoring";

export interface Chosen {
  changes: ChangedPath[];
  /** Number of changed files that the rules of `.gitignore` leave out. */
  ignored: number;
  /** Folders that are repositories of their own, whose files are left out. */
  nested: string[];
}

/** What the repository has, for changes of a folder in a repository. */
export interface Tracked {
  isTracked(path: string): boolean;
  /** Paths of submodules. */
  submodules: readonly string[];
  /** The names of the folder below the top of the repository. */
  prefix: readonly string[];
  /** Rules of folders above the folder, and those that only this copy of the repository has. */
  rulesAbove: readonly Rules[];
  /** The repositories in the folder are what it holds, side by side, and no files of others. */
  isBeside?: boolean;
}

export const NO_REPOSITORY: Tracked = { isTracked: () => false, submodules: [], prefix: [], rulesAbove: [] };

/** Returns the changes without ignored files, unless they are tracked, and without files of nested repositories. */
export async function chosenOf(
  snapshots: Pick<SnapshotStore, "files" | "contents">,
  to: string,
  changes: readonly ChangedPath[],
  tracked: Tracked = NO_REPOSITORY,
): Promise<Chosen> {
  const all = await snapshots.files(to);
  const inside = tracked.isBeside ? [] : nestedIn(all.map(({ path }) => path));
  const nested = [...new Set([...inside, ...tracked.submodules])].sort();
  const outside = changes.filter(({ path }) => !nested.some((folder) => path === folder || isBelow(path, folder)));
  const rules = await rulesOf(
    snapshots,
    all,
    outside.map(({ path }) => path),
    tracked,
  );
  const chosen = outside.filter(
    ({ path }) => tracked.isTracked(path) || !rules.ignores([...tracked.prefix, ...path.split("/")], false),
  );
  const left = nested.filter((folder) => changes.some(({ path }) => isBelow(path, folder)));
  return { changes: chosen, ignored: outside.length - chosen.length, nested: left };
}

/** Whether a folder is no repository and holds some side by side: then their files are what it is about. */
export function holdsRepositories(files: readonly { path: string }[]): boolean {
  const paths = files.map(({ path }) => path);
  return !paths.some((path) => /^\.git(\/|$)/i.test(path)) && nestedIn(paths).size > 0;
}

/** Returns the folders below the top that have a `.git`. */
function nestedIn(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    const at = path.search(/\/\.git(\/|$)/i);
    if (at > 0) folders.add(path.slice(0, at));
  }
  return folders;
}

const isBelow = (path: string, folder: string) => path.startsWith(`${folder}/`);
