/** What an approval is about: the call, as a person reads it. Pure. */

import { withoutDisguise } from "@/components/text/visible";
import { inputText, parseObject } from "@/components/trees/message-content";
import type { Review } from "@/core/shapes/shapes";

/** The tool of the call that an approval is about. */
export function toolOf({ tool }: Pick<Review, "tool">): string {
  return tool ?? "a tool";
}

/** All arguments as lines; as they came where they are no JSON any more, because they were cut. */
export function argumentsOf({ evidence }: Pick<Review, "evidence">): string {
  const given = evidence ?? "";
  const parsed = parseObject(given);
  return withoutDisguise(parsed ? inputText(parsed) : given);
}

const RADIUS = [
  "",
  "a detail",
  "the task's files",
  "the network",
  "much of the machine",
  "the whole machine or system",
];
const UNCERTAINTY = ["", "plain", "nearly plain", "partly unclear", "unclear", "nobody can say"];

/** Why the item stands where it stands in the list. */
export function attentionText({ attention, blast_radius, uncertainty }: Review): string {
  const reach = RADIUS[blast_radius] ?? `${blast_radius} of 5`;
  const unclear = UNCERTAINTY[uncertainty] ?? `${uncertainty} of 5`;
  return `Attention ${attention} of 100: reaches ${reach}; what it does is ${unclear}.`;
}
