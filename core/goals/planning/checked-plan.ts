/** A plan of the planner, which the host checks. */
import { TRIES } from "@/core/goals/facts/answers";
import { batchOf, subtask, wordsIn } from "@/core/goals/facts/calls";
import { cut } from "@/core/goals/facts/record";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { RoundTask } from "@/core/log/round-task";
import { faultsOf, type PlanFault } from "@/core/plans/faults";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { type Batch, type ProgramEnd, resultOf } from "@/core/programs/program";
import { faultText } from "@/core/words/plans/plans";
import { type Again, planInstruction } from "./material";
import { mended, type Plan, readPlan, type Step } from "./plan";
import { failure } from "./round-end";
import { inOrder } from "./units";

/** The endings of the keys of the calls for a plan, and for a better one when the host has refused it. */
const DRAFTS = ["", "-mended"] as const;

/**
 * Asks for a plan, and once more with the reasons when the host refuses it. `again`: a person wants another plan than the one
 * before.
 */
export function* checkedPlan(
  task: RoundTask,
  conversation: Conversation,
  again: Again | null,
): Generator<Batch, { plan: Plan } | { end: ProgramEnd }, Answer[]> {
  const key = again ? `-hint-${again.hints.length}` : "";
  let faults: PlanFault[] = [];
  for (const draft of DRAFTS) {
    const asked = { ...task, said: [...task.said, ...wordsIn(conversation)] };
    const instruction = planInstruction(asked, faults.map(faultText), again);
    const says = draft === "" ? (again ? "Plans again, with a hint." : "Plans.") : "Plans again: the plan was refused.";
    const answer = yield* plannerAnswer(task, { key: `plan${key}${draft}`, says, instruction });
    if ("end" in answer) return answer;
    const read = readPlan(answer.summary, task.goal.executor);
    // A round of an older version knows no agents.
    if (!task.agents) return { plan: mended(read) };
    faults = read.stop === null ? planFaults(task, read.steps) : [];
    if (faults.length === 0) return { plan: { ...read, steps: inOrder(read.steps) } };
  }
  return { end: failure(`Two plans were refused. ${cut(faults.map(faultText).join(" "), 1_000)}`) };
}

function* plannerAnswer(
  { number }: RoundTask,
  { key, says, instruction }: { key: string; says: string; instruction: string },
): Generator<Batch, { summary: string } | { end: ProgramEnd }, Answer[]> {
  let reason: string | null = null;
  let summary = "";
  for (const again of TRIES) {
    const call = subtask(`${key}${again}`, GOAL_AGENTS.planner, `Plan of round ${number}`, instruction);
    const answers = yield batchOf(says, call);
    const result = resultOf(answers[0] as Answer);
    if (result.ok) return { summary: result.summary };
    ({ reason, summary } = result);
  }
  const end = failure(`No plan: ${cut(summary, 1_000)}`);
  return { end: reason === "out_of_grant" ? { ...end, reason: "out_of_grant" } : end };
}

/** Returns why the units of a plan cannot begin. */
export function planFaults(task: RoundTask, steps: readonly Step[]): PlanFault[] {
  return faultsOf(steps, { agents: new Set(task.agents), done: doneTitles(task) });
}

/** Returns how records name the units that are done, which no plan repeats. What was undone is not done any more. */
export function doneTitles({ before = [], undone }: RoundTask): Set<string> {
  if (undone !== null) return new Set();
  return new Set(before.filter(({ state }) => state === "done").map(({ title }) => title));
}
