/** What a force-push that waits for approval would change on its remote. */
import { type Queries, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { forcePushIn } from "@/core/rules/force-push";
import type { PushComparison } from "@/core/shapes/reviews/found";
import type { GitCredential } from "@/lib/git/remote";
import { isCovered } from "@/lib/net/host-list";
import { WorkspaceError } from "@/lib/workspace/path";
import type { Ids } from "./ids";
import { askingFor, type OpenCall } from "./open-call";
import { type ReviewItemSources, workplaceOfTask } from "./review-item";

export interface PushSources extends Pick<ReviewItemSources, "store" | "now" | "workplaceOf"> {
  configuration: Pick<Configuration, "policy">;
  /** Returns the credential for a git host (`host` or `host:port`), or null. */
  gitCredentialOf(host: string): GitCredential | null;
  /** `host:port`s that may have private addresses. */
  privateHosts: readonly string[];
}

const TIMEOUT_MS = 60_000;

/**
 * Reaches only hosts that the policy lets tasks fetch from without asking, as a fetch of the task itself would: what an
 * agent writes into its repository must not send Banyan's token elsewhere.
 */
export function createPushQueries(sources: PushSources, ids: Ids): Pick<Queries, "comparePush"> {
  const ask = askingFor(sources, (call) => compared(sources, call));
  return { comparePush: async (id) => ask(ids.review(id)) };
}

async function compared(sources: PushSources, { review, input, reaches }: OpenCall): Promise<PushComparison> {
  const push = forcePushIn(input);
  const workplace = push && workplaceOfTask(sources, review);
  if (!push || !workplace)
    throw new UserError("invalid", "The command leaves open what it pushes, so it was not compared.");
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { git } = workplace;
    const target = await git.pushTarget(push, { timeoutMs: TIMEOUT_MS }, signal);
    const { isNew, ...found } = await git.comparePush(target, remoteOf(sources, target.url), signal);
    const { host } = new URL(found.url);
    const looked_at = new Date(sources.now()).toISOString();
    return { ...found, host, is_new: isNew, reaches: reaches(host), looked_at };
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("conflict", error.message);
    if (error instanceof DOMException && error.name === "TimeoutError")
      throw new UserError("conflict", "The remote did not answer within a minute.");
    throw error;
  }
}

/** Throws a `WorkspaceError`, which says why nobody looks. */
function remoteOf(sources: PushSources, given: string) {
  const url = /^https?:\/\//.test(given) && URL.canParse(given) ? new URL(given) : null;
  if (url === null)
    throw new WorkspaceError("The remote has no address that begins with https://, so Banyan cannot read it.");
  const { hosts, fetchHosts } = sources.configuration.policy();
  if (!isCovered([...hosts, ...fetchHosts], url.host))
    throw new WorkspaceError(`Banyan may not fetch from ${url.host} without asking, so it did not look at the remote.`);
  url.username = "";
  url.password = "";
  return {
    url: url.href,
    privateHosts: sources.privateHosts,
    credential: sources.gitCredentialOf(url.host),
    timeoutMs: TIMEOUT_MS,
  };
}
