/** A proposed change of Banyan's own code as a person decides about it. */
import type { Role } from "@/core/rules/roles";
import type { ReleasesStatus } from "@/core/shapes/improving/self";
import type { ReviewedChange } from "@/core/shapes/review";
import { changeStage } from "@/core/words/releases";
import type { ProposedCode } from "./changes";
import { gitDirIn, pullCommand } from "./repository";

interface Around {
  review: string;
  status: "open" | "approved" | "rejected" | "withdrawn";
  others: ReviewedChange["others_approved"];
  dataDir: string;
  /** As `toldReleases` returns it. */
  releases: ReleasesStatus | null;
  /** Why nothing can be approved at present. */
  off: string | null;
}

export function reviewedChange(
  proposed: ProposedCode,
  { review, status, others, dataDir, releases, off }: Around,
): ReviewedChange {
  const { title, branch, commit, base, files, gates, flags, packages = [], expects } = proposed;
  const known = releases?.releases ?? [];
  // A dropped change may be approved again in another item, and each item shows its own release.
  const release =
    known.findLast(({ item }) => item === review) ?? known.findLast((release) => release.commit === commit);
  const pull = status === "approved" ? pullCommand(gitDirIn(dataDir), branch) : null;
  const facts = { item: review, status, flags: flags.length, off, hasLauncher: releases !== null };
  return {
    title,
    branch,
    commit,
    base,
    expects,
    files,
    flags,
    packages,
    gates: gates.results,
    others_approved: others,
    release: release ?? null,
    stage: changeStage({ ...facts, release: release ?? null, pull }),
    pull,
  };
}

/** Returns why somebody may not approve a change with these flags, or null. Whoever may decide may reject it. */
export function flagsRefusal(flags: readonly unknown[] | undefined, role: Role): string | null {
  if (role === "admin" || !flags?.length) return null;
  return "The gates raised flags on this change, so only an admin can approve it.";
}
