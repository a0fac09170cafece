/** Rooms beside a folder on this machine: copies in which the host runs commands, and which it throws away. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { changedFiles, rememberFiles } from "../../clean-room/fixed-files";
import { lacksIndex } from "../../clean-room/git-state";
import { testsIn } from "../../clean-room/prepare-tests";
import { MAX_COPY_BYTES, makeRoom, type RoomStore } from "../../clean-room/room";
import { giveToTools } from "../../process/tools-identity";
import type { SandboxPort } from "../../sandbox/port";
import { cleanCopy } from "../../workspace/clean-copy";
import { homeOf } from "../../workspace/home";
import { removeTree } from "../../workspace/remove-tree";
import { writeFiles } from "../../workspace/write-files";
import type { Room, RoomCommand, WorkplaceFolder } from "../port";

export interface RoomSources {
  snapshots: RoomStore;
  sandbox: SandboxPort;
}

export function localRoom(of: WorkplaceFolder, name: string, sources: RoomSources): Room {
  const folder = join(of.cacheDir, name);
  const home = `${folder}-home`;
  const { snapshots, sandbox } = sources;
  return {
    make: (options, signal) => makeRoom(snapshots, folder, { ...options, cacheDir: of.cacheDir, signal }),
    copyFolder: (signal) =>
      cleanCopy(of.root, folder, { hiddenPaths: of.hiddenPaths, maxBytes: MAX_COPY_BYTES, signal }),
    async fill(files) {
      await freshFolder(folder);
      await writeFiles(folder, files);
    },
    async copy(copied, signal) {
      await cleanCopy(folder, join(of.cacheDir, copied), { hiddenPaths: [], maxBytes: MAX_COPY_BYTES, signal });
      return localRoom(of, copied, sources);
    },
    async makeHome() {
      await freshFolder(home);
    },
    run: ({ place, home: wanted, ...command }, { signal, onActivity, onOutput }) =>
      sandbox.run({
        ...command,
        workspace: folder,
        hiddenPaths: [],
        signal,
        ...(onActivity && { onActivity }),
        ...(onOutput && { onOutput }),
        ...(place && { place: { ...place, ...(wanted === "own" && { homeFolder: home }) } }),
        ...homeFor(wanted, of),
      }),
    lacksIndex: async () => lacksIndex(folder),
    tests: testsIn(folder),
    remember: async (paths) => rememberFiles(folder, paths),
    changedSince: async (before) => changedFiles(folder, before),
    async remove() {
      await removeTree(folder);
      await removeTree(home);
    },
  };
}

function homeFor(wanted: RoomCommand["home"], of: WorkplaceFolder): { home?: string } {
  return wanted === "agents" ? { home: homeOf(of, of.root) } : {};
}

async function freshFolder(folder: string): Promise<void> {
  await removeTree(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToTools(folder);
}
