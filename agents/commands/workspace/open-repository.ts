/** Opens the repository of a project for git of the host: a folder borrows its objects, another address is mirrored. */
import { UserError } from "@/agents/application";
import { folderIn, type OpenRepository } from "@/agents/insights/look";
import type { SelfRepository } from "@/agents/self/repository";
import { SELF_URL } from "@/core/shapes/improving/self";
import type { Settings } from "@/lib/env";
import { knownCommits, type MirrorRefs, mirrorOf, updateMirror } from "@/lib/git/mirror";
import { exclusively, isCreated, type Store } from "@/lib/git/store";
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
  return async ({ address, branch, commit: wanted }, { dir, signal }, work) => {
    if (address.startsWith("/")) return withFolder(address, { branch, commit: wanted, dir, signal }, work);
    if (address === SELF_URL && sources.self !== null) {
      const { gitDir, permanent } = sources.self.repository;
      return work({ gitDir, commit: wanted ?? (await permanent()) });
    }
    if (!URL.canParse(address) || !/^https?:/.test(address))
      throw new UserError(
        "invalid",
        `Repositories are read in folders and at addresses that begin with https://, not at ${address}.`,
      );
    const { dataDir, privateHosts } = sources.settings;
    const credential = gitCredentialOf(sources.vault, new URL(address).host);
    const mirror = mirrorOf(folderIn(dataDir), address);
    const known = async () => (wanted !== undefined && (await hasCommit(mirror, wanted, signal)) ? wanted : null);
    const fetched = async () => {
      const refs = await updateMirror(mirror, { url: address, privateHosts, credential, timeoutMs: FETCH_MS, signal });
      return wanted ?? newestOf(refs, { address, branch });
    };
    // A version has to come back also while the forge is away, or while a fetch takes long. Git removes no object here,
    // so what works with a commit waits for no fetch, and no fetch waits for it.
    const commit =
      (await known()) ?? (await exclusively(mirror, async () => (await known()) ?? (await fetched()), signal));
    return work({ gitDir: mirror.gitDir, commit });
  };
}

async function hasCommit(mirror: Store, commit: string, signal: AbortSignal): Promise<boolean> {
  if (!isCreated(mirror)) return false;
  return (await knownCommits(mirror, [commit], { gitDir: mirror.gitDir, signal })).length > 0;
}

function newestOf(refs: MirrorRefs, { address, branch }: { address: string; branch: string | null }): string {
  const name = branch ?? refs.defaultBranch;
  const commit = name === null ? undefined : refs.branches.get(name);
  if (commit !== undefined) return commit;
  throw new UserError("invalid", name === null ? `${address} has no commit yet.` : `${address} has no branch ${name}.`);
}
