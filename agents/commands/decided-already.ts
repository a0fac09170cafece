import { UserError } from "@/agents/application";
import type { Review } from "@/core/shapes/shapes";

/** Returns the error for a decision that comes too late. It says how the item was decided, and who decided it. */
export function decidedAlready(review: Review | null, what = "Already decided"): UserError {
  const by = review?.decided_by ?? null;
  const how = review ? ` (${review.status}${by ? ` by ${by}` : ""})` : "";
  return new UserError("conflict", `${what}${how}.`, {
    ...{ code: "already_decided", by },
    ...(review && review.status !== "open" && { status: review.status }),
  });
}
