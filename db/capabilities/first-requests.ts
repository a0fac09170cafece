/**
 * How large the first request of each coding agent is besides its prompt: its instructions and its tools. It is learned
 * from what the agents sent, so that a grant which is too small for it is known before the next start.
 */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface FirstRequests {
  /** Returns the tokens that are reserved for it; null when the agent has sent none in this version. */
  tokensOf(agent: string, version: string | null): number | null;
  /** The smallest counts, because some agents begin with a short request at times. */
  learn(agent: string, version: string | null, tokens: number): Promise<void>;
}

export function createFirstRequests(sqlite: Sqlite, log: Pick<Writes, "write">): FirstRequests {
  const facts = createFacts(sqlite);
  const nameOf = (agent: string) => `first_request:${agent}`;
  const tokensOf: FirstRequests["tokensOf"] = (agent, version) => {
    const known = JSON.parse(facts.read(nameOf(agent)) ?? "null") as { version: string | null; tokens: number } | null;
    return known !== null && known.version === version ? known.tokens : null;
  };
  return {
    tokensOf,
    async learn(agent, version, tokens) {
      const known = tokensOf(agent, version);
      if (known !== null && known <= tokens) return;
      await log.write(() => facts.write(nameOf(agent), JSON.stringify({ version, tokens })));
    },
  };
}
