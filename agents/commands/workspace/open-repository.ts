/** Opens the repository of a project for git of the host: a folder borrows its objects, another address is mirrored. */
import { UserError } from "@/agents/application";
import { folderIn, type OpenRepository } from "@/agents/insights/look";
import type { SelfRepository } from "@/agents/self/repository";
import { SELF_URL } from "@/core/shapes/improving/self";
import type { Settings } from "@/lib/env";
import { mirrorOf, updateMirror } from "@/lib/git/mirror";
import { exclusively } from "@/lib/git/store";
import { withFolder } from "@/lib/insights/source";
import type { Vault } from "@/lib/secrets/vault";
import { gitCredentialOf } from "./clone-workspace";

const FETCH_MS = 15 * 60_000;

export function createOpenRepository(sources: {
  settings: Pick<Settings, "dataDir" | "privateHosts">;
  vault: Pick<Vault, "get">;
  /** null: Banyan's own source is no project of this process. */
  self: { repository: SelfRepository } | null;
}): OpenRepository {
  return async ({ address, branch }, { dir, signal }, work) => {
    if (address.startsWith("/")) return withFolder(address, { branch, dir, signal }, work);
    if (address === SELF_URL && sources.self !== null) {
      const commit = await sources.self.repository.permanent();
      return work({ gitDir: sources.self.repository.gitDir, commit });
    }
    if (!URL.canParse(address) || !/^https?:/.test(address))
      throw new UserError(
        "invalid",
        `Repositories are read in folders and at addresses that begin with https://, not at ${address}.`,
      );
    const { dataDir, privateHosts } = sources.settings;
    const credential = gitCredentialOf(sources.vault, new URL(address).host);
    const mirror = mirrorOf(folderIn(dataDir), address);
    return exclusively(
      mirror,
      async () => {
        const refs = await updateMirror(mirror, {
          url: address,
          privateHosts,
          credential,
          timeoutMs: FETCH_MS,
          signal,
        });
        const name = branch ?? refs.defaultBranch;
        const commit = name === null ? undefined : refs.branches.get(name);
        if (commit === undefined)
          throw new UserError(
            "invalid",
            name === null ? `${address} has no commit yet.` : `${address} has no branch ${name}.`,
          );
        return work({ gitDir: mirror.gitDir, commit });
      },
      signal,
    );
  };
}
