/** What a tree used: cost, turns and wrong calls of each of its agents. */
import type { Message, Tree } from "@/core/shapes/shapes";

export interface AgentFigures {
  tasks: number;
  /** Replies of the model. */
  turns: number;
  /** Calls whose response is an error, and replies that were no valid calls at all. */
  wrong_calls: number;
  tokens_in: number;
  tokens_out: number;
  /** Read from the provider's cache; a part of `tokens_in`. */
  tokens_cached: number;
  cost_usd: number;
}

export interface Figures extends AgentFigures {
  seconds: number;
  agents: Record<string, AgentFigures>;
}

const NOTHING: AgentFigures = {
  tasks: 0,
  turns: 0,
  wrong_calls: 0,
  tokens_in: 0,
  tokens_out: 0,
  tokens_cached: 0,
  cost_usd: 0,
};

export function figuresOf(tree: Tree | null, log: Message[]): Figures {
  const agentOf = new Map(tree?.tasks.map((task) => [task.id, task.agent]));
  const agents: Record<string, AgentFigures> = {};
  for (const agent of agentOf.values()) agents[agent] = plus(agents[agent], { ...NOTHING, tasks: 1 });
  for (const message of log) {
    const agent = agentOf.get(message.task_id) ?? "unknown";
    agents[agent] = plus(agents[agent], figuresOfMessage(message));
  }
  const seconds = tree?.ended_at ? (Date.parse(tree.ended_at) - Date.parse(tree.created_at)) / 1_000 : 0;
  return { ...sumOf(Object.values(agents)), seconds, agents };
}

export function sumOf(all: AgentFigures[]): AgentFigures {
  return all.reduce((sum, figures) => plus(sum, figures), NOTHING);
}

export function plus(a: AgentFigures = NOTHING, b: AgentFigures): AgentFigures {
  const names = Object.keys(NOTHING) as (keyof AgentFigures)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as AgentFigures;
}

function figuresOfMessage({ kind, content, usage }: Message): AgentFigures {
  const isWrong = (kind === "tool_response" && content.isError === true) || content.type === "correction";
  const cost = typeof content.cost_usd === "number" ? content.cost_usd : 0;
  return {
    tasks: 0,
    turns: kind === "agent_response" ? 1 : 0,
    wrong_calls: isWrong ? 1 : 0,
    tokens_in: usage?.inputTokens ?? 0,
    tokens_out: usage?.outputTokens ?? 0,
    tokens_cached: usage?.cacheReadTokens ?? 0,
    cost_usd: cost,
  };
}
