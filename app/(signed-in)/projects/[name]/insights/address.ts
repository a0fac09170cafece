/** What the page of insights shows, as its address says it, so that people can share a link. */
import { INSIGHT_STATES, type InsightKind, type InsightState, KINDS } from "@/core/shapes/insights";

export interface InsightsAsked {
  state: InsightState;
  kind: InsightKind | null;
  /** Id of the insight that is open. */
  insight: string | null;
}

export function askedBy(given: Record<string, string | string[] | undefined>): InsightsAsked {
  return {
    state: INSIGHT_STATES.find((one) => one === given.state) ?? "open",
    kind: KINDS.find((one) => one === given.kind) ?? null,
    insight: typeof given.insight === "string" ? given.insight : null,
  };
}

/** Returns the address of the page with a change. Another filter closes the insight that is open. */
export function addressOf(project: string, asked: InsightsAsked, change: Partial<InsightsAsked>): string {
  const { state, kind, insight } = { ...asked, insight: null, ...change };
  const query = new URLSearchParams({
    ...(state !== "open" && { state }),
    ...(kind !== null && { kind }),
    ...(insight !== null && { insight }),
  });
  return `/projects/${project}/insights${query.size > 0 ? `?${query}` : ""}`;
}
