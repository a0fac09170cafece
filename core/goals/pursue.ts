/** A goal: the model `goal`. It starts rounds until their records show that the goal is reached, or that it is not. */
import { type Base, bestOf, mostRounds, nextOf } from "@/core/goals/course/course";
import { lineOf } from "@/core/goals/course/earlier-rounds";
import { endOf } from "@/core/goals/course/end";
import { continuedBefore, goesOn, triesIn } from "@/core/goals/course/go-on";
import { changedBy, checkAgain, firstAlike, isShownAlike } from "@/core/goals/course/goal-changes";
import type { Course } from "@/core/goals/course/round-records";
import { brokenRound, isBrokenOff, placed, strategyOf } from "@/core/goals/course/round-records";
import { keyOf, placeOf, roundTask, scopeNow } from "@/core/goals/course/round-task";
import { delivered } from "@/core/goals/delivery/deliver";
import { agrees, answerIn, isStop } from "@/core/goals/facts/answers";
import { batchOf, subtask } from "@/core/goals/facts/calls";
import { readChecked } from "@/core/goals/facts/checked";
import { putBack } from "@/core/goals/facts/put-back";
import { cut, type RoundRecord, readRecord, scoreOf } from "@/core/goals/facts/record";
import {
  criteriaInstruction,
  criteriaLines,
  percent,
  reflectInstruction,
  reflectMaterial,
} from "@/core/goals/planning/material";
import { isNewStrategy, readCriteria, readStrategy } from "@/core/goals/planning/plan";
import { whereText } from "@/core/goals/service/service-goal";
import { specified } from "@/core/goals/service/specify";
import { GOAL_AGENTS, GOAL_DEFAULTS, GOAL_LINE, type Goal } from "@/core/log/goal";
import type { ModelMessage, ModelPort, ModelRequest } from "@/core/log/model";
import type { RoundTask } from "@/core/log/round-task";
import { type Answer, type Conversation, factIn, readConversation } from "@/core/programs/conversation";
import { type Batch, type Program, type ProgramEnd, replyOf, resultOf } from "@/core/programs/program";
import { checkedStart, startCheck } from "./start";

export const goalModel: ModelPort = {
  async respond(request, { signal, onDraft }) {
    signal.throwIfAborted();
    const reply = goalReply(request);
    for (const part of reply.parts) if (part.type === "text") onDraft({ type: "text", text: part.text });
    return reply;
  },
};

export function goalReply({ messages }: Pick<ModelRequest, "messages">) {
  const conversation = readConversation(messages);
  return replyOf(pursue(factIn<Goal>(conversation.said, GOAL_LINE), conversation), conversation);
}

/** Returns what a goal has done so far, from its conversation without the facts of the task; null before its first check. */
export function courseOf(goal: Goal, messages: readonly ModelMessage[]): Course | null {
  let course: Course | null = null;
  replay(goal, messages, {
    onBegun: (begun) => {
      course = begun;
    },
  });
  return course;
}

/** Whether the service that a goal makes or changes has been made, so that its rounds begin. */
export function isServiceMade(goal: Goal, messages: readonly ModelMessage[]): boolean {
  let isMade = false;
  replay(goal, messages, {
    onMade: () => {
      isMade = true;
    },
  });
  return isMade;
}

/**
 * The input of a round, or of a review of the strategy, beside its instruction. It is in the first entry of that
 * subtask, because in the goal's own log, which holds all of it already, it would take most of the space.
 */
export type Given = { round: RoundTask } | { material: string };

/** Returns the input of the subtask that the goal starts now, from its conversation without the facts of the task. */
export function givenNow(goal: Goal, messages: readonly ModelMessage[]): Given {
  const starts: (() => Given)[] = [];
  replay(goal, messages, { onStart: (given) => void starts.push(given) });
  const last = starts.at(-1);
  if (!last) throw new Error("The goal has started nothing.");
  return last();
}

interface Watch {
  onMade?(): void;
  onBegun?(course: Course): void;
  /** Called before each round and each review of the strategy. Call the returned function before the next one. */
  onStart?(given: () => Given): void;
}

function replay(goal: Goal, [lead, ...rest]: readonly ModelMessage[], watch: Watch): void {
  if (!lead) return;
  const facts: ModelMessage = { role: "user", content: `${GOAL_LINE}${JSON.stringify(goal)}` };
  const conversation = readConversation([lead, facts, ...rest]);
  replyOf(pursue(goal, conversation, watch), conversation);
}

/** A goal that makes or changes a service pursues the acceptance criteria of its specification. */
function* pursue(given: Goal, conversation: Conversation, watch: Watch = {}): Program {
  const { service, service_change } = given;
  const work = service ? { service } : service_change ? { service_change } : null;
  if (!work) return yield* rounds(given, conversation.instruction, conversation, watch);
  const specification = yield* specified({ ...GOAL_DEFAULTS, ...given }, work, conversation);
  if ("end" in specification) return specification.end;
  watch.onMade?.();
  const end = yield* rounds(specification.goal, specification.text, conversation, watch);
  return { ...end, result: `${end.result}\n\n## Service\n\n${whereText(specification.made)}` };
}

function* rounds(given: Goal, text: string, conversation: Conversation, watch: Watch): Program {
  // A goal that an older version began lacks newer fields.
  const agreed = yield* criteriaOf({ ...GOAL_DEFAULTS, ...given }, conversation);
  if ("end" in agreed) return agreed.end;
  const checked = yield* checkedStart(agreed.goal, agreed.start, conversation);
  if ("end" in checked) return checked.end;
  const { goal, first, continued } = checked;
  const score = scoreOf(first.checks);
  const begun = { score, commit: first.commit, files: first.files, at_ms: first.at_ms };
  const course: Course = {
    text,
    goal,
    goals: [goal],
    first,
    begun,
    records: [],
    reflections: [],
    helped: 0,
    continued,
    continuedAfter: 0,
    firstAlike: 0,
    delivery: null,
    back: null,
    why: "",
    notPutBack: "",
  };
  watch.onBegun?.(course);
  // Criteria for judges are not judged before there is work, so a goal with such criteria has at least one round.
  const isHeld = score >= goal.success_threshold && first.valid !== false && first.put_back.length === 0;
  for (;;) {
    const place = placeOf(conversation, keyOf(course.records.length + 1));
    course.goal = changedBy(conversation.said, goal, place);
    checkAgain(course);
    course.firstAlike = firstAlike(course);
    const isStillHeld = isHeld && course.records.length === 0 && isShownAlike(goal, course.goal);
    const next = isStillHeld ? ({ kind: "held" } as const) : nextOf(course.goal, course);
    const isOver = next.kind === "held" || next.kind === "succeeded" || next.kind === "ends";
    if (isOver && goesOn(course, conversation, next.kind === "ends")) {
      const end = yield* nextRound(course, null, conversation, watch);
      if (end) return end;
      continue;
    }
    if (next.kind === "held") return endOf(course, "held", "");
    if (next.kind === "succeeded") return yield* delivered(course, conversation);
    if (next.kind === "ends") {
      const end = course.goal.ask && next.reason === "no_progress" ? yield* helped(course, next.why) : "end";
      const over = end === "end" ? yield* ended(course, conversation, next.reason, next.why) : null;
      if (over) return over;
      continue;
    }
    if (next.kind === "doubted") {
      const hasAgreed = yield* agreedTo(course, next.doubts);
      if (hasAgreed && !goesOn(course, conversation, false)) return yield* delivered(course, conversation);
      course.records[course.records.length - 1] = { ...(course.records.at(-1) as RoundRecord), doubts: [] };
      continue;
    }
    if (next.kind === "reflect") {
      const end = yield* reflected(course, conversation, next.why, watch);
      if (end) return end;
      continue;
    }
    const end = yield* nextRound(course, next.from, conversation, watch);
    if (end) return end;
  }
}

/** Returns the goal with its criteria. Without any, goal_planner proposes them, and a supervised goal asks about them. */
function* criteriaOf(
  given: Goal,
  conversation: Conversation,
): Generator<Batch, { goal: Goal; start: string | null } | { end: ProgramEnd }, Answer[]> {
  // A new attempt measures by the files of the goal's start: what an agent has made of the tests is no test of the goal.
  const kept = conversation.goalStart;
  if (given.validation_command !== null || given.criteria.length > 0) return { goal: given, start: kept };
  // The snapshot is taken before anybody works on the files.
  let begun: Answer | undefined;
  let start: string | null = null;
  const tries = triesIn(conversation);
  for (const again of tries) {
    if (start !== null) break;
    [begun] = yield batchOf("Remembers the files.", startCheck(given, kept, `begin${again}`));
    start = readChecked(begun?.content ?? "")?.start ?? null;
  }
  if (start === null) return { end: failed(`The goal could not begin: ${cut(begun?.content ?? "", 2_000)}`) };
  const instruction = criteriaInstruction(conversation.instruction);
  let read: ReturnType<typeof readCriteria> = null;
  for (const again of tries) {
    if (read) break;
    const call = subtask(`criteria${again}`, GOAL_AGENTS.planner, "Criteria of the goal", instruction);
    const [answer] = yield batchOf("Asks what would show that the goal is reached.", call);
    read = readCriteria(resultOf(answer as Answer).summary);
  }
  if (!read)
    return {
      end: failed(
        "Nobody could say what would show that the goal is reached: name a command or criteria.",
        "criteria_unreachable",
      ),
    };
  const goal = { ...given, ...read, setup_command: given.setup_command ?? read.setup_command };
  if (given.mode !== "supervised") return { goal, start };
  const question = `Do these criteria show that the goal is reached?\n\n${criteriaLines(goal)}\n\nAnswer “Yes”, or “Stop” to end and submit the goal with other criteria.\n\n- Yes\n- Stop`;
  let answer = "";
  for (let times = 0; times <= continuedBefore(conversation, Number.POSITIVE_INFINITY); times += 1) {
    const key = times === 0 ? "confirm" : `confirm-${times + 1}`;
    const [said] = yield batchOf("Asks whether these are the criteria.", { key, name: "ask", input: { question } });
    answer = answerIn(said as Answer);
    if (agrees(answer)) return { goal, start };
  }
  return { end: failed(`The criteria were not confirmed: ${answer}`, "by_person") };
}

/** Runs the next round and adds its record. Returns an end when there can be no further round. */
function* nextRound(course: Course, from: Base | null, conversation: Conversation, watch: Watch) {
  const base = course.back ?? from;
  course.back = null;
  watch.onStart?.(() => ({ round: roundTask(course, base, conversation) }));
  const number = course.records.length + 1;
  course.goals[number] = course.goal;
  const title = `Round ${number}`;
  const call = subtask(keyOf(number), GOAL_AGENTS.iteration, title, `${title}.`);
  const scope = number === 1 ? scopeNow(course) : undefined;
  const told = scope ? ` The work may change: ${scope.join(", ")}.` : "";
  const answers: Answer[] = yield batchOf(`${title} of at most ${mostRounds(course.goal, course)}.${told}`, call);
  const result = resultOf(answers[0] as Answer);
  const record = result.ok ? readRecord(result.summary) : null;
  if (record?.ended) {
    // A person who continues the goal takes back the stop.
    course.records.push(placed(course, { ...record, stop: undefined, ended: undefined }));
    if (goesOn(course, conversation, true)) return null;
    course.records.pop();
    return yield* ended(course, conversation, "stopped", record.stop ?? "");
  }
  course.records.push(record ? placed(course, record) : brokenRound(course, number, result.summary));
  if (!isBrokenOff(course)) return null;
  const why = course.records.at(-1)?.why ?? "";
  const reason = result.reason === "out_of_grant" ? "out_of_grant" : "no_progress";
  return yield* ended(course, conversation, reason, why);
}

/** How many of the last rounds and strategies a review of the strategy is told. */
const MOST_CHECKED = 10;
const STRATEGIES = 20;

/** Has the strategist name another strategy. Returns an end when the goal cannot be reached. */
function* reflected(course: Course, conversation: Conversation, why: string, watch: Watch) {
  const { text, goal, records, reflections } = course;
  const number = reflections.length + 1;
  const strategies = reflections.map(({ strategy }) => strategy);
  const given = (): Given => {
    const rounds = records.slice(-MOST_CHECKED).map(lineOf);
    return { material: reflectMaterial({ text, goal, rounds, strategies: strategies.slice(-STRATEGIES) }) };
  };
  let named: ReturnType<typeof readStrategy> = { strategy: "" };
  for (const again of ["", "-again"]) {
    watch.onStart?.(given);
    const call = subtask(
      `reflect-${number}${again}`,
      GOAL_AGENTS.strategist,
      `Strategy after round ${records.length}`,
      reflectInstruction(why, again !== ""),
    );
    const answers: Answer[] = yield batchOf("Looks at the strategy.", call);
    const { ok, reason, summary } = resultOf(answers[0] as Answer);
    if (reason === "out_of_grant") return yield* ended(course, conversation, "out_of_grant", summary);
    // The answer of a strategist that failed is no strategy: the last strategy stays.
    named = ok ? readStrategy(summary) : { strategy: strategyOf(course) };
    if ("unreachable" in named || isNewStrategy(named.strategy, strategies)) break;
  }
  if ("strategy" in named) {
    course.reflections.push({ after: records.length, strategy: named.strategy });
    return null;
  }
  const end = goal.ask ? yield* helped(course, named.unreachable) : "end";
  return end === "end" ? yield* ended(course, conversation, "criteria_unreachable", named.unreachable) : null;
}

/** Asks a person how to continue. The answer becomes the strategy. */
function* helped(course: Course, why: string) {
  const key = `help-${course.records.length}-${course.reflections.length}`;
  const question = `This goal does not get on: ${why}\n\nThe best score is ${percent(bestOf(course).score)} after ${course.records.length} rounds. How should it go on? Answer “Stop”, or what to try.`;
  const answers: Answer[] = yield batchOf("Asks how to go on.", { key, name: "ask", input: { question } });
  const answer = answerIn(answers[0] as Answer).trim();
  if (answer === "" || isStop(answer)) return "end" as const;
  course.helped = course.records.length;
  course.reflections.push({ after: course.records.length, strategy: cut(answer, 400) });
  return "goes_on" as const;
}

/** Asks a person whether a doubtful result counts. */
function* agreedTo(course: Course, doubts: readonly string[]) {
  const key = `agree-${course.records.length}`;
  const list = doubts.map((doubt) => `- ${doubt}`).join("\n");
  const question = `${passing(course.records.at(-1))} has to be agreed to first:\n\n${list}\n\nDoes the goal count as reached? Look at the files of round ${course.records.length} before you answer.\n\n- Yes\n- No`;
  const answers: Answer[] = yield batchOf("Asks whether the result counts.", { key, name: "ask", input: { question } });
  return agrees(answerIn(answers[0] as Answer));
}

/** The beginning of the question: what the round's checks have shown. */
function passing(record: RoundRecord | undefined): string {
  if (record?.as_changed) return "The validation command fails with the tests and settings of the start. This";
  const isWhole = record === undefined || record.score >= 1;
  return isWhole ? "All checks pass, but this" : `The score of ${percent(record.score)} is enough, but this`;
}

/** Ends a goal that is not reached. The best files stay in the folder. Returns null when a person continued it. */
function* ended(course: Course, conversation: Conversation, reason: Parameters<typeof endOf>[1], why: string) {
  if (goesOn(course, conversation, true)) return null;
  course.why = why;
  const best = bestOf(course);
  const files = course.records.at(-1)?.files ?? course.begun.files;
  // Nobody knows what a round that broke off has left.
  const isKnown = course.records.at(-1)?.broken !== true;
  if (best.files !== files || !isKnown)
    course.notPutBack = (yield* putBack(`best-${course.records.length}`, best.commit)) ?? "";
  return endOf(course, reason, why);
}

function failed(result: string, reason?: string): ProgramEnd {
  return { status: "failure", result, ...(reason && { reason }) };
}
