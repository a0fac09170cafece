import type { ListedTool } from "@/agents/application";
import type { HostPolicy } from "@/core/rules/policy";
import { policyWord } from "@/core/words/policy";

/** A tool's own policy, else its level's. */
export function policyText(
  { policy, level }: Pick<ListedTool, "policy" | "level">,
  levels: HostPolicy["levels"],
): string {
  if (policy !== "inherit") return policyWord(policy);
  const ofLevel = levels[level as keyof HostPolicy["levels"]];
  return ofLevel ? `${policyWord(ofLevel)} (as its level)` : "As its level";
}
