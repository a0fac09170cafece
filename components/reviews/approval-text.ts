/** The text of an approval: its call, as a person reads it. Pure. */
import { inputText, parseObject } from "@/components/trees/message-content";
import type { Review } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";

/** Returns all arguments as lines. Arguments that were cut are no longer valid JSON and are returned unchanged. */
export function argumentsOf({ evidence }: Pick<Review, "evidence">): string {
  const given = evidence ?? "";
  const parsed = parseObject(given);
  return withoutDisguise(parsed ? inputText(parsed) : given);
}
