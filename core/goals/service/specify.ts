/**
 * The phase of a goal before its first round, when it makes a service, or changes what one has to do: the specification is
 * written, checked by the host, asked about once, and the service is made of it, or made again. Then the goal goes on in that
 * folder with the acceptance criteria.
 */
import { z } from "zod";
import { continuedAfter, continuedBefore, triesIn } from "@/core/goals/course/go-on";
import { agrees, answerIn, isStop } from "@/core/goals/facts/answers";
import { batchOf, subtask, wordsIn } from "@/core/goals/facts/calls";
import { checkOf, readChecked } from "@/core/goals/facts/checked";
import { putBack } from "@/core/goals/facts/put-back";
import { cut } from "@/core/goals/facts/record";
import { GOAL_AGENTS, type Goal, type ServiceChange, type ServiceWish } from "@/core/log/goal";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { parseJsonText } from "@/core/programs/json";
import { type Batch, type ProgramEnd, resultOf } from "@/core/programs/program";
import type { Stage } from "@/core/specification/faults";
import { readAnswer } from "@/core/specification/questions";
import type { Ambiguity } from "@/core/specification/specification";
import { questionsText } from "@/core/specification/words";
import { goalOfMade, Made, serviceText } from "./service-goal";
import {
  approvalText,
  begunInstruction,
  changeInstruction,
  mendInstruction,
  reviseInstruction,
  withWords,
  writeInstruction,
} from "./specify-material";

/** How often the writer gets the faults of what it wrote, before the goal ends. */
const MOST_MENDED = 3;
/** How often a person who approves can ask for a change. */
const MOST_CHANGED = 5;

export const CheckedSpecification = z.object({
  faults: z.array(z.string()),
  questions: z.array(z.custom<Ambiguity>()),
  /** Requirements and operations, as a person reads them before the service is made. */
  outline: z.string(),
  /** Of a service that was there: what is different in its requirements, and what of it breaks clients, a line each. */
  change: z.object({ lines: z.array(z.string()), breaking: z.array(z.string()) }).optional(),
});
export type CheckedSpecification = z.infer<typeof CheckedSpecification>;

export interface Specified {
  goal: Goal;
  /** What the rounds pursue, in place of the requirements. */
  text: string;
  made: Made;
}

type Phase<Result> = Generator<Batch, Result | { end: ProgramEnd }, Answer[]>;

/** The service that is made, or the one that is there and changes. */
export type ServiceWork = { service: ServiceWish } | { service_change: ServiceChange };

interface Making {
  work: ServiceWork;
  conversation: Conversation;
  /** Starts the keys of its calls. */
  name: string;
  /** The snapshot of the files before anybody changes them; absent: there are none. */
  begun?: string;
}

/** Makes the service, or makes it again. Returns the goal as its rounds pursue it. */
export function* specified(goal: Goal, work: ServiceWork, conversation: Conversation): Phase<Specified> {
  if ("service" in work) return yield* phase(goal, { work, conversation, name: "spec" });
  const begun = yield* remembered(goal, conversation);
  if (begun === null) return failed("The files could not be remembered.");
  for (let times = 1; ; times += 1) {
    const name = times === 1 ? "spec" : `spec${times}`;
    const result = yield* phase(goal, { work, conversation, name, begun });
    if (!("end" in result)) return result;
    const { end } = result;
    if (end.reason !== "by_person") return { end: { ...end, result: `${end.result}\n\n${LEFT}` } };
    const back = `${name}-back`;
    const fault = yield* putBack(back, begun);
    // What was written is gone, so that it is written again.
    if (continuedAfter(conversation, back)) continue;
    return fault === null ? result : { end: { ...end, result: `${end.result}\n\n${LEFT} ${fault}` } };
  }
}

const LEFT =
  "What was written of the change is still in the folder: continue the tree, or take it back with `git restore .`.";

/** Returns the snapshot of the files before anybody changes them; null when there can be none. */
function* remembered(goal: Goal, conversation: Conversation): Generator<Batch, string | null, Answer[]> {
  const input = checkOf({ ...goal, validation_command: null, criteria: [] }, goal.scope);
  for (const again of triesIn(conversation)) {
    const call = { key: `spec-begin${again}`, name: "check_goal", input };
    const [answer] = yield batchOf("Remembers the files.", call);
    const start = readChecked(answer?.content ?? "")?.start;
    if (start) return start;
  }
  return null;
}

function* phase(goal: Goal, making: Making): Phase<Specified> {
  const { work, conversation, name } = making;
  const text = conversation.instruction;
  const draft = yield* consistent(making, {
    key: name,
    stage: "draft",
    instruction: "service" in work ? writeInstruction(text) : begunInstruction(text),
    answers: {},
  });
  if ("end" in draft) return draft;
  const decided = yield* decisions(making, draft.questions);
  if ("end" in decided) return decided;
  const { answers, words } = decided;
  const isAsked = draft.questions.length > 0;
  const instruction = isAsked ? reviseInstruction(draft.questions, answers, words) : null;
  let final = yield* consistent(making, { key: `${name}-final`, stage: "final", instruction, answers });
  for (let times = 1; ; times += 1) {
    if ("end" in final) return final;
    // Nobody breaks clients of a service without a person who has read what breaks.
    if (goal.mode !== "supervised" && (final.change?.breaking.length ?? 0) === 0) break;
    const approved = yield* approval(making, final, times);
    if ("end" in approved) return approved;
    if (approved.change === null) break;
    const change = changeInstruction(approved.change);
    final = yield* consistent(making, { key: `${name}-change-${times}`, stage: "final", instruction: change, answers });
  }
  const made = yield* serviceMade(making, answers);
  if ("end" in made) return made;
  return { goal: goalOfMade(goal, made), text: serviceText(made, text), made };
}

interface Written {
  key: string;
  stage: Stage;
  /** What the writer does first; null: the files stand. */
  instruction: string | null;
  answers: Record<string, string>;
}

/** Has the specification written, and mended until the host finds nothing wrong in it. */
function* consistent({ work, conversation, begun }: Making, written: Written): Phase<CheckedSpecification> {
  let { instruction } = written;
  let why = "";
  for (const attempt of attempts(conversation)) {
    if (instruction !== null) {
      const told = instruction;
      const key = `${written.key}${attempt}`;
      const call = subtask(key, GOAL_AGENTS.writer, "Specification", () => withWords(told, wordsIn(conversation)));
      const answers = yield batchOf("Has the specification written.", call);
      const { reason, summary } = resultOf(answers[0] as Answer);
      if (reason === "out_of_grant") {
        if (continuedAfter(conversation, key)) continue;
        return failed(`There is no specification: ${cut(summary, 1_000)}`, "out_of_grant");
      }
    }
    const { stage, answers } = written;
    const input = { stage, answers, source: conversation.instruction, ...(begun !== undefined && { begun }), ...work };
    const check = { key: `${written.key}-check${attempt}`, name: "check_specification", input };
    const [answer] = yield batchOf("Checks the specification.", check);
    const read = CheckedSpecification.safeParse(parseJsonText(answer?.content ?? "")).data;
    if (!read) {
      if (!continuedAfter(conversation, check.key))
        return failed(`The specification could not be checked: ${cut(answer?.content ?? "", 1_000)}`);
      // What the host cannot do is no fault of the writer, so that the same files are checked again.
      instruction = null;
      continue;
    }
    if (read.faults.length === 0) return read;
    why = read.faults.join("\n");
    instruction = mendInstruction(read.faults);
  }
  return failed(
    `Nothing was made, because the specification is not consistent:\n\n${cut(why, 3_000)}`,
    "criteria_unreachable",
  );
}

/** Returns the endings of the keys of calls: some for each time that a person continued the goal after its end. */
function attempts(conversation: Conversation): string[] {
  const times = (continuedBefore(conversation, Number.POSITIVE_INFINITY) + 1) * (MOST_MENDED + 1);
  return Array.from({ length: times }, (_, at) => (at === 0 ? "" : `-${at + 1}`));
}

/**
 * Whether a person continued the goal after a question whose answer ended it. The files of a change are put back at that
 * end, so that no question about them can be asked again.
 */
function isAskedAgain({ work, conversation }: Making, key: string): boolean {
  return "service" in work && continuedAfter(conversation, key);
}

/** Asks a person everything that is open, once. */
function* decisions(
  making: Making,
  questions: readonly Ambiguity[],
): Phase<{ answers: Record<string, string>; words: string }> {
  if (questions.length === 0) return { answers: {}, words: "" };
  const input = { question: questionsText(questions) };
  for (let times = 1; ; times += 1) {
    const key = times === 1 ? `${making.name}-ask` : `${making.name}-ask-${times}`;
    const [said] = yield batchOf("Asks what the requirements leave open.", { key, name: "ask", input });
    if (said?.isError) {
      if (continuedAfter(making.conversation, key)) continue;
      return failed(`The questions could not be asked: ${cut(said.content, 1_000)}`);
    }
    const answer = answerIn(said as Answer);
    const isOffered = questions.some(({ answers }) => answers.includes(answer.trim()));
    if (!isStop(answer) || isOffered) return readAnswer(answer, questions);
    if (!isAskedAgain(making, key)) return failed("Nothing was made, because a person ended it.", "by_person");
  }
}

/** Asks a person whether the service is made, or made so. `change`: what is to be different; null: nothing. */
function* approval(making: Making, checked: CheckedSpecification, times: number): Phase<{ change: string | null }> {
  const first = times === 1 ? `${making.name}-approve` : `${making.name}-approve-${times}`;
  const input = { question: approvalText(checked) };
  for (let asked = 1; ; asked += 1) {
    const key = asked === 1 ? first : `${first}-again-${asked}`;
    const [said] = yield batchOf("Asks whether the service is made.", { key, name: "ask", input });
    const answer = answerIn(said as Answer).trim();
    if (agrees(answer)) return { change: null };
    const isChange = answer !== "" && !isStop(answer);
    if (isChange && times <= MOST_CHANGED) return { change: answer };
    if (!isAskedAgain(making, key))
      return failed("Nothing was made, because the specification was not approved.", "by_person");
    if (isChange) return { change: answer };
  }
}

function* serviceMade({ work, conversation }: Making, answers: Record<string, string>): Phase<Made> {
  let why = "";
  for (let times = 0; times <= continuedBefore(conversation, Number.POSITIVE_INFINITY); times += 1) {
    const key = times === 0 ? "make" : `make-${times + 1}`;
    const decided = { answers, source: conversation.instruction };
    const call =
      "service" in work
        ? { key, name: "make_service", input: { ...work.service, ...decided } }
        : { key, name: "change_service", input: { ...work, ...decided } };
    const [answer] = yield batchOf("Makes the service.", call);
    const made = Made.safeParse(parseJsonText(answer?.content ?? "")).data;
    if (made) return made;
    why = answer?.content ?? "";
  }
  return failed(`The service could not be made: ${cut(why, 2_000)}`);
}

function failed(result: string, reason?: string): { end: ProgramEnd } {
  return { end: { status: "failure", result, ...(reason && { reason }) } };
}
