import type { Review } from "@/core/shapes/shapes";

/** Returns the detail without the sentence that the title shows. */
export function besidesAct({ kind, act, detail }: Pick<Review, "kind" | "act" | "detail">): string {
  if (kind === "approval" || kind === "proposal") return detail;
  return restOf(detail, act.slice(act.indexOf(": ") + 2).replaceAll("`", "")) ?? detail;
}

/** Returns what follows the words at the beginning of a text, in which they may be marked as code; null: it begins otherwise. */
function restOf(text: string, words: string): string | null {
  let at = 0;
  for (const character of words) {
    while (text[at] === "`") at += 1;
    if (!text.startsWith(character, at)) return null;
    at += character.length;
  }
  return text.slice(at).replace(/^`+/, "").trim();
}
