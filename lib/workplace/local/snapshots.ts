/** Snapshots of a folder on this machine. */
import { existsSync, lstatSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { MAX_COPY_BYTES } from "../../clean-room/room";
import { giveToTools } from "../../process/tools-identity";
import { obeyedPaths } from "../../sandbox/git-guard";
import type { SandboxPort } from "../../sandbox/port";
import type { Snapshot, SnapshotStore } from "../../snapshots/port";
import { cleanCopy } from "../../workspace/clean-copy";
import { obeyedIn } from "../../workspace/git-obeys";
import { isGitsOwn, WorkspaceError } from "../../workspace/path";
import { removeTree } from "../../workspace/remove-tree";
import type { CommandLive, RoomRun, WorkplaceFolder, WorkplaceSnapshots } from "../port";
import { rememberRepositories, repositoriesNow } from "./planted";

export type FolderStore = Pick<SnapshotStore, "take" | "checkOut" | "apply" | "copy">;

export function localSnapshots(
  folder: WorkplaceFolder,
  { snapshots, sandbox }: { snapshots: FolderStore; sandbox: SandboxPort },
): WorkplaceSnapshots {
  const { tree, root, hiddenPaths, guardsGit } = folder;
  // In its own folder, a copy, a task may change what git obeys. In a person's folder nobody but the person does.
  const unwritten = async () => {
    if (!guardsGit) return { hiddenPaths };
    const obeyed = (await repositoriesNow(folder, NEVER)).flatMap((repository) => obeyedPaths(join(root, repository)));
    // The search ends in a large folder, and looks for no repositories in packages.
    const stays = (path: string) => {
      const repository = obeyedIn(path.split("/"));
      return repository !== null && isThere(join(root, repository));
    };
    return { hiddenPaths: [...hiddenPaths, ...obeyed], stays };
  };
  return {
    take: (request, signal) =>
      snapshots.take({ ...request, tree, folder: root, hiddenPaths, ...(signal && { signal }) }),
    takeCommit: (request, run, live) =>
      inCloneOfCommit(folder, sandbox, run, live, (clone) =>
        snapshots.take({ ...request, tree, folder: clone, hiddenPaths: [], signal: live.signal }),
      ),
    async checkOut(commit) {
      if (!existsSync(root)) await snapshots.checkOut(commit, root);
    },
    apply: async (from, to) => snapshots.apply({ from, to, folder: root, ...(await unwritten()) }),
    async copy(request) {
      await rememberRepositories(folder, NEVER);
      // Git's own files alone are of no use, and with settings they are a repository that git obeys.
      const paths = guardsGit ? request.paths.filter((path) => !isGitsOwn(path.split("/"))) : request.paths;
      await snapshots.copy({ ...request, paths, folder: root });
    },
  };
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The search for repositories ends by itself. */
const NEVER = new AbortController().signal;
const MOST_SAID = 300;

/**
 * Runs `work` with a fresh clone of the folder's commit. A clone has no ignored files, no files of repositories inside, and
 * obeys neither flags of the index nor settings that the work left.
 */
async function inCloneOfCommit(
  { root, cacheDir, task }: WorkplaceFolder,
  sandbox: SandboxPort,
  run: RoomRun,
  { signal, onActivity, onOutput }: CommandLive,
  work: (clone: string) => Promise<Snapshot>,
): Promise<Snapshot> {
  const git = join(root, ".git");
  if (!lstatSync(git, { throwIfNoEntry: false })?.isDirectory())
    throw new WorkspaceError("The folder holds no repository of its own, so its commit cannot be checked.");
  const place = join(cacheDir, `goal-${task}-delivered`);
  try {
    await removeTree(place);
    await mkdir(place, { recursive: true, mode: 0o700 });
    giveToTools(place);
    await cleanCopy(git, join(place, "source.git"), { hiddenPaths: [], maxBytes: MAX_COPY_BYTES, signal });
    const { exitStatus, stdout, stderr } = await sandbox.run({
      ...run,
      command: "git clone -q --no-hardlinks source.git clone",
      workspace: place,
      hiddenPaths: [],
      signal,
      ...(onActivity && { onActivity }),
      ...(onOutput && { onOutput }),
    });
    signal.throwIfAborted();
    const clone = join(place, "clone");
    if (exitStatus !== 0 || !existsSync(clone)) {
      const said = `${stdout}${stderr}`.trim().slice(0, MOST_SAID);
      throw new WorkspaceError(`The commit could not be cloned: ${said}`);
    }
    return await work(clone);
  } finally {
    await removeTree(place);
  }
}
