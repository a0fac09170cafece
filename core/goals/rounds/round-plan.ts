/** The plan of a round, from the conversation of its task: which units, when they can run, and what is expected of them. */
import type { PlanStage, PlanWatch } from "@/core/goals/planning/agreed-plan";
import type { Step } from "@/core/goals/planning/plan";
import { carriedSteps, timesOfSteps, unitKey } from "@/core/goals/planning/units";
import type { ModelMessage } from "@/core/log/model";
import type { UnitEstimate } from "@/core/log/plans";
import { ROUND_LINE, type RoundTask } from "@/core/log/round-task";
import type { Schedule } from "@/core/plans/schedule";
import { readConversation } from "@/core/programs/conversation";
import { idOfCall, replyOf } from "@/core/programs/program";
import { round } from "./round";

export interface RoundPlan {
  stage: PlanStage;
  /** What a person wanted differently, each time that they had the plan made again. */
  hints: readonly string[];
  steps: Step[];
  estimates: UnitEstimate[];
  schedule: Schedule;
  /** For each step, the id of the call that starts it. */
  callIds: string[];
}

/**
 * Returns the plan of a round, from its conversation without the facts of the task. Null before the host has accepted a
 * plan, and for rounds from before plans had estimates.
 */
export function planOfRound(task: RoundTask, [lead, ...rest]: readonly ModelMessage[]): RoundPlan | null {
  if (!lead || !task.agents) return null;
  const facts: ModelMessage = { role: "user", content: `${ROUND_LINE}${JSON.stringify(task)}` };
  const conversation = readConversation([lead, facts, ...rest]);
  let steps: Step[] | null = null;
  let stage: PlanStage = "accepted";
  let hints: readonly string[] = [];
  const watch: PlanWatch = (plan, now, given) => {
    steps = carriedSteps(task, plan.steps);
    stage = now;
    hints = [...given];
  };
  replyOf(round(task, conversation, watch), conversation);
  if (steps === null) return null;
  const planned: Step[] = steps;
  return {
    stage,
    hints,
    steps: planned,
    ...timesOfSteps(planned, task.times),
    callIds: planned.map((_, at) => idOfCall(conversation, unitKey(at))),
  };
}

/** Returns what is expected of the unit that a call of the round starts; null for another call. */
export function estimateOfUnit(
  task: RoundTask,
  messages: readonly ModelMessage[],
  callId: string,
): UnitEstimate | null {
  const plan = planOfRound(task, messages);
  return plan?.estimates[plan.callIds.indexOf(callId)] ?? null;
}
