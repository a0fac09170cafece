/** Says whom a trial concerns: the agents that use the entry, and whether they judge the work of others. */
import { isServer, serverOfName } from "@/agents/tools/outside/server-tools";
import { FINISHING_AGENTS } from "@/core/ending";
import type { AgentBody, ToolBody } from "@/core/rules/configuration";
import type { TrialMetric } from "@/core/rules/trial";
import type { ConfigKind } from "@/db/configuration/configuration";

interface Subject {
  kind: ConfigKind;
  name: string;
}

/** Whether trees can use the change and the live version in turn: neither a removal nor one of Banyan's own tools. */
export function goesOnTrial(kind: ConfigKind, body: unknown): boolean {
  return body !== null && (kind !== "tool" || isServer(body as ToolBody));
}

type Agents = readonly Pick<AgentBody, "name" | "documents" | "tools">[];

const REVIEW_AGENT = "review_agent";

/** Returns the agents whose tasks the entry changes. */
export function agentsOf(agents: Agents, { kind, name }: Subject): string[] {
  const uses = (agent: Agents[number]) => {
    if (kind === "document") return agent.documents.includes(name);
    return kind === "tool" && agent.tools.some((tool) => tool === name || serverOfName(tool) === name);
  };
  return kind === "agent" ? [name] : agents.filter(uses).map((agent) => agent.name);
}

/**
 * Returns what counts as passed. Entries that take part in judging are measured by what people say, because a judge
 * would otherwise grade itself.
 */
export function metricOf(agents: Agents, subject: Subject): TrialMetric {
  const concerned = agentsOf(agents, subject);
  if (concerned.includes(FINISHING_AGENTS.evaluate)) return "agreement";
  return concerned.includes(REVIEW_AGENT) ? "person" : "verdict";
}
