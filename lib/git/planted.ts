/** Repositories that appeared in a person's folder, and what they would run there at the person's next `git status`. */
import fs from "node:fs";
import path from "node:path";
import { walk } from "../workspace/walk";

/** A folder with more than this is not looked through whole: what lies deeper is told by nobody. */
const MOST_ENTRIES = 50_000;
const MOST_CONFIG_BYTES = 256 * 1024;
const SKIPPED = new Set(["node_modules", ".venv", "target", "dist"]);

/** Settings whose value is a program, or that lead to other settings. */
const RUNS =
  /^\s*(fsmonitor|hookspath|sshcommand|gitproxy|pager|editor|askpass|external|textconv|clean|smudge|process|driver|cmd|command|helper|program|tool|path|update|packobjectshook|alternaterefscommand)\s*=|^\s*\[\s*(include|includeif|alias)\b/im;

/**
 * What git takes for a repository, relative to the workspace: `.git` as a folder or file, and bare ones; each with what it obeys there,
 * so that a change of that is seen.
 */
export async function repositoriesIn(workspace: string, signal: AbortSignal): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  try {
    const entries = walk(workspace, [], {
      signal,
      maxEntries: MOST_ENTRIES,
      enters: (folder) => !SKIPPED.has(path.basename(folder)) && path.basename(folder) !== ".git" && !found.has(folder),
    });
    for await (const { path: at, name, kind } of entries) {
      const isRepository = name === ".git" || (kind === "directory" && isBare(path.join(workspace, at)));
      if (isRepository) found.set(at, obeyedAt(path.join(workspace, at)));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // Too large, or it changed under the look: what was found until then counts.
  }
  return found;
}

function obeyedAt(folder: string): string {
  const hooks = path.join(folder, "hooks");
  return [
    read(folder),
    read(path.join(folder, "config")),
    ...names(hooks).map((name) => name + read(path.join(hooks, name))),
  ].join("\n");
}

function isBare(folder: string): boolean {
  return ["HEAD", "objects", "refs", "config"].every((name) => fs.existsSync(path.join(folder, name)));
}

/** What the repository would run on this machine, as parts of a sentence; empty: nothing that is known. */
export function wouldRun(workspace: string, repository: string): string[] {
  const folder = path.join(workspace, repository);
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [`${repository} leads git to another folder`];
  const settings = read(path.join(folder, "config"));
  const hooks = names(path.join(folder, "hooks")).filter((name) => !name.endsWith(".sample"));
  return [
    ...(RUNS.test(settings) ? [`settings in ${repository}/config that name programs or other settings`] : []),
    ...(hooks.length > 0 ? [`hooks (${hooks.slice(0, 10).join(", ")}) in ${repository}/hooks`] : []),
  ];
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
