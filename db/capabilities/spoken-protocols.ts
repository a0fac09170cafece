/**
 * Which protocol a coding agent of the settings speaks, learned from the requests that its model could not answer, so that
 * a model which does not fit is known before the next start.
 */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

/** The program of an agent: another one may speak another protocol. */
interface AgentProgram {
  file: string;
  version: string | null;
}

export interface SpokenProtocols {
  /** Returns the providers that speak the agent's protocol; null when the agent has shown none. */
  providersOf(agent: string, program: AgentProgram): readonly string[] | null;
  learn(agent: string, program: AgentProgram, providers: readonly string[]): Promise<void>;
}

interface Known extends AgentProgram {
  providers: string[];
}

export function createSpokenProtocols(sqlite: Sqlite, log: Pick<Writes, "write">): SpokenProtocols {
  const facts = createFacts(sqlite);
  const nameOf = (agent: string) => `spoken_protocol:${agent}`;
  return {
    providersOf(agent, { file, version }) {
      const known = JSON.parse(facts.read(nameOf(agent)) ?? "null") as Known | null;
      return known !== null && known.file === file && known.version === version ? known.providers : null;
    },
    async learn(agent, { file, version }, providers) {
      await log.write(() => facts.write(nameOf(agent), JSON.stringify({ file, version, providers })));
    },
  };
}
