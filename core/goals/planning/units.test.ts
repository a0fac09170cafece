/** What a round says of its units, and of checks that pass only with changed tests. */
import { expect, test } from "vitest";
import { roundReply } from "@/core/goals/rounds/round";
import { type AnswerTo, checked, leadOfRound, roundTask, run, succeeded } from "@/core/goals/testing/talks";
import type { SubtaskResult } from "@/core/log/entries";
import { answerCall } from "@/core/notes";
import { given, task } from "@/tests/agents/specification";
import { afterMerge } from "../../merging";
import { type Plan, readPlan } from "./plan";
import { outcomesOf } from "./units";

const plan = (...steps: object[]) =>
  JSON.stringify({ plan: "p", steps: steps.map((step) => ({ instruction: "do it", ...step })) });
const steps = (readPlan(plan({ title: "A" }, { title: "B" }), "coder") as Plan).steps;

test("a unit whose changes contradict those of another is not done, and the next planner reads where they are", () => {
  const state = given(task({}, { workspace: "own" })).state();
  state.merged = {
    type: "files_merged",
    into: null,
    commit: null,
    theirs: null,
    changed: 1,
    conflicts: ["src/index.ts"],
    copies: ".banyan-conflicts/b",
  };
  const end = {
    kind: "end",
    status: "succeeded",
    reason: null,
    detail: null,
    result: "Added B.",
    summary: null,
    verdict: null,
  } as const;
  const decided = afterMerge(state, end);
  if (decided.kind !== "end") throw new Error("It does not end.");
  const { unmerged } = decided;
  const result: SubtaskResult = {
    task: "t",
    title: "B",
    status: "succeeded",
    reason: null,
    summary: "Added B.",
    verdict: null,
  };
  const said = (more: Partial<SubtaskResult>) => ({ content: answerCall({ ...result, ...more }), isError: false });
  const [a, b] = outcomesOf(steps, [said({}), said({ ...(unmerged && { unmerged }) })]);
  expect(a).toMatchObject({ title: "A", state: "done" });
  expect(b).toMatchObject({ title: "B", state: "failed", result: expect.stringContaining(".banyan-conflicts/b") });
});

test.each([
  ["reaches the goal with them", true, true],
  ["does not reach it even with them", false, undefined],
])("a check that passes only with changed tests is offered for agreement when the score %s", (_, met, asChanged) => {
  const criterion = {
    statement: "README exists",
    command: "test -f README",
    weight: 1,
    share: met ? 1 : 0,
    met,
    evidence: "",
  };
  const validation = { command: "npm test", weight: 1, share: 0.5, met: false, evidence: "" };
  const now = {
    ...JSON.parse(checked()),
    valid: false,
    passes_as_changed: true,
    doubts: ["changed"],
    checks: [validation, criterion],
  };
  const answers: AnswerTo = (name, { agent }) => {
    if (name === "check_goal") return JSON.stringify(now);
    return agent === "goal_planner" ? succeeded(plan({ title: "A" })) : succeeded("done");
  };
  const { end } = run(roundReply, leadOfRound(roundTask()), answers);
  expect(JSON.parse(end.result).as_changed).toBe(asChanged);
});
