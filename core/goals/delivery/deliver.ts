/** Delivers the files of a goal that was reached: each call, and what to do when nobody knows what a call has done. */
import { z } from "zod";
import { deliveredBy, deliveryCalls } from "@/core/goals/course/delivery";
import { endOf } from "@/core/goals/course/end";
import type { Course } from "@/core/goals/course/round-records";
import { batchOf } from "@/core/goals/facts/calls";
import { cut } from "@/core/goals/facts/record";
import type { Answer, Conversation } from "@/core/programs/conversation";
import { parseJsonText } from "@/core/programs/json";
import { type Batch, idOfCall, type PlannedCall, type ProgramEnd } from "@/core/programs/program";
import { commitCheck, faultOfCommit, isCommit } from "./commit-check";

/** Interrupted this often, a call may itself be what ends the process. */
const MOST_TRIES = 4;

/** A failed delivery is reported and changes nothing else. */
export function* delivered(course: Course, conversation: Conversation): Generator<Batch, ProgramEnd, Answer[]> {
  const { goal, text, continued } = course;
  const title = cut(text.split("\n", 1)[0] ?? "", 70);
  const hasCommit = hasCommitted(course, conversation);
  for (const call of deliveryCalls(goal, title, { continued })) {
    course.delivery = deliveredBy(goal, title);
    if (isCommit(call) && hasCommit) {
      course.delivery = { ...course.delivery, state: "done" };
      continue;
    }
    course.delivery = deliveredBy(goal, title, yield* answerTo(call, continued, conversation));
    // A goal that an older version began and ended has no such check.
    if (course.delivery.state === "done" && isCommit(call) && course.first.scope) {
      course.delivery = { ...course.delivery, state: "running" };
      const check = yield* make("Checks the commit in a fresh clone.", commitCheck(course, call.key));
      const fault = faultOfCommit(course, check);
      course.delivery = {
        ...course.delivery,
        ...(fault === null ? { state: "done" } : { state: "failed", text: fault }),
      };
    }
    if (course.delivery.state === "failed") {
      const end = endOf(course, "undelivered", "");
      const told = `The delivery failed (${call.name}): ${course.delivery.text}`;
      return { ...end, result: `${end.result}\n\n## Delivery\n\n${told}` };
    }
  }
  return endOf(course, "succeeded", "");
}

/**
 * Makes a call of the delivery. Git is asked first what is there already where an earlier delivery, or a call whose process
 * ended before it answered, may have made the branch or the commit: a second one would be refused, each time again.
 */
function* answerTo(
  call: PlannedCall,
  continued: number,
  conversation: Conversation,
): Generator<Batch, Answer, Answer[]> {
  for (let tries = 0; ; tries += 1) {
    const key = keyOfTry(call.key, tries);
    // A goal that an older version delivered was not asked before its calls.
    const mayBeMade = (tries > 0 || continued > 0) && !conversation.asked.has(idOfCall(conversation, key));
    const branch = branchMadeBy(call);
    let input = call.input;
    if (branch !== null && mayBeMade) input = { ...call.input, create: !(yield* hasBranch(branch, key)) };
    if (isCommit(call) && mayBeMade && (yield* isClean(key))) return { content: "", isError: false };
    const answer = yield* make("Delivers.", { ...call, key, input });
    const isGit = branch !== null || isCommit(call);
    if (!answer.interrupted || !isGit || tries + 1 === MOST_TRIES) return answer;
  }
}

function keyOfTry(key: string, tries: number): string {
  return tries === 0 ? key : `${key}-again-${tries}`;
}

/** Returns the branch that a call makes; null when it makes none. */
function branchMadeBy({ name, input }: PlannedCall): string | null {
  const { operation, branch } = input as { operation?: string; branch?: string };
  return name === "git_operations" && operation === "switch" && branch !== undefined ? branch : null;
}

const Branches = z.object({ branches: z.array(z.object({ name: z.string() })) });

function* hasBranch(branch: string, key: string): Generator<Batch, boolean, Answer[]> {
  const call = { key: `${key}-branches`, name: "git_operations", input: { operation: "branch" } };
  const { content } = yield* make("Looks which branches are there.", call);
  const found = Branches.safeParse(parseJsonText(content)).data?.branches ?? [];
  return found.some(({ name }) => name === branch);
}

const Status = z.object({
  staged: z.array(z.unknown()),
  unstaged: z.array(z.unknown()),
  untracked: z.array(z.unknown()),
});

/** Whether nothing is left to commit. The check of the commit shows whether it is the right one. */
function* isClean(key: string): Generator<Batch, boolean, Answer[]> {
  const call = { key: `${key}-status`, name: "git_operations", input: { operation: "status" } };
  const { content } = yield* make("Looks what is not committed.", call);
  const status = Status.safeParse(parseJsonText(content)).data;
  return status !== undefined && Object.values(status).every((paths) => paths.length === 0);
}

function* make(says: string, call: PlannedCall): Generator<Batch, Answer, Answer[]> {
  const [answer] = yield batchOf(says, call);
  return answer as Answer;
}

/** Whether an earlier delivery has made a commit of the present files that holds what was checked: there is nothing to commit. */
function hasCommitted(course: Course, conversation: Conversation): boolean {
  const isUnchanged = course.records[course.continuedAfter - 1]?.files === course.records.at(-1)?.files;
  const answered = (key: string) => conversation.answers.get(idOfCall(conversation, key));
  const keys = Array.from({ length: course.continued }, (_, at) => `deliver-commit${at === 0 ? "" : `-${at + 1}`}`);
  const checkOf = (key: string) => answered(`${key}-check`);
  const made = keys.findLast((key) => answered(key)?.isError === false || checkOf(key) !== undefined);
  if (!isUnchanged || made === undefined) return false;
  const check = checkOf(made);
  return check === undefined || faultOfCommit(course, check) === null;
}
