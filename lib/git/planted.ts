/** Finds repositories that appeared in a person's folder, and what the person's next `git status` would run there. */
import fs from "node:fs";
import path from "node:path";
import { LEADS_NOWHERE, nestedIn } from "../sandbox/git-guard";
import { realPathOf } from "../workspace/path";
import { walk } from "../workspace/walk";
import { gitlinksIn } from "./gitlinks";
import { readIndex } from "./read-index";
import { mayRun } from "./settings-that-run";

/** Larger folders are not searched completely, so deeper repositories in them are not reported. */
const MOST_ENTRIES = 50_000;
const MOST_CONFIG_BYTES = 256 * 1024;
/** The files of a split index. Git removes those that it no longer needs. */
const MOST_INDEXES = 100;
const UNCHECKED = "which is too long to be checked";
const SETTINGS = ["config", "config.worktree"];
const SKIPPED = new Set(["node_modules", ".venv", "target", "dist"]);

/**
 * Returns the repositories in the workspace by relative path: `.git` as a folder or file, bare ones, and those that an
 * index names, wherever they are. Each maps to the text that git obeys there, so that a change of it is noticed.
 */
export async function repositoriesIn(workspace: string, signal: AbortSignal): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const inspect = (repository: string) => {
    if (fs.lstatSync(path.join(workspace, repository), { throwIfNoEntry: false }))
      found.set(repository, obeyedAt(workspace, path.join(workspace, repository)));
  };
  try {
    const entries = walk(workspace, [], {
      signal,
      maxEntries: MOST_ENTRIES,
      enters: (folder) => !SKIPPED.has(path.basename(folder)) && path.basename(folder) !== ".git" && !found.has(folder),
    });
    for await (const { path: at, name, kind } of entries) {
      // The folder is not searched, but may itself be a repository.
      if (kind === "directory" && SKIPPED.has(name)) inspect(path.join(at, ".git"));
      const isRepository = name === ".git" || (kind === "directory" && isBare(path.join(workspace, at)));
      if (isRepository) found.set(at, obeyedAt(workspace, path.join(workspace, at)));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // The folder is too large, or changed during the search; the repositories found so far count.
  }
  // The map grows meanwhile: a submodule may have submodules.
  for (const [repository, obeyed] of found) {
    const submodules = submodulesOf(workspace, repository);
    if (submodules === null) found.set(repository, `${obeyed}\n${UNCHECKED}`);
    for (const file of submodules ?? []) inspect(file);
  }
  return found;
}

/**
 * Returns where a person's `git status` enters a repository because the index of another names it; null when the index is
 * too long to read.
 */
function submodulesOf(workspace: string, repository: string): string[] | null {
  if (path.basename(repository) !== ".git") return [];
  const files = path.dirname(repository);
  const folder = folderOf(workspace, path.join(workspace, repository));
  if (folder === null) return [];
  const shared = names(folder).filter((name) => name.startsWith("sharedindex."));
  if (shared.length >= MOST_INDEXES) return null;
  const found = new Set<string>();
  for (const name of ["index", ...shared]) {
    const index = readIndex(path.join(folder, name));
    const named = index && gitlinksIn(index, shared.length > 0);
    if (named === null) return null;
    for (const name of named) {
      const submodule = path.join(files, name, ".git");
      const at = path.join(workspace, submodule);
      // Most paths of a split index are files, and the first question is the cheaper one.
      if (isThere(at) && isInside(workspace, at)) found.add(submodule);
    }
  }
  return [...found];
}

/** Also answers for a path that no system call takes, such as one with a NUL. */
function isThere(file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Returns the folder that a `.git` is or names; null outside the workspace, where no command of an agent writes. */
function folderOf(workspace: string, repository: string): string | null {
  const stat = fs.lstatSync(repository, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return repository;
  if (stat?.isSymbolicLink()) return isInside(workspace, repository) ? realPathOf(repository) : null;
  const named = /^gitdir: (.+)/.exec(read(repository))?.[1];
  if (named === undefined) return null;
  const folder = path.resolve(path.dirname(repository), named.trimEnd());
  return isInside(workspace, folder) ? folder : null;
}

/** Also of the path without links. */
function isInside(workspace: string, file: string): boolean {
  return realPathOf(file)?.startsWith(`${realPathOf(workspace)}/`) ?? false;
}

function obeyedAt(workspace: string, repository: string): string {
  const folder = folderOf(workspace, repository);
  return [read(repository), ...(folder === null ? [] : [folder, ...nestedIn(folder)].map(obeyedIn))].join("\n");
}

/** `commondir` counts, because it leads git to another folder. */
function obeyedIn(folder: string): string {
  const hooks = path.join(folder, "hooks");
  return [
    ...SETTINGS.map((name) => read(path.join(folder, name))),
    ledTo(folder),
    ...names(hooks).map((name) => name + read(path.join(hooks, name))),
  ].join("\n");
}

function isBare(folder: string): boolean {
  const has = (name: string) => fs.existsSync(path.join(folder, name));
  return has("HEAD") && (has("commondir") || (has("objects") && has("refs")));
}

/** Returns what the repository would run on this machine, as parts of a sentence; empty when nothing is known. */
export function wouldRun(workspace: string, repository: string): string[] {
  const folder = path.join(workspace, repository);
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [`${repository} leads git to another folder`];
  const shown = (file: string) => file.slice(workspace.length + 1);
  return [
    ...runsFrom(workspace, folder),
    ...leadsAway(folder, shown(folder)),
    ...(submodulesOf(workspace, repository) === null ? [`submodules in ${shown(folder)}/index, ${UNCHECKED}`] : []),
    ...nestedIn(folder).flatMap((folder) => [
      ...runsFrom(workspace, folder),
      // A worktree leads to the repository around it, which is checked too.
      ...(path.basename(path.dirname(folder)) === "worktrees" && ledTo(folder) === "../.."
        ? []
        : leadsAway(folder, shown(folder))),
    ]),
  ];
}

function runsFrom(workspace: string, folder: string): string[] {
  const shown = folder.slice(workspace.length + 1);
  // Only paths inside the workspace count; a checkout must not write to a person's files elsewhere.
  const isBelow = (given: string) =>
    /^[\w./ -]+$/.test(given) && !given.startsWith("/") && path.resolve(folder, given).startsWith(`${workspace}/`);
  const hooks = names(path.join(folder, "hooks")).filter((name) => !name.endsWith(".sample"));
  return [
    ...SETTINGS.filter(
      (name) => isTooLong(path.join(folder, name)) || mayRun(read(path.join(folder, name)), isBelow),
    ).map((name) => `settings in ${shown}/${name} that name programs or other settings`),
    ...(hooks.length > 0 ? [`hooks (${hooks.slice(0, 10).join(", ")}) in ${shown}/hooks`] : []),
  ];
}

function leadsAway(folder: string, shown: string): string[] {
  return ledTo(folder) === "" ? [] : [`${shown}/commondir leads git to another folder`];
}

/** Returns what `commondir` names; empty for the repository's own folder, as the sandbox's stand-in does. */
function ledTo(folder: string): string {
  const named = read(path.join(folder, "commondir")).trim();
  return named === LEADS_NOWHERE ? "" : named;
}

function isTooLong(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_CONFIG_BYTES;
}

function read(file: string): string {
  return readBytes(file, MOST_CONFIG_BYTES).toString("utf8");
}

/** Returns the beginning of a file; empty for a link or what is no file. */
function readBytes(file: string, most: number): Buffer {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(Math.min(most, fs.fstatSync(fd).size));
      return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return Buffer.alloc(0);
  }
}

function names(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
