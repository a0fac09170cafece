/** Finds repositories that appeared in a person's folder, and what the person's next `git status` would run there. */
import fs from "node:fs";
import path from "node:path";
import { nestedIn } from "../sandbox/git-guard";
import { walk } from "../workspace/walk";
import { mayRun } from "./settings-that-run";

/** Larger folders are not searched completely, so deeper repositories in them are not reported. */
const MOST_ENTRIES = 50_000;
const MOST_CONFIG_BYTES = 256 * 1024;
const SETTINGS = ["config", "config.worktree"];
/** The files that git obeys; `commondir` counts, because it leads git to another folder. */
const READ = [...SETTINGS, "commondir"];
const SKIPPED = new Set(["node_modules", ".venv", "target", "dist"]);

/**
 * Returns the repositories in the workspace by relative path: `.git` as a folder or file, and bare ones. Each maps to
 * the text that git obeys there, so that a change of it is noticed.
 */
export async function repositoriesIn(workspace: string, signal: AbortSignal): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const look = (repository: string) => {
    if (fs.lstatSync(path.join(workspace, repository), { throwIfNoEntry: false }))
      found.set(repository, obeyedAt(path.join(workspace, repository)));
  };
  try {
    const entries = walk(workspace, [], {
      signal,
      maxEntries: MOST_ENTRIES,
      enters: (folder) => !SKIPPED.has(path.basename(folder)) && path.basename(folder) !== ".git" && !found.has(folder),
    });
    for await (const { path: at, name, kind } of entries) {
      // The folder is not searched, but may itself be a repository.
      if (kind === "directory" && SKIPPED.has(name)) look(path.join(at, ".git"));
      const isRepository = name === ".git" || (kind === "directory" && isBare(path.join(workspace, at)));
      if (isRepository) found.set(at, obeyedAt(path.join(workspace, at)));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // The folder is too large, or changed during the search; the repositories found so far count.
  }
  return found;
}

function obeyedAt(repository: string): string {
  return [repository, ...nestedIn(repository)]
    .flatMap((folder) => {
      const hooks = path.join(folder, "hooks");
      return [
        ...[read(folder), ...READ.map((name) => read(path.join(folder, name)))],
        ...names(hooks).map((name) => name + read(path.join(hooks, name))),
      ];
    })
    .join("\n");
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
  const shown = (one: string) => one.slice(workspace.length + 1);
  return [
    ...runsFrom(workspace, folder),
    ...leadsAway(folder, shown(folder)),
    ...nestedIn(folder).flatMap((one) => [
      ...runsFrom(workspace, one),
      // A worktree leads to the repository around it, which is checked too.
      ...(path.basename(path.dirname(one)) === "worktrees" && read(path.join(one, "commondir")).trim() === "../.."
        ? []
        : leadsAway(one, shown(one))),
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
  return read(path.join(folder, "commondir")) === "" ? [] : [`${shown}/commondir leads git to another folder`];
}

function isTooLong(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_CONFIG_BYTES;
}

function read(file: string): string {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(MOST_CONFIG_BYTES);
      return bytes.subarray(0, fs.readSync(fd, bytes, 0, MOST_CONFIG_BYTES, 0)).toString("utf8");
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return "";
  }
}

function names(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
