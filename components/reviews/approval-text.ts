/** The text of an approval: its call and its risk, as a person reads them. Pure. */

import { inputText, parseObject } from "@/components/trees/message-content";
import type { Review } from "@/core/shapes/shapes";
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

const REACH = [
  "",
  "touches only a detail",
  "touches only this task's files",
  "reaches the network",
  "touches much of the machine",
  "touches the whole machine or system",
];
const EFFECT = [
  "",
  "the effect is clear",
  "the effect is mostly clear",
  "the effect is partly unclear",
  "the effect is unclear",
  "the effect is unknown",
];

/** Returns why an item ranks where it does. The attention also counts how much waits, the level of risk does not. */
export function attentionText({ attention, blast_radius: radius, uncertainty }: Review): string {
  const risk = radius * uncertainty;
  const level = risk < 5 ? "Low" : risk < 12 ? "Medium" : "High";
  const reach = REACH[radius] ?? `reach ${radius} of 5`;
  const effect = EFFECT[uncertainty] ?? `uncertainty ${uncertainty} of 5`;
  return `${level} risk (attention ${attention}/100): ${reach}; ${effect}.`;
}
