/**
 * What git runs, or is told to run, stands in a repository's own folder: settings (`core.fsmonitor`, filters, aliases), hooks,
 * `info/attributes`. In a person's folder these are read-only for whatever an agent runs, since the person's own next
 * `git status` obeys them. Objects, references, the index and logs stay writable: agents commit there.
 */
import fs from "node:fs";
import path from "node:path";
import { SANDBOX_ROOT } from "../workspace/path";
import type { HostMount } from "./mounts";

const REPOSITORY = ".git";
/** In a repository's folder; a submodule's and a worktree's folder has the same. */
const OBEYED = ["config", "config.worktree", "commondir", "gitdir", "hooks", "info"];
/** Made when they are missing: what is not there cannot be shown read-only. */
const FOLDERS = ["hooks", "info"];
const NESTED = ["modules", "worktrees"];
const MOST_NESTED = 200;
const MOST_DEPTH = 4;

/** Mounts over the workspace's own. A folder that is a mount of its own cannot be renamed either. */
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
  const folders = [repository, ...nestedIn(repository, 0)].slice(0, MOST_NESTED);
  return [
    mount(repository, true),
    ...folders.flatMap((folder) => obeyedIn(folder, stat).map((source) => mount(source, false))),
  ];
}

function obeyedIn(folder: string, owner: fs.Stats): string[] {
  if (fs.existsSync(path.join(folder, "HEAD")))
    for (const name of FOLDERS) {
      const missing = path.join(folder, name);
      if (fs.lstatSync(missing, { throwIfNoEntry: false })) continue;
      fs.mkdirSync(missing, { mode: 0o755 });
      if (process.getuid?.() === 0) fs.lchownSync(missing, owner.uid, owner.gid);
    }
  return OBEYED.map((name) => path.join(folder, name)).filter((one) => {
    const found = fs.lstatSync(one, { throwIfNoEntry: false });
    return found !== undefined && (found.isFile() || found.isDirectory());
  });
}

/** The folders of submodules, which may hold some themselves, and of worktrees. */
export function nestedIn(folder: string, depth = 0): string[] {
  if (depth >= MOST_DEPTH) return [];
  return NESTED.flatMap((kind) => foldersBelow(path.join(folder, kind), depth)).slice(0, MOST_NESTED);
}

/** A submodule's folder is named by its path, so it may lie some levels down. */
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
      const one = path.join(folder, name);
      if (fs.existsSync(path.join(one, "HEAD"))) return [one, ...nestedIn(one, depth + 1)];
      return depth < MOST_DEPTH ? foldersBelow(one, depth + 1) : [];
    });
}
