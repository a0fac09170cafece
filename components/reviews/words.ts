import type { IconName } from "@/components/ui/icon";
import type { Review } from "@/core/shapes/shapes";

export const REVIEW_ICONS: Record<Review["kind"], IconName> = {
  question: "you",
  approval: "approval",
  proposal: "proposal",
  change: "change",
  flag: "flag",
};

export const REVIEW_WORDS: Record<Review["kind"], string> = {
  question: "Question",
  approval: "Approval",
  proposal: "Proposal",
  change: "Change",
  flag: "Flag",
};

/** Returns the detail without the title, which repeats its first line. */
export function detailOf({ title, detail }: Pick<Review, "title" | "detail">): string {
  return detail.startsWith(title) ? detail.slice(title.length).trim() : detail;
}
