/** Goals and their rounds as conversations: what a program does next, from the answers that its log holds. */
import { expect } from "vitest";
import type { RoundRecord } from "@/core/goals/facts/record";
import { givenNow, goalReply } from "@/core/goals/pursue";
import { GOAL_CHANGE_LINE, GOAL_DEFAULTS, GOAL_LINE, type Goal, type GoalChange } from "@/core/log/goal";
import type { ModelMessage } from "@/core/log/model";
import { ROUND_LINE, type RoundTask } from "@/core/log/round-task";

type Reply = ReturnType<typeof goalReply>;
/** A text, the words of an error, or that the process of the call ended before it answered. */
export type AnswerTo = (
  name: string,
  input: Record<string, unknown>,
) => string | { error: string } | { interrupted: true };

/**
 * Runs a program to its end. `said`: what a person says, by the number of calls that were answered before; `goOn`: what a
 * person says after each end but the last.
 */
export function run(
  reply: (of: { messages: ModelMessage[] }) => Reply,
  lead: string[],
  answer: AnswerTo,
  said: Said = {},
  goOn: string[] = [],
) {
  const messages: ModelMessage[] = lead.map((content) => ({ role: "user", content }));
  const made: { name: string; input: Record<string, unknown> }[] = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const { calls, parts } = reply({ messages });
    messages.push({ role: "assistant", parts, calls } as unknown as ModelMessage);
    for (const { id, name, input } of calls) {
      made.push({ name, input: input as Record<string, unknown> });
      const words = name === "end_task" ? goOn.shift() : undefined;
      if (name === "end_task" && words === undefined)
        return { made, end: input as { status: string; result: string; reason?: string } };
      const given = name === "end_task" ? "{}" : answer(name, input as Record<string, unknown>);
      const told = toldOf(given);
      messages.push({ role: "tool", callId: id, toolName: name, ...told } as ModelMessage);
      if (words !== undefined) messages.push({ role: "user", content: words });
    }
    for (const words of said[made.length] ?? []) messages.push(messageOf(words));
  }
  return expect.fail("The program does not end.");
}

function toldOf(given: ReturnType<AnswerTo>) {
  if (typeof given === "string") return { content: given, isError: false };
  if ("interrupted" in given) return { content: "Its outcome is unknown.", isError: true, interrupted: true };
  return { content: given.error, isError: true };
}

/** A message, or a change of the goal. */
type Words = string | { change: GoalChange };
export type Said = Record<number, Words[]>;

function messageOf(words: Words): ModelMessage {
  return typeof words === "string"
    ? { role: "user", content: words }
    : { role: "user", content: "anna changed the goal.", change: words.change };
}

/** As older versions stored a change of a goal. */
export const oldChange = (change: object) =>
  `The goal has changed. It counts from the next round on.\n${GOAL_CHANGE_LINE}${JSON.stringify(change)}`;

export const checked = (more: object = {}) =>
  JSON.stringify({
    start: "s0",
    commit: "c1",
    files: "f1",
    at_ms: 1,
    valid: false,
    tests: null,
    signature: "e",
    why: "it fails",
    checks: [{ command: "a", weight: 1, share: 0, met: false, evidence: "no" }],
    changed: 1,
    changes: "",
    put_back: [],
    passes_as_changed: false,
    doubts: [],
    ...more,
  });
export const succeeded = (summary: string) => JSON.stringify({ task: "t", status: "succeeded", summary });

export const record = (number: number, more: Partial<RoundRecord> = {}): string =>
  succeeded(
    JSON.stringify({
      number,
      plan: "p",
      score_before: 0,
      score: 0,
      verdict: "same",
      done: false,
      strategy: "",
      error_signature: `e${number}`,
      files: `f${number}`,
      commit: `c${number}`,
      changed: "",
      met: [],
      valid: false,
      doubts: [],
      at_ms: number,
      seconds: 0,
      why: "",
      ...more,
    } satisfies RoundRecord),
  );

export const goal = (more: Partial<Goal> = {}): Goal => ({
  ...GOAL_DEFAULTS,
  validation_command: "a",
  max_iterations: 2,
  ...more,
});
export const lead = (given: Goal) => ["Do it", `Facts\n${GOAL_LINE}${JSON.stringify(given)}`];
export const done = { done: true, score: 1, valid: true, error_signature: null } satisfies Partial<RoundRecord>;

/** Runs a goal to its end. Returns what its rounds were given, too. */
export function runGoal(given: Goal, answer: AnswerTo, said: Said = {}) {
  const tasks: RoundTask[] = [];
  const reply = ({ messages }: { messages: ModelMessage[] }) => {
    const replied = goalReply({ messages });
    const { parts, calls } = replied;
    const made = [...messages, { role: "assistant", parts, calls } as unknown as ModelMessage];
    const isRound = calls.some(({ input }) => (input as { agent?: string }).agent === "iteration");
    const now = isRound ? givenNow(given, made.toSpliced(1, 1)) : null;
    if (now && "round" in now) tasks.push(now.round);
    return replied;
  };
  return { ...run(reply, lead(given), answer, said), tasks };
}

export const roundTask = (more: Partial<RoundTask> = {}): RoundTask => ({
  number: 2,
  text: "Do it",
  goal: goal(),
  start: "s0",
  tests: null,
  failed_before: true,
  score_before: 0,
  met_before: null,
  from: "c1",
  undone: null,
  strategy: "",
  now: "it fails",
  tried: [],
  said: [],
  found: [],
  gaps: [],
  lean: false,
  ...more,
});
export const leadOfRound = (task: RoundTask) => ["Round", `Facts\n${ROUND_LINE}${JSON.stringify(task)}`];
