/** Limits on the growth of a tree, checked before a subtask is created. Each refusal is a sentence that the model reads. */
import type { SubtaskRequest } from "@/agents/tools/contract/control";
import type { LimitRule } from "@/core/log/entries";
import { isOfGoal } from "@/core/programs/names";
import type { TaskState } from "@/core/state";
import { forSubtasks, hostAgentRefusal, isForeignProgram } from "./host-agents";

/** A task's ancestors up to the root, and the number of tasks in its tree. */
export interface Family {
  /** The task itself first. */
  ancestors: { agent: string; instruction: string }[];
  /** Tasks with role work in the whole tree. */
  treeTasks: number;
  /** Rounds of a goal among them. */
  rounds: number;
}

export interface GrowthLimits {
  maxDepth: number;
  maxWidth: number;
  maxTasksPerTree: number;
  agents: ReadonlySet<string>;
}

export interface Refusal {
  /** What the model reads. */
  text: string;
  /** The limit that refused it; after three of these a task may start no subtasks. null: the request is invalid. */
  rule: LimitRule | null;
}

/** Returns why the subtask may not start, or null. `startedInThisTurn` counts earlier subtasks of the same reply. */
export function refusalOf(
  state: TaskState,
  request: SubtaskRequest,
  family: Family,
  startedInThisTurn: number,
  limits: GrowthLimits,
): Refusal | null {
  if (!limits.agents.has(request.agent)) {
    const known = forSubtasks([...limits.agents].map((name) => ({ name })));
    const names = known.map(({ name }) => name).join(", ");
    return { text: `There is no agent ${request.agent}. Agents: ${names}.`, rule: null };
  }
  const isGoals = isOfGoal(state.setup.model);
  const isOwn = isGoals && !isForeignProgram(state.setup.model, request.agent);
  const system = request.call.tool === "start_subtask" && !isOwn ? hostAgentRefusal(request.agent) : null;
  if (system !== null) return { text: system, rule: null };
  const limit = (rule: LimitRule, text: string) => ({ text: `Refused by the rule ${rule}: ${text}`, rule });
  const { maxDepth } = limits;
  // Each round of a goal may grow as large as a tree.
  const maxTasks = limits.maxTasksPerTree * Math.max(1, family.rounds);
  if (state.assignment.depth + 1 > maxDepth) {
    return limit(
      "depth",
      `the subtask would be ${state.assignment.depth + 1} levels deep, and the limit is ${maxDepth}. Do the work yourself.`,
    );
  }
  const width = [...state.subtasks.values()].filter((subtask) => subtask.role === "work").length + startedInThisTurn;
  // The rounds of a goal come one after the other, and have a limit of their own.
  if (width + 1 > limits.maxWidth && !isGoals)
    return limit("width", `a task may start ${limits.maxWidth} subtasks, and this task has started them.`);
  if (family.treeTasks + startedInThisTurn + 1 > maxTasks) {
    return limit(
      "tasks",
      `the tree may have ${maxTasks} tasks (finishing tasks not counted) and has ${family.treeTasks + startedInThisTurn}. Finish with the results you have.`,
    );
  }
  if (request.call.tool !== "break_down_task" && repeatsAnAncestor(request, family)) {
    return limit(
      "cycle",
      "an ancestor of this task has the same agent and the same instruction, so this would loop. Do the work yourself, or ask for a smaller part of it.",
    );
  }
  if (request.call.tool !== "break_down_task" && isPingPong(request, family)) {
    return limit(
      "ping_pong",
      `${request.agent} and ${state.setup.agent} have handed the work to each other ${PING_PONG_TASKS - 1} times already. Do it yourself, or end the task and say what is missing.`,
    );
  }
  return null;
}

/** In a line of this many tasks with two alternating agents, the agents only hand the work to each other. */
const PING_PONG_TASKS = 6;

function isPingPong(request: SubtaskRequest, { ancestors }: Family): boolean {
  const line = [request.agent, ...ancestors.map((ancestor) => ancestor.agent)].slice(0, PING_PONG_TASKS);
  const [a, b] = line;
  return line.length === PING_PONG_TASKS && a !== b && line.every((agent, at) => agent === line[at % 2]);
}

function repeatsAnAncestor(request: SubtaskRequest, family: Family): boolean {
  const wanted = normalised(request.instruction);
  return family.ancestors.some(
    (ancestor) => ancestor.agent === request.agent && normalised(ancestor.instruction) === wanted,
  );
}

/** Returns the instruction with white space folded; instructions that differ in a word stay different. */
function normalised(instruction: string): string {
  return instruction.trim().replace(/\s+/g, " ");
}
