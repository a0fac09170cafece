/**
 * The phase of a goal before its first round, when it makes a service, or changes what one has to do: the specification is
 * written, checked by the host, asked about once, and the service is made of it, or made again. Then the goal goes on in that
 * folder with the acceptance criteria.
 */
import { z } from "zod";
import { GOAL_AGENTS, type Goal, type ServiceChange, type ServiceWish } from "@/core/log/goal";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { parseJsonText } from "@/core/programs/json";
import { type Batch, type ProgramEnd, resultOf } from "@/core/programs/program";
import type { Stage } from "@/core/specification/faults";
import { readAnswer } from "@/core/specification/questions";
import type { Ambiguity } from "@/core/specification/specification";
import { questionsText } from "@/core/specification/words";
import { agrees, answerIn, isStop } from "./answers";
import { batchOf, subtask, wordsIn } from "./calls";
import { checkOf, readChecked } from "./checked";
import { continuedBefore } from "./go-on";
import { putBack } from "./put-back";
import { cut } from "./record";
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
}

/** Makes the service, or makes it again. Returns the goal as its rounds pursue it. */
export function* specified(goal: Goal, work: ServiceWork, conversation: Conversation): Phase<Specified> {
  if ("service" in work) return yield* phase(goal, { work, conversation });
  const begun = yield* remembered(goal);
  const result =
    begun === null ? failed("The files could not be remembered.") : yield* phase(goal, { work, conversation });
  if (!("end" in result) || begun === null) return result;
  const { end } = result;
  if (end.reason !== "by_person") return { end: { ...end, result: `${end.result}\n\n${LEFT}` } };
  const fault = yield* putBack("spec-back", begun);
  return fault === null ? result : { end: { ...end, result: `${end.result}\n\n${LEFT} ${fault}` } };
}

const LEFT =
  "What was written of the change is still in the folder: continue the tree, or take it back with `git restore .`.";

/** Returns the snapshot of the files before anybody changes them; null when there can be none. */
function* remembered(goal: Goal): Generator<Batch, string | null, Answer[]> {
  const input = checkOf({ ...goal, validation_command: null, criteria: [] }, goal.scope);
  const [answer] = yield batchOf("Remembers the files.", { key: "spec-begin", name: "check_goal", input });
  return readChecked(answer?.content ?? "")?.start ?? null;
}

function* phase(goal: Goal, making: Making): Phase<Specified> {
  const { work, conversation } = making;
  const text = conversation.instruction;
  const draft = yield* consistent(making, {
    key: "spec",
    stage: "draft",
    instruction: "service" in work ? writeInstruction(text) : begunInstruction(text),
    answers: {},
  });
  if ("end" in draft) return draft;
  const decided = yield* decisions(draft.questions);
  if ("end" in decided) return decided;
  const { answers, words } = decided;
  const isAsked = draft.questions.length > 0;
  const instruction = isAsked ? reviseInstruction(draft.questions, answers, words) : null;
  let final = yield* consistent(making, { key: "spec-final", stage: "final", instruction, answers });
  for (let times = 1; ; times += 1) {
    if ("end" in final) return final;
    // Nobody breaks clients of a service without a person who has read what breaks.
    if (goal.mode !== "supervised" && (final.change?.breaking.length ?? 0) === 0) break;
    const approved = yield* approval(final, times);
    if ("end" in approved) return approved;
    if (approved.change === null) break;
    const change = changeInstruction(approved.change);
    final = yield* consistent(making, { key: `spec-change-${times}`, stage: "final", instruction: change, answers });
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
function* consistent({ work, conversation }: Making, written: Written): Phase<CheckedSpecification> {
  let { instruction } = written;
  let why = "";
  for (const attempt of attempts(conversation)) {
    if (instruction !== null) {
      const told = instruction;
      const call = subtask(`${written.key}${attempt}`, GOAL_AGENTS.writer, "Specification", () =>
        withWords(told, wordsIn(conversation)),
      );
      const answers = yield batchOf("Has the specification written.", call);
      const { reason, summary } = resultOf(answers[0] as Answer);
      if (reason === "out_of_grant") return failed(`There is no specification: ${cut(summary, 1_000)}`, "out_of_grant");
    }
    const { stage, answers } = written;
    const input = { stage, answers, source: conversation.instruction, ...work };
    const check = { key: `${written.key}-check${attempt}`, name: "check_specification", input };
    const [answer] = yield batchOf("Checks the specification.", check);
    const read = CheckedSpecification.safeParse(parseJsonText(answer?.content ?? "")).data;
    // What the host cannot do is no fault of the writer.
    if (!read) return failed(`The specification could not be checked: ${cut(answer?.content ?? "", 1_000)}`);
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

/** Asks a person everything that is open, once. */
function* decisions(questions: readonly Ambiguity[]): Phase<{ answers: Record<string, string>; words: string }> {
  if (questions.length === 0) return { answers: {}, words: "" };
  const call = { key: "spec-ask", name: "ask", input: { question: questionsText(questions) } };
  const [said] = yield batchOf("Asks what the requirements leave open.", call);
  if (said?.isError) return failed(`The questions could not be asked: ${cut(said.content, 1_000)}`);
  const answer = answerIn(said as Answer);
  const isOffered = questions.some(({ answers }) => answers.includes(answer.trim()));
  if (isStop(answer) && !isOffered) return failed("Nothing was made, because a person ended it.", "by_person");
  return readAnswer(answer, questions);
}

/** Asks a person whether the service is made, or made so. `change`: what is to be different; null: nothing. */
function* approval(checked: CheckedSpecification, times: number): Phase<{ change: string | null }> {
  const key = times === 1 ? "spec-approve" : `spec-approve-${times}`;
  const [said] = yield batchOf("Asks whether the service is made.", {
    key,
    name: "ask",
    input: { question: approvalText(checked) },
  });
  const answer = answerIn(said as Answer).trim();
  if (agrees(answer)) return { change: null };
  if (answer === "" || isStop(answer) || times > MOST_CHANGED)
    return failed("Nothing was made, because the specification was not approved.", "by_person");
  return { change: answer };
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
