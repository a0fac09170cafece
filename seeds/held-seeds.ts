/** Which seeds of a release are changes by agents. Approving code approves none of them as configuration. */
import type { ReleasesStatus } from "@/core/shapes/improving/self";

/**
 * Returns whether a file of `seeds/` stays out of the configuration. `status`: what the launcher tells; null: no launcher
 * runs the release, so it is a person's checkout. `release`: the one whose files these are; null: it is not known.
 */
export function heldSeeds(status: ReleasesStatus | null, release: number | null): (file: string) => boolean {
  const held = status === null ? [] : status.held_seeds;
  if (held === null) return () => true;
  if (held !== undefined) return (file) => held.includes(file);
  // A launcher of before tells only which releases are by agents.
  const isByAgents = status?.releases.some(({ n, state }) =>
    release === null ? state === "permanent" : n === release,
  );
  return () => isByAgents === true;
}
