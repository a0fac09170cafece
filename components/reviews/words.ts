import type { Review } from "@/agents/core/shapes";

export const REVIEW_WORDS: Record<Review["kind"], string> = {
  question: "Question",
  approval: "Approval",
  proposal: "Proposal",
  change: "Change",
  flag: "Flag",
};
