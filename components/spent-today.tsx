"use client";

import { useServerStatus } from "./feed/server-status";
import { count, money } from "./ui/format";

/** What all trees together spent since midnight (UTC), against the cap of a day where there is one. */
export function SpentToday() {
  const { cost_usd, tokens, cap_usd, cap_tokens } = useServerStatus().today;
  const inTokens = cap_usd === null && cap_tokens !== null;
  const [spent, cap, show] = inTokens ? [tokens, cap_tokens, count] : [cost_usd, cap_usd, money];
  const part = cap === null ? null : cap > 0 ? Math.min(1, spent / cap) : 1;
  return (
    <>
      <p className="flex" title="Since midnight, UTC">
        <span>Today</span>
        <span data-today>
          {show(spent)}
          {cap === null ? "" : ` of ${show(cap)}`}
          {inTokens ? " tokens" : ""}
        </span>
      </p>
      {part === null ? null : (
        <span
          className={`meter big ${part === 1 ? "over" : ""}`}
          role="img"
          aria-label={`${Math.round(part * 100)} % of what may be spent in a day`}
        >
          <i style={{ width: `${Math.round(part * 100)}%` }} />
        </span>
      )}
    </>
  );
}
