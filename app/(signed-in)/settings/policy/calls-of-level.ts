import type { Level } from "@/core/log/entries";
import type { ListedTool } from "@/core/shapes/tools";
import { POLICY_WORDS } from "@/core/words/policy";

/** The calls of a level, in words. */
export interface CallsOfLevel {
  follow: string[];
  /** Calls of tools with their own policy, which overrides the level's. */
  own: string[];
}

/** Returns which calls follow the policy of a level, and which have a policy of their own. */
export function callsOfLevel(level: Level, tools: readonly ListedTool[]): CallsOfLevel {
  const all = tools
    .filter((tool) => !tool.records)
    .flatMap((tool) => {
      const kinds = tool.kinds.filter((kind) => kind.level === level).map(({ what }) => what);
      if (kinds.length === 0) return [];
      const words = tool.kinds.length > 1 ? `${tool.name} (${kinds.join(", ")})` : tool.name;
      return [{ words, policy: tool.policy }];
    });
  const withPolicy = (policy: string) => all.filter((one) => one.policy === policy).map(({ words }) => words);
  return {
    follow: withPolicy("inherit"),
    own: Object.entries(POLICY_WORDS).flatMap(([policy, word]) => {
      const names = withPolicy(policy);
      return names.length > 0 ? [`${word.toLowerCase()}: ${names.join(", ")}`] : [];
    }),
  };
}
