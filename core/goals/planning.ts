/** The first phase of a round: its plan, which the host checks, and to which a person agrees in the supervised mode. */
import { GOAL_AGENTS, type Goal } from "@/core/log/goal";
import type { RoundTask } from "@/core/log/round-task";
import { faultsOf, type PlanFault } from "@/core/plans/faults";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { type Batch, type ProgramEnd, resultOf } from "@/core/programs/program";
import { faultText } from "@/core/words/plans/plans";
import { answerIn, isStop, isYes, TRIES } from "./answers";
import { batchOf, subtask, wordsIn } from "./calls";
import { gapsOf } from "./gaps";
import { planInstruction } from "./material";
import { editedSteps, mended, type Plan, readPlan, type Step } from "./plan";
import { roundQuestion } from "./plan-question";
import { cut, type RoundRecord, recordText } from "./record";
import { inOrder } from "./units";

/** Called with the plan as it is asked about (`waits`), and with the plan as it is carried out. */
export type PlanWatch = (plan: Plan, waits: boolean) => void;

export type Planned = { plan: Plan; gaps: string[] } | { end: ProgramEnd };

/** Gets a plan, and in the supervised mode a person's consent to it. */
export function* planned(
  task: RoundTask,
  conversation: Conversation,
  watch: PlanWatch,
): Generator<Batch, Planned, Answer[]> {
  const made = task.lean ? { plan: leanPlan(task) } : yield* checkedPlan(task, conversation);
  if ("end" in made) return made;
  const { plan } = made;
  const gaps = yield* gapsOf(plan.needs, "plan");
  if (plan.stop !== null) return { end: success({ ...stopped(task, plan), ...(gaps.length > 0 && { gaps }) }) };
  watch(plan, isAsked(task.goal, task.number));
  if (!isAsked(task.goal, task.number)) return { plan, gaps };
  const agreed = yield* agreedPlan(task, plan);
  if ("end" in agreed) return agreed;
  watch(agreed.plan, false);
  return { plan: agreed.plan, gaps };
}

/** The endings of the keys of the calls for a plan, and for a better one when the host has refused it. */
const DRAFTS = ["", "-mended"] as const;

/** Asks for a plan, and once more with the reasons when the host refuses it. */
function* checkedPlan(
  task: RoundTask,
  conversation: Conversation,
): Generator<Batch, { plan: Plan } | { end: ProgramEnd }, Answer[]> {
  let faults: PlanFault[] = [];
  for (const draft of DRAFTS) {
    const asked = { ...task, said: [...task.said, ...wordsIn(conversation)] };
    const answer = yield* plannerAnswer(task, planInstruction(asked, faults.map(faultText)), draft);
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
  instruction: string,
  draft: string,
): Generator<Batch, { summary: string } | { end: ProgramEnd }, Answer[]> {
  let reason: string | null = null;
  let summary = "";
  for (const again of TRIES) {
    const call = subtask(`plan${draft}${again}`, GOAL_AGENTS.planner, `Plan of round ${number}`, instruction);
    const answers = yield batchOf(draft === "" ? "Plans." : "Plans again: the plan was refused.", call);
    const result = resultOf(answers[0] as Answer);
    if (result.ok) return { summary: result.summary };
    ({ reason, summary } = result);
  }
  const end = failure(`No plan: ${cut(summary, 1_000)}`);
  return { end: reason === "out_of_grant" ? { ...end, reason: "out_of_grant" } : end };
}

/** Returns why the units of a plan cannot begin. */
function planFaults(task: RoundTask, steps: readonly Step[]): PlanFault[] {
  return faultsOf(steps, { agents: new Set(task.agents), done: doneTitles(task) });
}

/** Returns how records name the units that are done, which no plan repeats. What was undone is not done any more. */
export function doneTitles({ before = [], undone }: RoundTask): Set<string> {
  if (undone !== null) return new Set();
  return new Set(before.filter(({ state }) => state === "done").map(({ title }) => title));
}

/** Edits that are refused in a row, after which the round ends: an answer may come from a program. */
const MOST_EDITS = 10;

/** Asks a person whether the plan begins, until the answer is one that can be followed. */
function* agreedPlan(task: RoundTask, plan: Plan): Generator<Batch, { plan: Plan } | { end: ProgramEnd }, Answer[]> {
  let refusal = "";
  for (let times = 1; times <= MOST_EDITS; times += 1) {
    const question = roundQuestion(task, plan, refusal);
    const key = times === 1 ? "ask" : `ask-${times}`;
    const call = { key, name: "ask", input: { question } };
    const answers: Answer[] = yield batchOf("Asks whether to go on with this plan.", call);
    const answer = answerIn(answers[0] as Answer);
    if (isStop(answer)) return { end: success({ ...stopped(task, plan), stop: answer, ended: true }) };
    if (isYes(answer)) return { plan };
    // To a round of an older version, every other answer is words.
    const edited = task.agents ? editedSteps(answer, plan, task.goal.executor) : null;
    if (edited === null) {
      const steps = plan.steps.map((step) => corrected(step, answer));
      return { plan: { ...plan, summary: cut(answer, 400), steps } };
    }
    const faults = "problem" in edited ? [] : planFaults(task, edited.steps);
    if ("steps" in edited && faults.length === 0) return { plan: { ...plan, steps: inOrder(edited.steps) } };
    refusal = "problem" in edited ? edited.problem : faults.map(faultText).join(" ");
  }
  return { end: failure(`The edited plan was refused ${MOST_EDITS} times. ${cut(refusal, 1_000)}`) };
}

/** Whether a person is asked before this round. */
export function isAsked({ mode, ask_every }: Pick<Goal, "mode" | "ask_every">, number: number): boolean {
  return mode === "supervised" && (number - 1) % ask_every === 0;
}

/** A person's words take precedence over the planner's. */
function corrected(step: Step, said: string): Step {
  return {
    ...step,
    instruction: `${step.instruction}\n\nA person corrected this plan. Where they differ, their words count:\n${said}`,
  };
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

/** The record of a round that did not work. The goal fills in what only it knows. */
function stopped(task: RoundTask, plan: Plan): RoundRecord {
  return {
    number: task.number,
    plan: plan.summary,
    score_before: task.score_before,
    score: task.score_before,
    verdict: "failed",
    done: false,
    strategy: "",
    error_signature: null,
    files: "",
    commit: task.from,
    changed: "",
    met: [],
    valid: null,
    doubts: [],
    at_ms: 0,
    seconds: 0,
    spent: { tokens: 0, cost_usd: 0 },
    overhead: 0,
    stop: plan.stop ?? "",
    why: plan.stop ?? "",
  };
}

export const success = (record: RoundRecord): ProgramEnd => ({ status: "success", result: recordText(record) });

export const failure = (result: string): ProgramEnd => ({ status: "failure", result });
