/** The key by which twin lessons are found. Pure. */
import { createHash } from "node:crypto";
import type { LessonText } from "./lesson";

/** Returns a key that lessons with the same advice for the same place share, whatever the order of their words. */
export function twinKey({ scope, place, signature, advice }: Omit<LessonText, "kind" | "trigger">): string {
  const words = [
    ...new Set(
      advice
        .normalize("NFKC")
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [],
    ),
  ].sort();
  return createHash("sha256")
    .update(JSON.stringify([scope, place, signature, words]))
    .digest("hex")
    .slice(0, 24);
}
