/** A proposed change of Banyan's own code as a person decides about it. */
import type { Role } from "@/core/rules/roles";
import type { ExpectedEffect, ReviewedChange, ReviewedFile, ReviewedFlag, ReviewedGate } from "@/core/shapes/review";
import { gitDirIn, pullCommand } from "./repository";

/** The body of a stored proposal. Older ones lack some facts, and have flags as sentences. */
interface StoredChange {
  branch: string;
  commit: string;
  base: string;
  patch: string;
  files?: (Omit<ReviewedFile, "side"> & { side?: ReviewedFile["side"] })[];
  gates?: { results?: ReviewedGate[] };
  flags?: (ReviewedFlag | string)[];
  title?: string;
  expects?: ExpectedEffect;
}

interface Around {
  status: "open" | "approved" | "rejected" | "withdrawn";
  others: ReviewedChange["others_approved"];
  dataDir: string;
}

export function reviewedChange(body: unknown, { status, others, dataDir }: Around): ReviewedChange {
  const { branch, commit, base, files = [], gates, flags = [], title = null, expects = null } = body as StoredChange;
  return {
    ...{ title, branch, commit, base, expects },
    files: files.map(({ side = null, ...file }) => ({ ...file, side })),
    gates: gates?.results ?? [],
    flags: flags.map((flag) => (typeof flag === "string" ? { gate: null, path: null, line: null, text: flag } : flag)),
    others_approved: others,
    pull: status === "approved" ? pullCommand(gitDirIn(dataDir), branch) : null,
  };
}

/** Returns why somebody may not approve a change with these flags, or null. Whoever may decide may reject it. */
export function flagsRefusal(flags: readonly unknown[] | undefined, role: Role): string | null {
  if (role === "admin" || !flags?.length) return null;
  return "The gates raised flags on this change, so only an admin can approve it.";
}
