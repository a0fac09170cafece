/** What a force-push that waits for approval would change on its remote. */
import { type Queries, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { forcePushIn } from "@/core/rules/force-push";
import type { PushComparison } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { comparePush } from "@/lib/git/compare-push";
import type { GitCredential, RemoteOptions } from "@/lib/git/remote";
import { isCovered } from "@/lib/net/host-list";
import type { SandboxPort } from "@/lib/sandbox/port";
import { WorkspaceError } from "@/lib/workspace/path";
import type { Ids } from "./ids";
import { type ReviewItemSources, viewOfTask } from "./review-item";

export interface PushSources extends Pick<ReviewItemSources, "store" | "now" | "viewOf"> {
  configuration: Pick<Configuration, "policy">;
  /** Returns the credential for a git host (`host` or `host:port`), or null. */
  gitCredentialOf(host: string): GitCredential | null;
  /** The sandbox in which git reads an agent's repository. */
  sandbox(): Promise<SandboxPort>;
  cacheDirOf(treeId: string): string;
  /** `host:port`s that may have private addresses. */
  privateHosts: readonly string[];
}

const TIMEOUT_MS = 60_000;
/** Several pages that show an item share a look. */
const KEPT_MS = 30_000;

/**
 * Reaches only hosts that the policy lets tasks fetch from without asking, as a fetch of the task itself would: what an
 * agent writes into its repository must not send Banyan's token elsewhere.
 */
export function createPushQueries(sources: PushSources, ids: Ids): Pick<Queries, "comparePush"> {
  const kept = new Map<string, { atMs: number; found: Promise<PushComparison> }>();
  return {
    async comparePush(id) {
      const review = openReview(sources, ids.review(id));
      const atMs = sources.now();
      for (const [one, look] of kept) if (atMs - look.atMs > KEPT_MS) kept.delete(one);
      const look = kept.get(review.id) ?? { atMs, found: compared(sources, review) };
      kept.set(review.id, look);
      return look.found;
    },
  };
}

function openReview({ store, now }: PushSources, id: string): Review {
  const review = store.queries.reviews.get(id, now());
  if (!review) throw new UserError("not_found", `There is no review item ${id}.`);
  if (review.status !== "open")
    throw new UserError("conflict", "The item is decided, so nothing is compared any more.");
  return review;
}

async function compared(sources: PushSources, review: Review): Promise<PushComparison> {
  const input = inputOf(review);
  const push = forcePushIn(input);
  const view = push && viewOfTask(sources, review);
  if (!push || !view) throw new UserError("invalid", "The command leaves open what it pushes, so it was not compared.");
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const where = { sandbox: await sources.sandbox(), view, timeoutMs: TIMEOUT_MS, signal };
    const cacheDir = sources.cacheDirOf(review.tree_id);
    const remoteAt = (url: string) => remoteOf(sources, url, signal);
    const { isNew, ...found } = await comparePush(where, push, { cacheDir, remoteAt });
    const { host } = new URL(found.url);
    const reaches = networkOf(input).some((one) => isCovered([one], host));
    return { ...found, host, is_new: isNew, reaches, looked_at: new Date(sources.now()).toISOString() };
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("conflict", error.message);
    if (error instanceof DOMException && error.name === "TimeoutError")
      throw new UserError("conflict", "The remote did not answer within a minute.");
    throw error;
  }
}

/** Throws a `WorkspaceError`, which says why nobody looks. */
async function remoteOf(sources: PushSources, given: string, signal: AbortSignal): Promise<RemoteOptions> {
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
    signal,
  };
}

function inputOf({ evidence }: Review): unknown {
  try {
    return JSON.parse(evidence ?? "null");
  } catch {
    // Arguments that were cut are no command.
    return null;
  }
}

/** Returns the hosts that the call wants to reach. */
function networkOf(input: unknown): string[] {
  const { network } = (input ?? {}) as { network?: unknown };
  return Array.isArray(network) ? network.filter((one): one is string => typeof one === "string") : [];
}
