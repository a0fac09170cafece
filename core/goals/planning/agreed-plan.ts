/** A person's consent to a plan in the supervised mode: they start, edit or stop it, or have another one made. */
import { answerIn, isStop, isYes } from "@/core/goals/facts/answers";
import { batchOf } from "@/core/goals/facts/calls";
import { cut } from "@/core/goals/facts/record";
import type { RoundTask } from "@/core/log/round-task";
import { hintIn } from "@/core/plans/hint";
import type { Answer, Conversation } from "@/core/programs/conversation";
import type { Batch, ProgramEnd } from "@/core/programs/program";
import { faultText, mostReplansText } from "@/core/words/plans/plans";
import { checkedPlan, planFaults } from "./checked-plan";
import { editedSteps, type Plan, type Step } from "./plan";
import { roundQuestion } from "./plan-question";
import { failure, stopped, success } from "./round-end";
import { inOrder } from "./units";

/** Called with a plan that is asked about, that is made again with hints, or that is carried out. */
export type PlanWatch = (plan: Plan, stage: PlanStage, hints: readonly string[]) => void;

export type PlanStage = "asked" | "made_again" | "accepted";

/** Answers that are refused in a row, after which the round ends: an answer may come from a program. */
const MOST_REFUSED = 10;

type Agreed = { plan: Plan } | { end: ProgramEnd };

/** Asks a person whether the plan begins, until the answer is one that can be followed. */
export function* agreedPlan(
  task: RoundTask,
  { conversation, plan: first, watch }: { conversation: Conversation; plan: Plan; watch: PlanWatch },
): Generator<Batch, Agreed, Answer[]> {
  const hints: string[] = [];
  let plan = first;
  let refusal = "";
  let refused = 0;
  for (let times = 1; refused < MOST_REFUSED; times += 1) {
    watch(plan, "asked", hints);
    const question = roundQuestion(task, plan, refusal);
    const key = times === 1 ? "ask" : `ask-${times}`;
    const call = { key, name: "ask", input: { question } };
    const answers: Answer[] = yield batchOf("Asks whether to go on with this plan.", call);
    const answer = answerIn(answers[0] as Answer);
    // A question that could not be asked has no answer, and silence is no consent.
    if (answer.trim() === "")
      return {
        end: failure(`Nobody could be asked whether the plan begins. ${cut((answers[0] as Answer).content, 1_000)}`),
      };
    const read = readAnswer(task, plan, { answer, hints });
    if ("agreed" in read) return read.agreed;
    if ("refusal" in read) {
      refused += 1;
      refusal = read.refusal;
      continue;
    }
    hints.push(read.hint);
    watch(plan, "made_again", hints);
    const made = yield* checkedPlan(task, conversation, { former: plan, hints: [...hints] });
    if ("end" in made && made.end.reason === "out_of_grant") return made;
    // The former plan can still begin, so a planner that fails costs nobody the round.
    refusal = "end" in made ? `There is no new plan. ${made.end.result} The former plan still stands.` : "";
    refused = "end" in made ? refused + 1 : 0;
    if ("plan" in made) plan = made.plan;
    if (plan.stop !== null) return { plan };
  }
  return { end: failure(`Nobody agreed to the plan in ${MOST_REFUSED} answers. ${cut(refusal, 1_000)}`) };
}

type ReadAnswer = { agreed: Agreed } | { hint: string } | { refusal: string };

function readAnswer(
  task: RoundTask,
  plan: Plan,
  { answer, hints }: { answer: string; hints: readonly string[] },
): ReadAnswer {
  if (isStop(answer)) return { agreed: { end: success({ ...stopped(task, plan), stop: answer, ended: true }) } };
  if (isYes(answer)) return { agreed: { plan } };
  const { replans_max } = task;
  const hint = hintIn(answer);
  if (replans_max !== undefined && hint !== null) return readHint(hint, hints.length, replans_max);
  // To a round of an older version, every other answer is words.
  const edited = task.agents ? editedSteps(answer, plan, task.goal.executor) : null;
  if (edited === null) {
    const steps = plan.steps.map((step) => corrected(step, answer));
    return { agreed: { plan: { ...plan, summary: cut(answer, 400), steps } } };
  }
  const faults = "problem" in edited ? [] : planFaults(task, edited.steps);
  if ("steps" in edited && faults.length === 0) return { agreed: { plan: { ...plan, steps: inOrder(edited.steps) } } };
  const why = "problem" in edited ? edited.problem : faults.map(faultText).join(" ");
  return { refusal: `Your plan was not taken. ${why} The plan below still stands.` };
}

/** Characters of a hint that the planner reads. */
const HINT_CHARS = 2_000;

function readHint(hint: string, made: number, most: number): ReadAnswer {
  if (made >= most) return { refusal: `${mostReplansText(most)}: start the plan below, edit it, or stop.` };
  if (hint === "")
    return {
      refusal: "Say after “Plan again:” what the next plan should do differently. The plan below still stands.",
    };
  return { hint: cut(hint, HINT_CHARS) };
}

/** A person's words take precedence over the planner's. */
function corrected(step: Step, said: string): Step {
  return {
    ...step,
    instruction: `${step.instruction}\n\nA person corrected this plan. Where they differ, their words count:\n${said}`,
  };
}
