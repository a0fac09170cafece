/** Copies of Banyan's own source: the folders in which agents change it. */
import { SELF_URL } from "@/core/shapes/improving/self";
import { fetchBranchForAgent, type LocalBranch } from "@/lib/git/agent-remote";
import type { SandboxPort } from "@/lib/sandbox/port";
import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { PERMANENT, type SelfRepository } from "./repository";

/** The record of a copy is the address, an `@` and the commit. */
export function copyOfSelf(commit: string): string {
  return `${SELF_URL}@${commit}`;
}

export function isCopyOfSelf(copiedFrom: string | null): boolean {
  return commitIn(copiedFrom) !== null;
}

/** Returns the commit in the record of a copy; null: it is no copy of Banyan's own source. */
export function commitIn(copiedFrom: string | null): string | null {
  const commit = copiedFrom?.startsWith(`${SELF_URL}@`) ? copiedFrom.slice(SELF_URL.length + 1) : "";
  return isCommitId(commit) ? commit : null;
}

export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Returns what agents see of the repository: the source of the release that runs. */
export function sourceOf({ gitDir }: Pick<SelfRepository, "gitDir">): LocalBranch {
  return { url: SELF_URL, gitDir, branch: PERMANENT };
}

/** What git in an agent's folder needs. It runs only in the sandbox. */
export interface CopyAccess {
  sandbox: SandboxPort;
  cacheDir: string;
  onActivity?(): void;
}

const FETCH_MS = 5 * 60_000;

/** Makes `origin/permanent` of a copy the release that runs. Throws a `WorkspaceError` with one sentence. */
export async function fetchRelease(
  repository: SelfRepository,
  view: WorkspaceView,
  { cacheDir, ...access }: CopyAccess,
  signal: AbortSignal,
): Promise<void> {
  try {
    const copy = { ...access, view, parts: [], timeoutMs: FETCH_MS, signal };
    await fetchBranchForAgent(copy, cacheDir, sourceOf(repository));
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    throw new WorkspaceError(`Banyan has changed, and origin/${PERMANENT} cannot follow: ${error.message}`);
  }
}
