/** The first phase of a round: its plan, which the host checks, and to which a person agrees in the supervised mode. */
import type { Goal } from "@/core/log/goal";
import type { RoundTask } from "@/core/log/round-task";
import type { Answer, Conversation } from "@/core/programs/conversation";
import type { Batch, ProgramEnd } from "@/core/programs/program";
import { agreedPlan, type PlanWatch } from "./agreed-plan";
import { checkedPlan } from "./checked-plan";
import { gapsOf } from "./gaps";
import type { Plan, Step } from "./plan";
import { stopped, success } from "./round-end";

export type Planned = { plan: Plan; gaps: string[] } | { end: ProgramEnd };

/** Gets a plan, and in the supervised mode a person's consent to it. */
export function* planned(
  task: RoundTask,
  conversation: Conversation,
  watch: PlanWatch,
): Generator<Batch, Planned, Answer[]> {
  const made = task.lean ? { plan: leanPlan(task) } : yield* checkedPlan(task, conversation, null);
  if ("end" in made) return made;
  const gaps = yield* gapsOf(made.plan.needs, "plan");
  if (made.plan.stop !== null) return stoppedBy(task, made.plan, gaps);
  if (!isAsked(task.goal, task.number)) {
    watch(made.plan, "accepted", []);
    return { plan: made.plan, gaps };
  }
  const agreed = yield* agreedPlan(task, { conversation, plan: made.plan, watch });
  if ("end" in agreed) return agreed;
  const { plan } = agreed;
  // A plan that was made again has needs of its own.
  const own = plan.needs === made.plan.needs ? gaps : yield* gapsOf(plan.needs, "plan-again");
  if (plan.stop !== null) return stoppedBy(task, plan, own);
  watch(plan, "accepted", []);
  return { plan, gaps: own };
}

/** The planner says that the goal cannot be reached. */
function stoppedBy(task: RoundTask, plan: Plan, gaps: string[]): { end: ProgramEnd } {
  return { end: success({ ...stopped(task, plan), ...(gaps.length > 0 && { gaps }) }) };
}

/** Whether a person is asked before this round. */
export function isAsked({ mode, ask_every }: Pick<Goal, "mode" | "ask_every">, number: number): boolean {
  return mode === "supervised" && (number - 1) % ask_every === 0;
}

function leanPlan({ text, now, goal, strategy, undone }: RoundTask): Plan {
  const instruction = [
    text,
    `What fails now:\n${now}`,
    strategy === "" ? "" : `Follow this strategy:\n${strategy}`,
    undone ?? "",
    "Find the next step that brings this further, and take it.",
  ]
    .filter(Boolean)
    .join("\n\n");
  const { executor } = goal;
  const step: Step = { title: "Plan and work", instruction, executor, expects: "", criterion: null, after: [] };
  return { summary: "Plan and work in one task.", steps: [step], research: null, needs: [], stop: null, widen: null };
}
