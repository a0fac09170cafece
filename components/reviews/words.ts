import type { IconName } from "@/components/ui/icon";
import type { Review } from "@/core/shapes/shapes";

export const REVIEW_ICONS: Record<Review["kind"], IconName> = {
  question: "question",
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

type Settled = Pick<Review, "kind" | "status" | "decided_by" | "decided_by_rule">;

const STATUS_WORDS: Record<Review["status"], string> = {
  open: "Not decided yet",
  approved: "Approved",
  rejected: "Rejected",
  answered: "Answered",
  withdrawn: "Withdrawn",
};

/** Returns how an item was settled and by whom. `me` is the reader's name. */
export function settledWords({ kind, status, decided_by: by, decided_by_rule: rule }: Settled, me: string): string {
  if (status === "withdrawn") return "Withdrawn: its task no longer needs a decision.";
  const flagWords = status === "approved" ? "Dealt with" : "Closed as no problem";
  const what = kind === "flag" && (status === "approved" || status === "rejected") ? flagWords : STATUS_WORDS[status];
  if (rule !== null) return `${what} by a rule.`;
  if (by === null || status === "open") return `${what}.`;
  return `${what} by ${by === me ? "you" : by}.`;
}
