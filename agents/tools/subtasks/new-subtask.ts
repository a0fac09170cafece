/** Builds the first record of a subtask or a finishing task. */
import type { SubtaskRequest } from "@/agents/tools/contract/control";
import { type Confinement, confinementOf } from "@/core/confine";
import { keyOf } from "@/core/goals/course/round-task";
import { givenNow } from "@/core/goals/pursue";
import { estimateOfUnit } from "@/core/goals/rounds/round-plan";
import { tasksOfRounds } from "@/core/goals/rounds/round-tasks";
import { costOf, isLean, type Spending, spentByTask } from "@/core/goals/spending";
import type { GrantAmounts } from "@/core/log/amounts";
import type { Assignment, FinishingPurpose, Setup } from "@/core/log/entries";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { KindTimes } from "@/core/log/plans";
import type { RoundTask } from "@/core/log/round-task";
import { GOAL_MODEL, isOfGoal, ROUND_MODEL } from "@/core/programs/names";
import { isSelector } from "@/core/selection";
import type { TaskState } from "@/core/state";
import type { NewTask } from "@/db/records/records";
import { hidesAny } from "@/lib/clean-room/hidden";
import { isForeignProgram } from "./host-agents";
import type { GrowthLimits } from "./subtask-limits";

export interface SubtaskSources {
  limits: GrowthLimits;
  /** Returns what the planner of a goal is told of failures that happened in the tree's repository, or to the agent. */
  preventionsFor(agent: string): string[];
  /** Returns what finished units took in the tree's project. */
  unitTimes(): KindTimes[];
  /** Returns what the tasks below the starting task have spent, for each of its own subtasks by agent. */
  spentSoFar(): Spending[];
  /** Returns the versions of an agent's configuration with which a new task starts: pinned ones, else live ones. */
  setupFor(
    agent: string,
    inherited: { model: string; rights: Setup["rights"]; instruction: string } & Pick<
      Setup,
      "pinned" | "replay" | "memory" | "lessons"
    > &
      Confinement,
  ): Setup;
}

/** The values that the starting code decides, not the request. */
export interface Placed {
  uid: string;
  /** Public ids. */
  dependsOn: string[];
  grant: GrantAmounts;
  /** Snapshot of the parent's folder that the subtask's own folder starts from. null: no own folder, or taken later. */
  base: string | null;
  isTainted: boolean;
}

/** Returns the subtask. It inherits model and rights from the parent, unless its agent names its own model. */
export function newSubtask(
  state: TaskState,
  request: SubtaskRequest,
  { uid, dependsOn, grant, base, isTainted }: Placed,
  sources: SubtaskSources,
): NewTask {
  const { setup, assignment } = state;
  const chosen = isSelector(setup.agent);
  const own = sources.setupFor(request.agent, inheritedBy(state, request.instruction));
  // The host checks the work of a goal's tasks, so no finishing agent judges it.
  const made = isOfGoal(setup.model) ? { ...own, finishing: UNFINISHED } : own;
  return newTask(uid, made, {
    instruction: request.instruction,
    title: request.title,
    role: "work",
    purpose: null,
    depth: assignment.depth + 1,
    chosen,
    dependsOn,
    grant,
    ...placeOf(assignment, request.workspace, uid, base),
    criteria: request.criteria ?? (chosen ? assignment.criteria : null),
    material: null,
    stepping: assignment.stepping,
    ...(assignment.fixedShares && { fixedShares: true }),
    ...(isTainted && { tainted: true }),
    ...(assignment.round?.error && { error: assignment.round.error }),
    ...givenBy(state, request.agent, sources),
    ...unitOf(state, request),
    ...hidesOf(state, request.agent),
  });
}

/** Returns what a subtask's configuration takes from the task that starts it. */
export function inheritedBy({ setup }: Pick<TaskState, "setup">, instruction: string) {
  return {
    model: setup.below ?? setup.model,
    rights: setup.rights,
    instruction,
    ...confinementOf(setup),
    ...pinnedOf(setup),
  };
}

/** Returns which tests are hidden from a subtask: those that are hidden from its parent, or by the goal of its round. */
function hidesOf({ assignment }: TaskState, agent: string): Pick<Assignment, "hides"> {
  const { hides, goal, round } = assignment;
  if (hides) return { hides };
  // The task that delivers a reached goal needs the repository. All other tasks of the goal belong to a round, or plan.
  const plans = agent === GOAL_AGENTS.planner || agent === GOAL_AGENTS.strategist;
  const of = round?.goal ?? (plans ? goal : undefined);
  const hiding = { globs: of?.hidden ?? [], share: of?.hidden_share ?? 0, start: round?.start ?? null };
  return hidesAny(hiding) ? { hides: hiding } : {};
}

/** What the program of a goal gives to a round, or to a look at the strategy. */
function givenBy(
  state: TaskState,
  agent: string,
  { preventionsFor, unitTimes, spentSoFar, limits }: SubtaskSources,
): Partial<Assignment> {
  const { setup, assignment, messages } = state;
  const { goal } = assignment;
  if (setup.model !== GOAL_MODEL || !goal) return {};
  if (agent === GOAL_AGENTS.strategist) return givenNow(goal, messages);
  if (agent !== GOAL_AGENTS.iteration) return {};
  const given = givenNow(goal, messages);
  if (!("round" in given)) return given;
  // They stand in the round's first entry, so a round that begins again reads the same.
  const preventions = preventionsFor(given.round.goal.executor);
  const agents = [...limits.agents].filter((name) => !isForeignProgram(ROUND_MODEL, name));
  const times = unitTimes();
  return {
    round: {
      ...given.round,
      ...(preventions.length > 0 && { preventions }),
      agents,
      ...(times.length > 0 && { times }),
      ...spentBefore(given.round, tasksOfRounds(state), spentSoFar()),
    },
  };
}

/** Returns what the rounds before it have cost, where a person is asked, and whether the goal has to become leaner. */
function spentBefore(
  { number, goal, rounds_max }: RoundTask,
  tasks: ReadonlyMap<string, string>,
  spendings: readonly Spending[],
): Pick<RoundTask, "cost" | "lean"> {
  const spent = spentByTask(spendings);
  const rounds = Array.from(
    { length: number - 1 },
    (_, at) => spent.get(tasks.get(keyOf(at + 1)) ?? "") ?? { tokens: 0, cost_usd: 0 },
  );
  const isAsked = rounds_max !== undefined && rounds.length > 0;
  return { lean: isLean(rounds.length, spendings, goal), ...(isAsked && { cost: costOf(rounds) }) };
}

/** Returns what is expected of a unit of a round's plan. */
function unitOf({ setup, assignment, messages }: TaskState, { call }: SubtaskRequest): Pick<Assignment, "unit"> {
  const { round } = assignment;
  if (setup.model !== ROUND_MODEL || !round) return {};
  const unit = estimateOfUnit(round, messages, call.id);
  return unit ? { unit } : {};
}

const UNFINISHED: Setup["finishing"] = { evaluate: "never", summarize: "never", document: "never" };

/** Returns the folder that a subtask works in. A parent without files cannot give any. */
function placeOf(
  parent: Assignment,
  wanted: Assignment["workspace"],
  uid: string,
  base: string | null,
): Pick<Assignment, "workspace" | "folder" | "into" | "base"> {
  if (parent.workspace === "none" || wanted === "none") return { workspace: "none" };
  const { folder } = parent;
  if (wanted === "shared") return { workspace: "shared", ...(folder !== undefined && { folder }) };
  return {
    workspace: "own",
    folder: uid,
    ...(folder !== undefined && { into: folder }),
    ...(base !== null && { base }),
  };
}

/**
 * Returns a finishing task. It only reads, so it keeps its own tools even in a confined tree. Its first message holds
 * the judged task's material.
 */
export function newFinishingTask(
  state: TaskState,
  start: {
    purpose: FinishingPurpose;
    agent: string;
    uid: string;
    instruction: string;
    material: string;
    grant: GrantAmounts;
  },
  sources: SubtaskSources,
): NewTask {
  const { setup, assignment } = state;
  const inherited = {
    model: setup.below ?? setup.model,
    rights: ["read" as const],
    instruction: start.instruction,
    ...pinnedOf(setup),
  };
  return newTask(start.uid, sources.setupFor(start.agent, inherited), {
    instruction: start.instruction,
    title: `${TITLES[start.purpose]}: ${assignment.title}`.slice(0, 200),
    role: "finishing",
    purpose: start.purpose,
    depth: assignment.depth + 1,
    chosen: false,
    dependsOn: [],
    grant: start.grant,
    ...placeOf(assignment, "shared", start.uid, null),
    criteria: null,
    material: start.material,
    stepping: assignment.stepping,
    ...(assignment.fixedShares && { fixedShares: true }),
    ...(state.tainted && { tainted: true }),
    ...(assignment.hides && { hides: assignment.hides }),
  });
}

function pinnedOf({ pinned, replay, memory, lessons }: Setup): Pick<Setup, "pinned" | "replay" | "memory" | "lessons"> {
  return {
    ...(pinned && { pinned }),
    ...(replay && { replay }),
    ...(memory && { memory }),
    ...(lessons && { lessons }),
  };
}

const TITLES: Record<FinishingPurpose, string> = { evaluate: "Judge", summarize: "Summarise", document: "Document" };

function newTask(uid: string, setup: Setup, assignment: Assignment): NewTask {
  const { role, purpose, title } = assignment;
  return { uid, agent: setup.agent, model: setup.model, title, role, purpose, setup, assignment };
}

/** Returns the requested grant in whole numbers that fit the columns; a model may write any number, even 1e300. */
export function askedGrant({ grant }: SubtaskRequest): GrantAmounts {
  const whole = (value: number | undefined, scale = 1) =>
    value === undefined ? null : Math.min(Math.ceil(value * scale), Number.MAX_SAFE_INTEGER);
  return {
    tokens: whole(grant.tokens),
    microUsd: whole(grant.cost_usd, 1_000_000),
    tasks: whole(grant.tasks),
    depth: whole(grant.depth),
    seconds: whole(grant.seconds),
  };
}
