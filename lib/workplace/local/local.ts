/** Workplaces whose folders are on this machine. */
import type { RoomStore } from "../../clean-room/room";
import type { SandboxPort } from "../../sandbox/port";
import type { Workplace, WorkplaceFolder, Workplaces } from "../port";
import { localAgents } from "./coding-agents";
import { type CommandSources, localCommands } from "./commands";
import { localFiles } from "./files";
import { localGit } from "./git";
import { localRoom } from "./rooms";
import { type FolderStore, localSnapshots } from "./snapshots";

export interface LocalSources extends CommandSources {
  sandbox: SandboxPort;
  snapshots: FolderStore & RoomStore;
}

export function localWorkplaces(sources: LocalSources): Workplaces {
  return { of: (folder) => localWorkplace(folder, sources) };
}

function localWorkplace(folder: WorkplaceFolder, sources: LocalSources): Workplace {
  const { sandbox } = sources;
  return {
    folder,
    // A call uses one or two of them.
    get files() {
      return localFiles(folder);
    },
    get commands() {
      return localCommands(folder, sources);
    },
    get git() {
      return localGit(folder, sandbox);
    },
    get snapshots() {
      return localSnapshots(folder, sources);
    },
    get codingAgents() {
      return localAgents(folder, sandbox);
    },
    servers: {
      call: (ask) => ask(null),
      start({ readOnlyWorkspace, ...start }) {
        const { root, hiddenPaths, isReadOnly, guardsGit, linkedGit } = folder;
        return sandbox.start({
          ...start,
          workspace: root,
          hiddenPaths,
          ...((readOnlyWorkspace || isReadOnly) && { readOnlyWorkspace: true }),
          ...(guardsGit && { guardsGit: true }),
          ...(linkedGit && { linkedGit }),
        });
      },
    },
    room: (name) => localRoom(folder, name, sources),
  };
}
