import type { Review } from "@/core/shapes/shapes";
import { clean, oneLine } from "./text";
import { short } from "./words";

/** Returns what the item asks; for an approval the act, and the exact call. */
export function askedText({ kind, act, title, detail }: Pick<Review, "kind" | "act" | "title" | "detail">): string {
  const text = clean(detail || title).trim();
  return kind === "approval" ? `${oneLine(act)}: ${text}\n  ${oneLine(title)}` : text;
}

/** Returns the command that settles the item. */
export function answerHint(review: Pick<Review, "id" | "kind"> & Partial<Pick<Review, "alike">>): string {
  const id = short(review.id);
  if (review.kind === "question") return `Answer with: npx banyan answer ${id} "…"`;
  const hint = review.kind === "approval" || review.kind === "flag" ? "" : `Read it with: npx banyan reviews ${id}. `;
  const alike = (review.alike ?? 1) > 1 ? ` (add --alike to decide all ${review.alike} identical items)` : "";
  return `${hint}Decide with: npx banyan approve ${id}, or npx banyan reject ${id} --reason "…"${alike}`;
}
