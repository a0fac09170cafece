/** By what twins among lessons are known. Pure. */
import { createHash } from "node:crypto";
import type { LessonText } from "./lesson";

/** Returns what two lessons with the same advice for the same place share, whatever their order of words. */
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
