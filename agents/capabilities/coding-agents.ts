/** Query for the outside coding agents. The look is kept for a moment, so that no page waits for a slow folder of PATH twice. */
import type { Queries } from "@/agents/application";
import { type FoundSources, foundAgents } from "@/agents/tools/coding/detected-agents";
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";

export interface CodingAgentSources {
  codingAgents: Pick<FoundSources, "configured" | "searchPath" | "firstRequests" | "spokenProtocols">;
  providers: { states(): { name: string; available: boolean }[] };
  now(): number;
}

const FRESH_MS = 10_000;

export function createCodingAgentQueries({
  codingAgents,
  providers,
  now,
}: CodingAgentSources): Pick<Queries, "listCodingAgents"> {
  let last: { atMs: number; agents: CodingAgent[] } | null = null;
  return {
    async listCodingAgents() {
      if (last && now() - last.atMs < FRESH_MS) return last.agents;
      const states = providers.states();
      const isAvailable = (name: string) => states.some((state) => state.name === name && state.available);
      last = { atMs: now(), agents: foundAgents({ ...codingAgents, isAvailable }) };
      return last.agents;
    },
  };
}
