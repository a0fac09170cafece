/** Approved changes that another release has overtaken: what becomes of each is known here, for all that show it. */
import type { AgentsRelease, ReleasesStatus } from "@/core/shapes/improving/self";
import type { ApprovedCode } from "@/db/configuration/code-proposals";
import type { Store } from "@/db/store";

/** Returns the approved proposal that the launcher dropped for another release. */
export function overtakenProposal<Approved extends Pick<ApprovedCode, "review" | "commit" | "carriedFrom">>(
  { stale, commit, item }: Pick<AgentsRelease, "stale" | "commit" | "item">,
  approved: readonly Approved[],
): Approved | undefined {
  if (!stale) return undefined;
  return approved.find(
    (change) => change.review === item && (change.commit === commit || change.carriedFrom === commit),
  );
}

/** Returns what the launcher tells of releases, with why an overtaken change could not be carried over. The launcher does not know that. */
export function toldReleases({
  selfReleases,
  proposals,
}: {
  selfReleases: Pick<Store["selfReleases"], "status">;
  proposals: Pick<Store["proposals"], "approvedCode">;
}): ReleasesStatus | null {
  const status = selfReleases.status();
  if (!status?.releases.some(({ stale }) => stale)) return status;
  const approved = proposals.approvedCode();
  const releases = status.releases.map((release) => {
    const notCarried = overtakenProposal(release, approved)?.notCarried ?? null;
    return notCarried === null ? release : { ...release, not_carried: notCarried };
  });
  return { ...status, releases };
}
