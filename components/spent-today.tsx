"use client";

import { count, money } from "@/core/words/figures";
import { useServerStatus } from "./feed/server-status";
import { Bar } from "./ui/parts";

/** Today's spend of all trees since midnight (UTC), with the daily cap if there is one. */
export function SpentToday() {
  const { cost_usd, tokens, cap_usd, cap_tokens } = useServerStatus().today;
  const inTokens = cap_usd === null && cap_tokens !== null;
  const [spent, cap, show] = inTokens ? [tokens, cap_tokens, count] : [cost_usd, cap_usd, money];
  const part = cap === null ? null : cap > 0 ? Math.min(1, spent / cap) : 1;
  return (
    <>
      <p className="flex items-center justify-between gap-2" title="Since midnight, UTC">
        <span>Today</span>
        <span data-today>
          {show(spent)}
          {cap === null ? "" : ` of ${show(cap)}`}
          {inTokens ? " tokens" : ""}
        </span>
      </p>
      {part === null ? null : (
        <Bar
          share={part}
          isOver={part === 1}
          className="w-full"
          role="img"
          aria-label={`${Math.round(part * 100)} % of the daily cap spent`}
        />
      )}
    </>
  );
}
