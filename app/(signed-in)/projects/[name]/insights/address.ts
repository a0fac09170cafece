/** What the page of insights shows, as its address says it, so that people can share a link. */
import {
  INSIGHT_STATES,
  type InsightKind,
  type InsightState,
  KINDS,
  type ProjectInsight,
} from "@/core/shapes/insights";

export interface InsightsAsked {
  state: InsightState;
  kind: InsightKind | null;
  /** Words that each insight of the list has. */
  text: string;
  /** Id of the insight that is open. */
  insight: string | null;
}

export const MOST_TEXT = 200;

export function askedBy(given: Record<string, string | string[] | undefined>): InsightsAsked {
  return {
    state: INSIGHT_STATES.find((one) => one === given.state) ?? "open",
    kind: KINDS.find((one) => one === given.kind) ?? null,
    text: typeof given.text === "string" ? given.text.trim().slice(0, MOST_TEXT) : "",
    insight: typeof given.insight === "string" ? given.insight : null,
  };
}

/** Returns the address of the page with a change. Another filter closes the insight that is open. */
export function addressOf(project: string, asked: InsightsAsked, change: Partial<InsightsAsked>): string {
  const { state, kind, text, insight } = { ...asked, insight: null, ...change };
  const query = new URLSearchParams({
    ...(state !== "open" && { state }),
    ...(kind !== null && { kind }),
    ...(text !== "" && { text }),
    ...(insight !== null && { insight }),
  });
  return `/projects/${project}/insights${query.size > 0 ? `?${query}` : ""}`;
}

/** Returns whether an insight has every word in its title, path, symbol or id, whatever the case. */
export function hasWords({ title, path, symbol, id }: ProjectInsight, text: string): boolean {
  const own = `${title}\n${path}\n${symbol}\n${id}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => own.includes(word));
}
