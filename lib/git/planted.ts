/** Repositories that appeared in a person's folder, and what they would run there at the person's next `git status`. */
import fs from "node:fs";
import path from "node:path";
import { nestedIn } from "../sandbox/git-guard";
import { walk } from "../workspace/walk";
import { mayRun } from "./settings-that-run";

/** A folder with more than this is not looked through whole: what lies deeper is told by nobody. */
const MOST_ENTRIES = 50_000;
const MOST_CONFIG_BYTES = 256 * 1024;
const SETTINGS = ["config", "config.worktree"];
/** Whether it leads elsewhere counts as what it obeys. */
const READ = [...SETTINGS, "commondir"];
const SKIPPED = new Set(["node_modules", ".venv", "target", "dist"]);

/**
 * What git takes for a repository, relative to the workspace: `.git` as a folder or file, and bare ones; each with what it obeys there,
 * so that a change of that is seen.
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
      // Not entered, but a repository itself.
      if (kind === "directory" && SKIPPED.has(name)) look(path.join(at, ".git"));
      const isRepository = name === ".git" || (kind === "directory" && isBare(path.join(workspace, at)));
      if (isRepository) found.set(at, obeyedAt(path.join(workspace, at)));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // Too large, or it changed under the look: what was found until then counts.
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

/** What the repository would run on this machine, as parts of a sentence; empty: nothing that is known. */
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
      // That of a worktree leads to the repository around it, which is looked at, too.
      ...(path.basename(path.dirname(one)) === "worktrees" && read(path.join(one, "commondir")).trim() === "../.."
        ? []
        : leadsAway(one, shown(one))),
    ]),
  ];
}

function runsFrom(workspace: string, folder: string): string[] {
  const shown = folder.slice(workspace.length + 1);
  // Files of a person elsewhere are not what a checkout may write.
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
