/**
 * Coding agents on this machine. Of one, two things are kept between two calls of a task: its own home, with its sessions,
 * and beside it which session was the last one. Both are in the tree's cache folder, so that they go with the tree.
 */
import { join } from "node:path";
import { findExecutable } from "../../acp/executable";
import type { SandboxPort } from "../../sandbox/port";
import { makeHome } from "../../workspace/home";
import { agentFolder, lastSessions } from "../agent-folder";
import type { WorkplaceAgents, WorkplaceFolder } from "../port";

export function localAgents(folder: WorkplaceFolder, sandbox: SandboxPort): WorkplaceAgents {
  const { root, hiddenPaths, isReadOnly, guardsGit, linkedGit } = folder;
  return {
    ...lastSessions(folder),
    find: async (names, searchPath) => findExecutable(names, searchPath, root),
    start: (agent, place, { signal: _, ...start }) =>
      sandbox.start({
        ...start,
        workspace: root,
        hiddenPaths,
        ...(isReadOnly && { readOnlyWorkspace: true }),
        ...(guardsGit && { guardsGit: true }),
        ...(linkedGit && { linkedGit }),
        home: makeHome(join(agentFolder(folder, agent, place), "home"), root),
      }),
  };
}
