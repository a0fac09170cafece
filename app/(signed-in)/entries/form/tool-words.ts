import type { ListedTool } from "@/agents/application";
import type { HostPolicy } from "@/core/rules/policy";

/** How far a call reaches, by its level. */
export const REACHES: Record<string, string> = {
  read: "Reads",
  write: "Workspace",
  network: "Network",
  host: "This machine",
  change: "Banyan itself",
};

const WORDS = { auto: "Runs by itself", ask: "Asks a person", deny: "Is refused" };

/** A tool's own policy, else its level's. */
export function policyText(
  { policy, level }: Pick<ListedTool, "policy" | "level">,
  levels: HostPolicy["levels"],
): string {
  if (policy === "auto" || policy === "ask" || policy === "deny") return WORDS[policy];
  const ofLevel = levels[level as keyof HostPolicy["levels"]];
  return ofLevel ? `${WORDS[ofLevel]}, as its level says` : "As its level says";
}
