/** The text of an approval: its call, as a person reads it. Pure. */

import { inputText, parseObject } from "@/components/trees/message-content";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "@/core/words/asks";
import { plain } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

/** Returns the name of the tool that an approval is about. */
export function toolOf({ tool }: Pick<Review, "tool">): string {
  return tool ?? "a tool";
}

/** Returns all arguments as lines. Arguments that were cut are no longer valid JSON and are returned unchanged. */
export function argumentsOf({ evidence }: Pick<Review, "evidence">): string {
  const given = evidence ?? "";
  const parsed = parseObject(given);
  return withoutDisguise(parsed ? inputText(parsed) : given);
}

/** Returns a one-line title. For a call, it is the tool with its main argument instead of all the JSON. */
export function titleOf(review: Review): string {
  if (review.kind !== "approval" || isAskOfCall(review)) return plain(review.title.split("\n", 1)[0] ?? "");
  const main =
    argumentsOf(review)
      .split("\n", 1)[0]
      ?.replace(/^\w+: /, "") ?? "";
  return `${toolOf(review)} ${main}`.slice(0, 160);
}
