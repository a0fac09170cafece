/** Goals whose calls fail: what cannot be put back, and rounds that checked nothing. */
import { expect, test } from "vitest";
import { roundReply } from "@/core/goals/rounds/round";
import type { ModelMessage } from "@/core/log/model";
import { readConversation } from "@/core/programs/conversation";
import { type Program, replyOf } from "@/core/programs/program";
import { goalReply } from "./pursue";
import {
  type AnswerTo,
  checked,
  goal,
  lead,
  leadOfRound,
  record,
  roundTask,
  run,
  runGoal,
  succeeded,
} from "./testing/talks";

const FULL = { error: "The disk is full." };

test("a round whose files cannot be put back does not work on others", () => {
  const answer: AnswerTo = (name) => (name === "restore_files" ? FULL : succeeded("done"));
  const { made, end } = run(roundReply, leadOfRound(roundTask({ undone: "They were worse." })), answer);
  expect(made.map(({ name }) => name)).toEqual(["restore_files", "restore_files", "restore_files", "end_task"]);
  expect(end).toMatchObject({ status: "failure", result: expect.stringContaining("The disk is full.") });
});

test("files that are put back at the second attempt are put back", () => {
  const attempts = [FULL, "put back"];
  const answer: AnswerTo = (name) => {
    if (name === "restore_files") return attempts.shift() ?? "once more";
    return name === "check_goal"
      ? checked()
      : succeeded('{"plan": "p", "steps": [{"title": "A", "instruction": "a"}]}');
  };
  const { made, end } = run(roundReply, leadOfRound(roundTask({ undone: "They were worse." })), answer);
  expect(made.filter(({ name }) => name === "restore_files").length).toBe(2);
  expect(end.status).toBe("success");
});

test("an end that cannot put the best files back says so", () => {
  const scores = [0.8, 0.5];
  const answer: AnswerTo = (name, { title }) => {
    if (name === "check_goal") return checked();
    if (name === "restore_files") return FULL;
    const number = Number(String(title).replace("Round ", ""));
    return record(number, { score: scores[number - 1] ?? 0 });
  };
  const { made, end } = runGoal(goal(), answer);
  expect(made.filter(({ name }) => name === "restore_files").length).toBe(3);
  expect(end.result).toContain("The best files are those of round 1. They could not be put back");
  expect(end.result).toContain("> The disk is full.");
});

test("a round that the planner did not begin changes nothing of what holds", () => {
  const SAFE = { statement: "It is safe", weight: 1 };
  const answer: AnswerTo = (name, { title }) => {
    if (name === "check_goal") return checked();
    const number = Number(String(title).replace("Round ", ""));
    if (number === 2)
      return record(2, { stop: "There is no key.", files: "", commit: "c1", met: [], score: 0.5, at_ms: 0 });
    return record(number, { score: 0.5, verdict: "better", met: [1], valid: false });
  };
  const given = goal({ max_iterations: 3, criteria: [SAFE], reflect_every: 9 });
  const reflecting: AnswerTo = (name, input) =>
    input.agent === "goal_strategist" ? succeeded('{"strategy": "Look for the key."}') : answer(name, input);
  const { tasks } = runGoal(given, reflecting);
  expect(tasks.map(({ met_before }) => met_before)).toEqual([null, [1], [1]]);
});

test("a goal that a person continued more often than it may be sent back still ends", () => {
  const answer: AnswerTo = (name, { title }) =>
    name === "check_goal" ? checked() : record(Number(String(title).replace("Round ", "")));
  const words = Array.from({ length: 8 }, (_, at) => `Go on, ${at + 1}.`);
  const given = goal({ max_iterations: 1, reflect_every: 99 });
  const { made, end } = run(goalReply, lead(given), answer, {}, words);
  expect(made.filter(({ name }) => name === "end_task").length).toBe(9);
  expect(end.result).toContain("9 of at most 9 rounds");
});

test("six ends in a row that are refused are no end", () => {
  const messages: ModelMessage[] = [{ role: "user", content: "Do it" }];
  const program = function* (): Program {
    yield { says: "Asks.", calls: [{ key: "ask", name: "ask", input: {} }] };
    return { status: "success", result: "done" };
  };
  const names: string[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    const { calls, parts } = replyOf(program(), readConversation(messages));
    messages.push({ role: "assistant", parts, calls });
    for (const { id, name } of calls) {
      names.push(name);
      messages.push({ role: "tool", callId: id, toolName: name, content: "no", isError: name === "end_task" });
    }
  }
  expect(names).toEqual(["ask", ...Array.from({ length: 6 }, () => "end_task")]);
});
