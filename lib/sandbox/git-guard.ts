/**
 * Git runs programs that a repository's own folder names: settings (`core.fsmonitor`, filters, aliases), hooks,
 * `info/attributes`. In a person's folder these are read-only for agents, because the person's next `git status` would
 * run them. Objects, references, the index and logs stay writable, because agents commit.
 */
import fs from "node:fs";
import path from "node:path";
import { NESTED_REPOSITORIES, OBEYED_NAMES } from "../workspace/git-obeys";
import { SANDBOX_ROOT } from "../workspace/path";
import { readPlainFile } from "../workspace/plain-file";
import { isAtOrBelow } from "../workspace/spelling";
import { type HostMount, withAncestors } from "./mounts";

const REPOSITORY = ".git";
/** Created when missing, because a missing path cannot be mounted read-only. */
const FOLDERS = ["hooks", "info"];
/** What leads git to the repository's own folder, as it does without this file. */
export const LEADS_NOWHERE = ".";
/** Stand-ins, created when missing, that change nothing for git. Git refuses an empty `commondir`. */
const FILES: Readonly<Record<string, string>> = {
  config: "",
  "config.worktree": "",
  commondir: `${LEADS_NOWHERE}\n`,
};
const MOST_NESTED = 200;
const MOST_DEPTH = 4;
const MOST_NAME_BYTES = 8_192;

/**
 * Returns mounts over the workspace's own mount. What is mounted cannot be renamed or removed, but the folders above it
 * can, so each of these between the workspace and a guarded path is a mount too.
 */
export function gitGuards(workspace: string, seenAt = SANDBOX_ROOT): HostMount[] {
  const repository = path.join(workspace, REPOSITORY);
  const stat = fs.lstatSync(repository, { throwIfNoEntry: false });
  const mount = (source: string, writable: boolean): HostMount => ({
    source,
    at: `${seenAt}${source.slice(workspace.length)}`,
    writable,
  });
  if (!stat || stat.isSymbolicLink()) return [];
  if (!stat.isDirectory()) return [mount(repository, false)];
  return guardsIn(repository, workspace, seenAt).map(({ source, writable }) => mount(source, writable));
}

/** The same for a repository's own folder. `around`: the folder that is mounted already. */
export function guardsIn(
  repository: string,
  around: string,
  seenAt?: string,
): Pick<HostMount, "source" | "writable">[] {
  const owner = fs.lstatSync(repository);
  const folders = [repository, ...nestedIn(repository, 0)].slice(0, MOST_NESTED);
  return [
    ...withAncestors(folders, around).map((source) => ({ source, writable: !(seenAt && isElsewhere(source, seenAt)) })),
    ...folders.flatMap((folder) => obeyedIn(folder, owner).map((source) => ({ source, writable: false }))),
  ];
}

/**
 * Whether it is the folder of a worktree whose files are not in the sandbox. There `git worktree prune`, which `git gc` runs,
 * takes it for the rest of a removed one and deletes what the person has checked out and staged.
 */
function isElsewhere(folder: string, seenAt: string): boolean {
  if (path.basename(path.dirname(folder)) !== "worktrees") return false;
  const named = readPlainFile(path.join(folder, "gitdir"), MOST_NAME_BYTES)?.toString("utf8").trim() ?? "";
  return path.isAbsolute(named) && !isAtOrBelow(seenAt, path.normalize(named));
}

/** Returns the paths that git obeys in a repository, which is a folder or a file that leads to one; also those that are missing now. */
export function obeyedPaths(repository: string): string[] {
  const stat = fs.lstatSync(repository, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [repository] : [];
  return [repository, ...nestedIn(repository)].flatMap((folder) => OBEYED_NAMES.map((name) => path.join(folder, name)));
}

function obeyedIn(folder: string, owner: fs.Stats): string[] {
  if (fs.existsSync(path.join(folder, "HEAD"))) makeStandIns(folder, owner);
  return OBEYED_NAMES.map((name) => path.join(folder, name)).filter((file) => {
    const found = fs.lstatSync(file, { throwIfNoEntry: false });
    return found !== undefined && (found.isFile() || found.isDirectory());
  });
}

/** They stay afterwards: removing a file also removes the mounts over it in sandboxes that still run. */
function makeStandIns(folder: string, owner: fs.Stats): void {
  const make = (name: string, create: (missing: string) => void) => {
    const missing = path.join(folder, name);
    if (fs.lstatSync(missing, { throwIfNoEntry: false })) return;
    create(missing);
    if (process.getuid?.() === 0) fs.lchownSync(missing, owner.uid, owner.gid);
  };
  for (const name of FOLDERS) make(name, (missing) => fs.mkdirSync(missing, { mode: 0o755 }));
  for (const [name, text] of Object.entries(FILES))
    make(name, (missing) => fs.writeFileSync(missing, text, { flag: "wx", mode: 0o644 }));
}

/** Returns the folders of submodules, nested ones included, and of worktrees. */
export function nestedIn(folder: string, depth = 0): string[] {
  if (depth >= MOST_DEPTH) return [];
  return NESTED_REPOSITORIES.flatMap((kind) => foldersBelow(path.join(folder, kind), depth)).slice(0, MOST_NESTED);
}

/** A submodule's folder is named after its path, so it may be some levels down. */
function foldersBelow(folder: string, depth: number): string[] {
  let names: fs.Dirent[];
  try {
    names = fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return names
    .filter((name) => name.isDirectory())
    .slice(0, MOST_NESTED)
    .flatMap(({ name }) => {
      const file = path.join(folder, name);
      if (fs.existsSync(path.join(file, "HEAD"))) return [file, ...nestedIn(file, depth + 1)];
      return depth < MOST_DEPTH ? foldersBelow(file, depth + 1) : [];
    });
}
