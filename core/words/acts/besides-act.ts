import type { Review } from "@/core/shapes/shapes";

/** Returns the detail without the sentence that the title shows. */
export function besidesAct({ kind, act, detail }: Pick<Review, "kind" | "act" | "detail">): string {
  if (kind === "approval" || kind === "proposal") return detail;
  const shown = act.slice(act.indexOf(": ") + 2);
  return detail.startsWith(shown) ? detail.slice(shown.length).trim() : detail;
}
