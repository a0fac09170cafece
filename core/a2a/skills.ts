/** The skills that the card shows to other agents, and the agents behind them. */

/** A skill: its id is what a message names. */
export interface OfferedSkill {
  id: string;
  name: string;
  /** The description of its agent. */
  description: string;
  tags: readonly string[];
  examples: readonly string[];
}

/** Agents that everybody can discover. Another agent is used by its name, which only callers with a token see. */
const OFFERED = {
  security_scanner: {
    name: "Scan code for security faults",
    tags: ["security", "code", "review"],
    examples: ["Scan https://github.com/OWNER/NAME for security faults."],
  },
  test_generator: {
    name: "Write tests",
    tags: ["tests", "code", "quality"],
    examples: ["Write tests for this function:\nexport const half = (n: number) => n / 2;"],
  },
};

/** The skill of the whole system: it chooses the agent itself. */
export const TASK_SKILL = "task";

/** The beginning of the id of a skill that is an agent's name. */
export const AGENT_SKILL = "agent:";

/** Returns the offered skills whose agents are there: a person may have removed one. */
export function offeredSkills(agents: readonly { name: string; description: string }[]): OfferedSkill[] {
  return Object.entries(OFFERED).flatMap(([id, skill]) => {
    const agent = agents.find(({ name }) => name === id);
    return agent ? [{ id, ...skill, description: agent.description }] : [];
  });
}

/** Returns the agent of a skill; null when the system chooses; undefined for an unknown skill. */
export function agentOfSkill(skill: string, agents: readonly { name: string }[]): string | null | undefined {
  if (skill === TASK_SKILL) return null;
  const isAgent = skill.startsWith(AGENT_SKILL);
  const named = isAgent ? skill.slice(AGENT_SKILL.length) : skill;
  const isKnown = agents.some(({ name }) => name === named) && (isAgent || Object.hasOwn(OFFERED, named));
  return isKnown ? named : undefined;
}
