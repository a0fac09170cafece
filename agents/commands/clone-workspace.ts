/** A tree's own folder begins as a copy of a repository that whoever submitted it named: fetched by the host, unpacked in the sandbox. */

import { UserError } from "@/agents/application";
import type { Settings } from "@/lib/env";
import { cloneForAgent } from "@/lib/git/agent-remote";
import type { GitCredential } from "@/lib/git/remote";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { Vault } from "@/lib/secrets/vault";
import { WorkspaceError } from "@/lib/workspace/path";

export interface Repository {
  url: string;
  /** Absent: the repository's default branch. */
  branch?: string;
}

export interface ClonedRepository {
  /** null: it has no commits yet. */
  branch: string | null;
  commit: string | null;
}

/** Throws UserError with one sentence when the repository cannot be had; what is in `folder` then is the caller's to remove. */
export type CloneWorkspace = (folder: string, cacheDir: string, repository: Repository) => Promise<ClonedRepository>;

const CLONE_MS = 15 * 60_000;

export function createCloneWorkspace(sources: {
  sandbox(): Promise<SandboxPort>;
  settings: Pick<Settings, "privateHosts">;
  vault: Pick<Vault, "get">;
}): CloneWorkspace {
  return async (folder, cacheDir, { url, branch }) => {
    const sandbox = await sources.sandbox();
    const status = await sandbox.status();
    if (!status.available)
      throw new UserError("unavailable", `A repository is unpacked in the sandbox, which is off: ${status.reason}`);
    const limits = { timeoutMs: CLONE_MS, signal: AbortSignal.timeout(CLONE_MS) };
    const { privateHosts } = sources.settings;
    const credential = gitCredentialOf(sources.vault, hostOf(url));
    try {
      return await cloneForAgent(
        { sandbox, view: { root: folder, hiddenPaths: [] }, parts: [], ...limits },
        cacheDir,
        { url, privateHosts, credential, ...limits },
        branch,
      );
    } catch (error) {
      if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
      if (limits.signal.aborted)
        throw new UserError("unavailable", `The repository ${url} did not come within 15 minutes: clone it by hand.`);
      throw error;
    }
  };
}

/** The token that the vault holds for a host of repositories. A name of a secret has no colon. */
export function gitCredentialOf(vault: Pick<Vault, "get">, host: string): GitCredential | null {
  const token = vault.get(`git/${host.replace(":", "_")}`);
  return token === null ? null : { token };
}

/** Whether it is an address at all is told by whoever opens it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
