import type { Review } from "@/agents/core/shapes";
import { short } from "./words";

/** What a person can do about it from here. */
export function answerHint(review: Pick<Review, "id" | "kind">): string {
  return review.kind === "question"
    ? `Answer with: npx banyan answer ${short(review.id)} "…"`
    : `Decide on it on the page of reviews (item ${short(review.id)}).`;
}
