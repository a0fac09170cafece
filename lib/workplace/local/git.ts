/** Git in a folder on this machine. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { comparePush, pushTarget } from "../../git/compare-push";
import { copyRepositoryInto, currentBranchIn, historyIn, openRepositoryIn } from "../../git/opened";
import { performGit } from "../../git/operations";
import type { SandboxPort } from "../../sandbox/port";
import type { WorkplaceFolder, WorkplaceGit } from "../port";
import { plantedRepositories, rememberRepositories } from "./planted";

export function localGit(folder: WorkplaceFolder, sandbox: SandboxPort): WorkplaceGit {
  const place = { view: folder, cacheDir: folder.cacheDir };
  return {
    perform: (request, live) => performGit({ ...place, ...live, sandbox }, request),
    isRepository: async () => existsSync(join(folder.root, ".git")),
    open: (path, signal) => openRepositoryIn(place, path, signal),
    copy: (path, remote, signal) => copyRepositoryInto(place, path, { ...remote, signal }),
    history: (path, mostFiles, signal) => historyIn(place, path, mostFiles, signal),
    currentBranch: (path) => currentBranchIn(folder, path),
    pushTarget: (push, { timeoutMs }, signal) => pushTarget({ view: folder, sandbox, timeoutMs, signal }, push),
    comparePush: (target, remote, signal) =>
      comparePush({ view: folder, sandbox, timeoutMs: remote.timeoutMs, signal }, target, {
        ...remote,
        signal,
        cacheDir: folder.cacheDir,
      }),
    rememberRepositories: (signal) => rememberRepositories(folder, signal),
    plantedRepositories: (signal) => plantedRepositories(folder, signal),
  };
}
