/** What an approval is about: the call, as a person reads it. Pure. */
import type { Review } from "@/agents/core/shapes";
import { withoutDisguise } from "@/components/text/visible";
import { inputText, parseObject } from "@/components/trees/message-content";

/** The tool's name is the title's first word; its arguments follow, cut. */
export function toolOf({ title }: Pick<Review, "title">): string {
  return /^\S+/.exec(title)?.[0] ?? "a tool";
}

/** All arguments as lines; as they came where they are no JSON any more, because they were cut. */
export function argumentsOf({ evidence, title }: Pick<Review, "evidence" | "title">): string {
  const given = evidence ?? title.slice(toolOf({ title }).length).trim();
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
