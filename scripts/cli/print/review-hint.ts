import type { Review } from "@/core/shapes/shapes";
import { clean, oneLine } from "./text";
import { short } from "./words";

/** What is asked: of a call that waits for its approval with what exactly it would do. */
export function askedText({ kind, title, detail }: Pick<Review, "kind" | "title" | "detail">): string {
  const text = clean(detail || title).trim();
  return kind === "approval" && detail ? `${text}\n  ${oneLine(title)}` : text;
}

/** What a person can do about it from here. */
export function answerHint(review: Pick<Review, "id" | "kind"> & Partial<Pick<Review, "alike">>): string {
  const id = short(review.id);
  if (review.kind === "question") return `Answer with: npx banyan answer ${id} "…"`;
  if (review.kind !== "approval" && review.kind !== "flag") return `Decide on it on the page of reviews (item ${id}).`;
  const alike = (review.alike ?? 1) > 1 ? ` (with --alike on all ${review.alike} that are equal)` : "";
  return `Decide with: npx banyan approve ${id}, or npx banyan reject ${id} --reason "…"${alike}`;
}
