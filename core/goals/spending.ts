/** What a goal has spent: by phase, in its rounds, and on its own machinery. */
import { GOAL_AGENTS, type Goal } from "@/core/log/goal";

/** What the tasks of one agent below one task of a goal have spent. `task`: the public id of the goal's own subtask. */
export interface Spending {
  task: string;
  agent: string;
  /** Tokens, input and output together. */
  tokens: number;
  microUsd: number;
}

interface Sum {
  tokens: number;
  cost_usd: number;
}

/** Rounds whose cost says what the next one is likely to cost. */
const PACE = 5;
/** The share of the spend that a goal's own machinery may take. */
const MOST_OVERHEAD = 0.3;
/** Rounds before the share says anything. */
const FIRST_ROUNDS = 3;

export type Phase = "plan" | "research" | "work" | "judge" | "reflect";

const PHASES: Readonly<Record<string, Phase>> = {
  [GOAL_AGENTS.planner]: "plan",
  [GOAL_AGENTS.strategist]: "reflect",
  [GOAL_AGENTS.writer]: "plan",
  [GOAL_AGENTS.judge]: "judge",
};

/** Returns what the goal's tasks spent, by phase. */
export function phasesOf(spendings: readonly Spending[], { executor }: Pick<Goal, "executor">): Map<Phase, Sum> {
  const phases = new Map<Phase, Sum>();
  for (const spending of spendings) {
    if (spending.tokens === 0) continue;
    const phase = phaseOf(spending, executor);
    phases.set(phase, plus(phases.get(phase) ?? NOTHING, spending));
  }
  return phases;
}

function phaseOf({ agent }: Spending, executor: string): Phase {
  return PHASES[agent] ?? (agent === GOAL_AGENTS.researcher && agent !== executor ? "research" : "work");
}

const NOTHING: Sum = { tokens: 0, cost_usd: 0 };

function plus({ tokens, cost_usd }: Sum, more: Spending): Sum {
  return { tokens: tokens + more.tokens, cost_usd: cost_usd + more.microUsd / 1e6 };
}

/** Returns what the tasks of each of the goal's own subtasks spent, by its public id. */
export function spentByTask(spendings: readonly Spending[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const spending of spendings) sums.set(spending.task, plus(sums.get(spending.task) ?? NOTHING, spending));
  return sums;
}

/** Returns what all rounds used together, and what the last five used on average. `rounds`: at least one. */
export function costOf(rounds: readonly Sum[]): { so_far: Sum; round: Sum } {
  const last = rounds.slice(-PACE);
  const { tokens, cost_usd } = sumOf(last);
  const round = { tokens: Math.round(tokens / last.length), cost_usd: cost_usd / last.length };
  return { so_far: sumOf(rounds), round };
}

function sumOf(sums: readonly Sum[]): Sum {
  const all = (of: (sum: Sum) => number) => sums.reduce((total, sum) => total + of(sum), 0);
  return { tokens: all(({ tokens }) => tokens), cost_usd: all(({ cost_usd }) => cost_usd) };
}

/** Whether planning, research, judging and reflecting took too much of the spend, so that rounds become leaner. */
export function isLean(rounds: number, spendings: readonly Spending[], goal: Pick<Goal, "executor">): boolean {
  if (rounds < FIRST_ROUNDS) return false;
  const phases = phasesOf(spendings, goal);
  const all = [...phases.values()].reduce((total, { tokens }) => total + tokens, 0);
  return all - (phases.get("work")?.tokens ?? 0) > MOST_OVERHEAD * all;
}
