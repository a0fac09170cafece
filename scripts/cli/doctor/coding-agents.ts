/** The part of `doctor` that names the coding agents of this machine. */
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import { capOf, installOf, leastOf, packageOf, signInOf, wayOf } from "@/core/words/coding-agents";
import { providerLabel } from "@/lib/models/providers/labels";
import type { Finding } from "./finding";

/** Returns one finding for each agent, installed or not. */
export function codingAgents(agents: readonly CodingAgent[]): Finding[] {
  return agents.map((agent) => (agent.program === null ? missing(agent) : findingOf(agent)));
}

function findingOf(agent: CodingAgent): Finding {
  const isReady = agent.providers.some(({ available }) => available);
  return {
    name: `Coding agent ${agent.name}`,
    mark: isReady ? "ok" : "off",
    text: `${agent.title} ${packageOf(agent)}, ${agent.program}. ${signInOf(agent, labelOf)} ${capOf(agent)}${leastOf(agent)}${wayOf(agent)}`,
    remedy: isReady ? "" : "To let tasks use it, set that provider's key (docs/models.md).",
  };
}

/** An agent that the settings name should be installed. */
function missing(agent: CodingAgent): Finding {
  const mark = agent.install === null ? "warn" : "off";
  const text = `${agent.title} is not installed (${packageOf(agent)}).`;
  return { name: `Coding agent ${agent.name}`, mark, text, remedy: installOf(agent) };
}

function labelOf(provider: string): string {
  return providerLabel(provider) ?? provider;
}
