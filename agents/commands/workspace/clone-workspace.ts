/** Copies the repository named at submission into the tree's folder: the host fetches it, the sandbox unpacks it. */
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { sourceOf } from "@/agents/self/copy";
import { PERMANENT, type SelfRepository } from "@/agents/self/repository";
import type { SelfSwitch } from "@/agents/self/switch";
import { SELF_URL } from "@/core/shapes/improving/self";
import { SAMPLE_URL } from "@/core/shapes/sample";
import { tokenSecretOf } from "@/core/words/projects";
import type { Settings } from "@/lib/env";
import { cloneBranchForAgent, cloneForAgent } from "@/lib/git/agent-remote";
import type { GitCredential } from "@/lib/git/remote";
import type { AgentRepository } from "@/lib/git/sandbox-git";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { Vault } from "@/lib/secrets/vault";
import { WorkspaceError } from "@/lib/workspace/path";
import { copySample } from "./copy-sample";

interface Repository {
  url: string;
  /** Absent: the repository's default branch. */
  branch?: string;
}

interface ClonedRepository {
  /** null: it has no commits yet. */
  branch: string | null;
  commit: string | null;
}

/** Throws UserError with one sentence when the repository cannot be copied; the caller then removes `folder`. */
export type CloneWorkspace = (folder: string, cacheDir: string, repository: Repository) => Promise<ClonedRepository>;

const CLONE_MS = 15 * 60_000;

export function createCloneWorkspace(sources: {
  sandbox(): Promise<SandboxPort>;
  settings: Pick<Settings, "privateHosts">;
  vault: Pick<Vault, "get">;
  self: { repository: SelfRepository; power: Pick<SelfSwitch, "refuseWhileOff"> };
  /** The folder of the release, which has the files of the sample. */
  program: string;
}): CloneWorkspace {
  return async (folder, cacheDir, { url, branch }) => {
    const sandbox = await sources.sandbox();
    const status = await sandbox.status();
    if (!status.available)
      throw new UserError("unavailable", `Copying a repository needs the sandbox, which is off: ${status.reason}`);
    const limits = { timeoutMs: CLONE_MS, signal: AbortSignal.timeout(CLONE_MS) };
    const target = { sandbox, view: { root: folder, hiddenPaths: [] }, parts: [], ...limits };
    try {
      if (url === SAMPLE_URL) return await copySample(target, join(sources.program, "seeds", "sample"), branch);
      if (url === SELF_URL) {
        sources.self.power.refuseWhileOff();
        return await clonedSelf(target, cacheDir, sources.self.repository, branch);
      }
      const { privateHosts } = sources.settings;
      const credential = gitCredentialOf(sources.vault, hostOf(url));
      return await cloneForAgent(target, cacheDir, { url, privateHosts, credential, ...limits }, branch);
    } catch (error) {
      if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
      if (limits.signal.aborted)
        throw new UserError("unavailable", `The repository ${url} was not copied within 15 minutes: clone it by hand.`);
      throw error;
    }
  };
}

/** Copies the source of the running release. */
async function clonedSelf(
  target: AgentRepository,
  cacheDir: string,
  self: SelfRepository,
  branch: string | undefined,
): Promise<ClonedRepository> {
  if (branch !== undefined && branch !== PERMANENT)
    throw new WorkspaceError(`${SELF_URL} has one branch, ${PERMANENT}: name no branch.`);
  await self.permanent();
  return cloneBranchForAgent(target, cacheDir, sourceOf(self));
}

/** Returns the vault's token for a git host, or null. */
export function gitCredentialOf(vault: Pick<Vault, "get">, host: string): GitCredential | null {
  const token = vault.get(tokenSecretOf(host));
  return token === null ? null : { token };
}

/** Returns the URL's host, or "" for an invalid URL; the clone then reports the URL. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
