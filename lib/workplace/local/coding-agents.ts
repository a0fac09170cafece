/**
 * Coding agents on this machine. Of one, two things are kept between two calls of a task: its own home, with its sessions,
 * and beside it, where it cannot write, which session was the last one. Both are in the tree's cache folder, so that they
 * go with the tree.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findExecutable } from "../../acp/executable";
import type { SandboxPort } from "../../sandbox/port";
import { makeHome } from "../../workspace/home";
import { errorCode } from "../../workspace/open";
import type { WorkplaceAgents, WorkplaceFolder } from "../port";

const LAST_FILE = "last.json";

export function localAgents(folder: WorkplaceFolder, sandbox: SandboxPort): WorkplaceAgents {
  const { root, hiddenPaths, isReadOnly, guardsGit } = folder;
  return {
    find: async (names, searchPath) => findExecutable(names, searchPath, root),
    last: async (agent, place) => readIfThere(join(ownFolder(folder, agent, place), LAST_FILE)),
    async keep(agent, place, text) {
      const own = ownFolder(folder, agent, place);
      makeHome(join(own, "home"), root);
      writeFileSync(join(own, LAST_FILE), text);
    },
    start: (agent, place, start) =>
      sandbox.start({
        ...start,
        workspace: root,
        hiddenPaths,
        ...(isReadOnly && { readOnlyWorkspace: true }),
        ...(guardsGit && { guardsGit: true }),
        home: makeHome(join(ownFolder(folder, agent, place), "home"), root),
      }),
  };
}

function ownFolder({ cacheDir, task }: WorkplaceFolder, agent: string, place: number): string {
  const own = join(cacheDir, "coding-agents", task, agent);
  return place === 1 ? own : join(own, String(place));
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
