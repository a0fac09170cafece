/** Failures by kinds, in words. */
import type { Failures, ListedFailure } from "@/core/shapes/failures";
import { percent, plural } from "./figures";

/** How many there were, and which part of them went on without a person. */
export function failuresSentence({
  last_30_days,
  settled,
  recovered,
}: Omit<Failures, "items" | "recommendations">): string {
  if (last_30_days === 0) return "No failures in 30 days.";
  const share = settled === 0 ? "" : ` (${percent(recovered / settled)} of ${settled} that are settled)`;
  return `${plural(last_30_days, "failure")} in 30 days, ${recovered} recovered without a person${share}.`;
}

export function happenedSentence({ items }: Pick<Failures, "items">): string {
  const happened = items.filter(({ last_30_days }) => last_30_days > 0).length;
  return `${happened} of ${plural(items.length, "kind")} happened. Counted from the logs.`;
}

/** The part that went on without a person; empty where nothing is settled yet. */
export function byItself({ settled, recovered }: Pick<ListedFailure, "settled" | "recovered">): string {
  return settled === 0 ? "" : percent(recovered / settled);
}

export function trendLabel({ weeks }: Pick<ListedFailure, "weeks">): string {
  return `In the last ${weeks.length} weeks, oldest first: ${weeks.join(", ")}`;
}
