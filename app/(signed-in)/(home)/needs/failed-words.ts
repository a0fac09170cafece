/** What to do about a tree that failed. Pure. */

import type { Reason } from "@/core/log/reasons";
import type { Tree } from "@/core/shapes/shapes";
import { count, money } from "@/core/words/figures";
import { REASON_WORDS } from "@/core/words/reasons";

interface More {
  usd?: number;
  tokens?: number;
}

/** Reasons for which a retry would fail in the same way. */
const NOT_BY_RETRY: readonly Reason[] = ["refused", "bad_request", "no_model", "no_key", "broken_log"];

interface Remedy {
  /** A retry can end differently. */
  retry: boolean;
  /** Amount to add to the grant before the retry. */
  more: More | null;
  words: string;
}

export function remedyOf({ reason, grant }: Pick<Tree, "reason" | "grant">): Remedy {
  const words = reason ? REASON_WORDS[reason].remedy : "";
  if (reason !== "out_of_grant") return { retry: reason === null || !NOT_BY_RETRY.includes(reason), more: null, words };
  // Doubles each amount that was capped.
  const more = {
    ...(grant.cost_usd !== null && { usd: grant.cost_usd }),
    ...(grant.tokens !== null && { tokens: grant.tokens }),
  };
  const isKnown = Object.keys(more).length > 0;
  return { retry: isKnown, more: isKnown ? more : null, words };
}

export function moreWords({ usd, tokens }: More): string {
  return [usd === undefined ? "" : money(usd), tokens === undefined ? "" : `${count(tokens)} tokens`]
    .filter(Boolean)
    .join(" and ");
}
