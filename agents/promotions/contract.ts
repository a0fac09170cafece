/** What a promotion changes for clients of its service. */
import { documentsBetween } from "@/agents/specification/compare";
import type { PromotionContract } from "@/core/shapes/environments/promotions";

const MOST_NAMED = 20;

/** Resolves with what differs between the documents of two commits; null: one of them has none. */
export async function contractBetween(
  gitDir: string,
  { former, commit }: { former: string; commit: string },
  signal: AbortSignal,
): Promise<PromotionContract | null> {
  const compared = await documentsBetween(gitDir, { before: former, now: commit }, signal);
  if (compared === null) return null;
  const { changes, not_compared } = compared;
  const breaking = changes.flatMap((change) => (change.breaking ? [change.text] : []));
  return { changes: changes.length, breaking: breaking.slice(0, MOST_NAMED), not_compared };
}
