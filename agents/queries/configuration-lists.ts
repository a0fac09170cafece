/** Queries for lists of the live configuration: agents, documents, runbooks and the policy. */
import { type ListedAgent, type Queries, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { isInnerRunbook } from "@/core/rules/own-runbooks";
import { isSystemAgent } from "@/core/rules/system-agents";

type ListedQueries = Pick<
  Queries,
  "listAgents" | "listDocuments" | "listRunbooks" | "getAgent" | "getDocument" | "getPolicy"
>;

export function createListedQueries(configuration: Configuration): ListedQueries {
  return {
    listAgents: async () => configuration.agents().map(listedAgent),
    listDocuments: async () => configuration.documents().map(({ body: _, ...rest }) => rest),
    listRunbooks: async () =>
      configuration.runbooks().map(({ name, description }) => ({ name, description, inner: isInnerRunbook(name) })),
    async getAgent(name) {
      const found = configuration.agents().find((agent) => agent.name === name);
      if (!found) throw unknown("agent", name, configuration.agents());
      return { ...listedAgent(found), instruction: found.instruction };
    },
    async getDocument(name) {
      const found = configuration.documents().find((document) => document.name === name);
      if (!found) throw unknown("document", name, configuration.documents());
      const { description, version, body } = found;
      return { name, description, version, body };
    },
    getPolicy: async () => configuration.policy(),
  };
}

function listedAgent({
  name,
  description,
  model,
  tools,
  documents,
  version,
  edited,
}: Omit<ListedAgent, "inner">): ListedAgent {
  return { name, description, inner: isSystemAgent(name), model, tools, documents, version, edited };
}

function unknown(what: string, name: string, known: { name: string }[]): UserError {
  return new UserError(
    "not_found",
    `There is no ${what} ${name}. Known: ${known.map((entry) => entry.name).join(", ")}.`,
  );
}
