/** Says what to do about a failed tree. Pure. */
import type { Reason } from "@/core/log/reasons";
import type { Tree } from "@/core/shapes/shapes";
import { REASON_WORDS } from "@/core/words/reasons";
import { lackingOf, type More } from "@/core/words/remedies";

/** Reasons after which a retry fails again, whatever a person has fixed first. */
const NOT_BY_RETRY: readonly Reason[] = ["refused", "broken_log"];

interface Remedy {
  /** A retry can end differently. */
  retry: boolean;
  /** Amount to add to the grant before the retry. */
  more: More | null;
  words: string;
}

type FailedTree = Pick<Tree, "reason" | "grant" | "grant_needed" | "active_seconds" | "totals">;

export function remedyOf({ reason, grant, grant_needed, active_seconds, totals }: FailedTree): Remedy {
  const words = reason ? REASON_WORDS[reason].remedy : "";
  if (reason !== "out_of_grant") return { retry: reason === null || !NOT_BY_RETRY.includes(reason), more: null, words };
  const { cost_usd, tokens_in, tokens_out } = totals;
  const known = { ...(grant_needed && { grant_needed }), ...(active_seconds !== undefined && { active_seconds }) };
  const more = lackingOf({ reason, grant, ...known, spent: { cost_usd, tokens: tokens_in + tokens_out } });
  return { retry: true, more, words };
}
