/** Reads the page's query from its URL. Unknown values are ignored. */
import { REVIEW_WORDS } from "@/components/reviews/words";
import type { DecidedQuery } from "@/core/shapes/review";

export const STATUS_WORDS: Record<NonNullable<DecidedQuery["status"]>, string> = {
  approved: "Approved, dealt with",
  rejected: "Rejected, no problem",
  answered: "Answered",
  withdrawn: "Withdrawn",
};

export function askedOf(search: Record<string, string | string[] | undefined>): DecidedQuery {
  const named = (name: string) => {
    const value = search[name];
    return typeof value === "string" && value.trim() !== "" ? value : undefined;
  };
  const [kind, status, after] = [named("kind"), named("status"), named("after")];
  return {
    text: named("text"),
    by: named("by"),
    kind: kind !== undefined && Object.hasOwn(REVIEW_WORDS, kind) ? (kind as DecidedQuery["kind"]) : undefined,
    status:
      status !== undefined && Object.hasOwn(STATUS_WORDS, status) ? (status as DecidedQuery["status"]) : undefined,
    after: after !== undefined && /^\d{1,15}$/.test(after) ? after : undefined,
  };
}
