import { expect, test } from "vitest";
import type { GoalRound, GoalView } from "@/core/shapes/goals";
import { percentText, progressText, putBackText } from "@/core/words/goals";
import {
  agreeText,
  attemptsOf,
  chartText,
  deliveryText,
  folderText,
  heldOf,
  isFromNothing,
  modeText,
  pointsOf,
  runningText,
  secondsOf,
} from "./goal-words";

const round = (number: number, more: Partial<GoalRound> = {}): GoalRound => ({
  number,
  plan: `Try ${number}`,
  score_before: 0.25,
  score: 0.25,
  verdict: "same",
  strategy: "",
  error_signature: null,
  spent: { tokens: 0, cost_usd: 0 },
  seconds: 1,
  task_id: "t",
  planned: null,
  changed: "",
  why: "",
  doubts: [],
  put_back: [],
  widened: [],
  checked_on: null,
  snapshot: "",
  fork_seq: null,
  ...more,
});
const goal = (more: Partial<GoalView>): GoalView => ({
  mode: "autonomous",
  executor: "coder",
  score: null,
  best_score: null,
  best_round: 0,
  threshold: 0.95,
  iterations_max: 50,
  minutes_max: 60,
  validation_command: null,
  validation: null,
  criteria: [],
  rounds: [],
  running: null,
  strategies: [],
  estimate: null,
  phases: [],
  protect: [],
  may_change: [],
  scope: null,
  scope_proposed: false,
  put_back: [],
  hidden: [],
  hidden_share: 0,
  on_success: "nothing",
  start: null,
  folder_round: null,
  why: "",
  continued_after: 0,
  ask_every: 1,
  delivery: null,
  ...more,
});

test("a score is never shown as the whole before it is the whole", () => {
  expect([0, 0.25, 1 / 3, 0.9999, 1].map(percentText)).toEqual(["0 %", "25 %", "33.3 %", "99.9 %", "100 %"]);
  expect(progressText({ score: null, round: 0, rounds_max: 8 })).toBe("round 0 of 8");
  expect(progressText({ score: 0.5, round: 3, rounds_max: 8 })).toBe("50 %, round 3 of 8");
});

test("attempts stand by error, that of the newest round first", () => {
  const rounds = [
    round(1, { error_signature: "adds" }),
    round(2, { error_signature: "types" }),
    round(3),
    round(4, { error_signature: "adds" }),
  ];
  const found = attemptsOf(rounds).map(({ signature, rounds: of }) => [signature, of.map(({ number }) => number)]);
  expect(found).toEqual([
    ["adds", [4, 1]],
    ["types", [2]],
  ]);
});

test("the chart begins with the start, marks the best, and says the same in words", () => {
  expect(pointsOf(goal({}))).toEqual([]);
  expect(pointsOf(goal({ score: 0.25 }))).toEqual([{ number: 0, score: 0.25, verdict: null, isBest: false }]);
  const rounds = [round(1, { verdict: "better", score: 0.5 }), round(2, { score_before: 0.5 })];
  const points = pointsOf(goal({ score: 0.25, best_round: 1, rounds }));
  expect(points.map(({ isBest }) => isBest)).toEqual([false, true, false]);
  expect(chartText(points, 0.95)).toBe("Score by round, 95 % needed: the start 25 %, round 1 50 %, round 2 25 %.");
});

test("a long chart says its best round too", () => {
  const rounds = Array.from({ length: 40 }, (_, at) => round(at + 1, { score: at === 4 ? 0.5 : 0.25 }));
  const text = chartText(pointsOf(goal({ score: 0.25, best_round: 5, rounds })), 0.95);
  expect(text).toContain("the start 25 %, round 5 50 %, round 30 25 %");
  expect(text).toContain("round 40 25 %.");
});

test("the folder's files are named after the end: the best, those of the start, or those of nobody", () => {
  const rounds = [round(1), round(2)];
  const of = (more: Partial<GoalView>) => folderText(goal({ rounds, best_score: 0.5, best_round: 1, ...more }));
  expect(of({ folder_round: 1 })).toBe("The folder holds the best files: those of round 1, with 50 %.");
  expect(of({ folder_round: 0, best_round: 0 })).toBe(
    "No round was better, so the folder holds the files of the start.",
  );
  expect(of({ folder_round: null })).toBe(
    "The folder is as the work left it. The best files are those of round 1, with 50 %.",
  );
  expect(of({ best_score: null })).toBe("");
});

test("a goal that stands still does not say that it runs", () => {
  const score = { score: 0.5, validation_command: "npm test", rounds: [round(1)] };
  const running = { running: { number: 2, task_id: "t", planned: null, worked_ms: 0, working_since: null } };
  const says = (more: Partial<GoalView>, status: "running" | "paused" | "ready" = "running") =>
    runningText(goal({ iterations_max: 8, ...more }), { status });
  expect(says({}, "ready")).toBe("Queued: it begins as soon as a slot is free. Nothing needed.");
  expect(says({})).toBe("goal_planner proposes what shows that the goal is reached. Nothing needed.");
  expect(says({ validation_command: "npm test" })).toBe("Checks what holds before the first round. Nothing needed.");
  expect(says({}, "paused")).toBe("Paused before its first check.");
  expect(says({ ...score, ...running })).toBe(
    "Round 2 of at most 8 runs. 0 of 1 hold; score 50 %, 95 % needed. Nothing needed.",
  );
  expect(says({ ...score, ...running }, "paused")).toBe(
    "Paused. Round 2 of at most 8 has begun. 0 of 1 hold; score 50 %, 95 % needed.",
  );
  expect(says({ ...score, delivery: { state: "running", branch: "b", text: "" } })).toBe(
    "Reached in round 1: 0 of 1 hold. Its files are being delivered.",
  );
});

test("a delivery says where the files are, or that it failed", () => {
  const done = (more: Partial<GoalView>) =>
    deliveryText(goal({ delivery: { state: "done", branch: null, text: "" }, ...more }));
  expect(deliveryText(goal({}))).toBe("");
  expect(done({ on_success: "commit" })).toBe("Committed.");
  expect(done({ delivery: { state: "done", branch: "banyan/x", text: "" }, on_success: "branch" })).toBe(
    "Committed, on the branch banyan/x.",
  );
  expect(done({ on_success: "command" })).toBe("The delivery command succeeded.");
  expect(done({ delivery: { state: "failed", branch: null, text: "no" } })).toMatch(/the delivery failed:$/);
});

test("time counts from where a person let the goal go on, and a supervised goal says how often it asks", () => {
  expect(secondsOf(goal({ rounds: [round(1), round(2), round(3)], continued_after: 2 }))).toBe(1);
  expect(modeText({ mode: "supervised", ask_every: 1 })).toBe("Asks before each round");
  expect(modeText({ mode: "supervised", ask_every: 3 })).toBe("Asks once every 3 rounds");
});

test("what holds counts the validation command and the criteria", () => {
  const criteria = [
    { statement: "It adds", weight: 1, met: true, evidence: "", since: 0 },
    { statement: "It is plain", weight: 1, met: null, evidence: "", since: 0 },
  ];
  const validation = { met: false, share: 0.5, evidence: "" };
  expect(heldOf(goal({ criteria, validation_command: "npm test", validation }))).toEqual({ held: 1, all: 3 });
  expect(heldOf(goal({ criteria }))).toEqual({ held: 1, all: 2 });
});

test("what a round changed outside the scope is named, and an empty folder has none", () => {
  expect(putBackText([])).toBe("");
  expect(putBackText(["test/a.js", "package.json", "and 3 more"])).toBe(
    "Outside the scope, as at the start for the check: test/a.js, package.json, and 3 more.",
  );
  expect(isFromNothing(goal({ scope: ["**"], scope_proposed: true }))).toBe(true);
  expect(isFromNothing(goal({ scope: ["**"] }))).toBe(false);
  expect(isFromNothing(goal({ scope: ["*.js"], scope_proposed: true }))).toBe(false);
});

test("how a person agrees depends on whether the goal asks, goes on, or has ended", () => {
  expect(agreeText(false, true)).toBe("Read the changes of the round, then answer in Review.");
  expect(agreeText(false, false)).toMatch(/^The goal goes on\. .* under “Settings”\. .*Ask a person”\.$/);
  expect(agreeText(true, false)).toMatch(/submitted with them under “Also in scope”\. .*Ask a person”\.$/);
});
