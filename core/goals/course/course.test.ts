import { expect, test } from "vitest";
import type { RoundRecord } from "@/core/goals/facts/record";
import { GOAL_DEFAULTS, type Goal } from "@/core/log/goal";
import { bestOf, estimateOf, type History, nextOf } from "./course";
import { changedBy } from "./goal-changes";

const begun = { score: 0.2, commit: "start", files: "f0", at_ms: 0 };
const goal: Goal = { ...GOAL_DEFAULTS, validation_command: "test", max_iterations: 30, max_minutes: 60 };

function record(number: number, score: number, more: Partial<RoundRecord> = {}): RoundRecord {
  return {
    number,
    score,
    score_before: 0.2,
    plan: `plan ${number}`,
    verdict: "same",
    done: false,
    strategy: "",
    error_signature: `error ${number}`,
    files: `f${number}`,
    commit: `c${number}`,
    changed: "",
    met: [],
    valid: false,
    doubts: [],
    at_ms: number * 60_000,
    seconds: 60,
    why: "",
    ...more,
  };
}

const history = (records: RoundRecord[], more: Partial<History> = {}): History => ({
  begun,
  records,
  reflections: [],
  helped: 0,
  continued: 0,
  continuedAfter: 0,
  firstAlike: 0,
  ...more,
});

test.each<[string, History, Partial<Goal>, ReturnType<typeof nextOf>]>([
  ["the first round", history([]), {}, { kind: "round", from: null }],
  ["a done round", history([record(1, 1, { done: true })]), {}, { kind: "succeeded" }],
  [
    "no round left",
    history([record(1, 0.3)]),
    { max_iterations: 1 },
    { kind: "ends", reason: "out_of_iterations", why: "Its only round was used." },
  ],
  [
    "no time left",
    history([record(1, 0.3, { seconds: 60 * 60 })]),
    {},
    { kind: "ends", reason: "timeout", why: "Its rounds have worked for 60 minutes." },
  ],
  [
    "a person's words give rounds again",
    history([record(1, 0.3)], { continued: 1 }),
    { max_iterations: 1 },
    { kind: "round", from: null },
  ],
  [
    "the time again after a person's words",
    history([record(1, 0.3, { seconds: 60 * 60 }), record(2, 0.4)], { continued: 1, continuedAfter: 1 }),
    {},
    { kind: "round", from: null },
  ],
  [
    "no time left in the first round after a person's words",
    history([record(1, 0.3), record(2, 0.4, { seconds: 61 * 60 })], { continued: 1, continuedAfter: 1 }),
    {},
    { kind: "ends", reason: "timeout", why: "Its rounds have worked for 60 minutes." },
  ],
  [
    "no time left after a person's words",
    history(
      [0, 29, 31].map((minutes, at) => record(at + 1, at / 10, { seconds: minutes * 60 })),
      {
        continued: 1,
        continuedAfter: 1,
      },
    ),
    {},
    { kind: "ends", reason: "timeout", why: "Its rounds have worked for 60 minutes." },
  ],
  [
    "three attempts at one error",
    history(
      [1, 2, 3].map((number) =>
        record(number, 0.2, { error_signature: "the same", verdict: number === 1 ? "worse" : "same" }),
      ),
    ),
    {},
    { kind: "reflect", why: "3 attempts at one error failed: the same" },
  ],
  [
    "three rounds that are no better",
    history([1, 2, 3].map((number) => record(number, 0.2))),
    {},
    { kind: "reflect", why: "3 rounds brought no better score." },
  ],
  [
    "no way on",
    history([record(1, 0.2, { stop: "no key" })]),
    {},
    { kind: "reflect", why: "The planner sees no way on: no key" },
  ],
  [
    "every fifth round, also of better ones",
    history([1, 2, 3, 4, 5].map((number) => record(number, 0.1 * number + 0.2, { verdict: "better" }))),
    {},
    { kind: "reflect", why: "5 rounds have passed since the last look." },
  ],
  [
    "three strategies in vain",
    history(
      [1, 2, 3].map((number) => record(number, 0.2)),
      {
        reflections: [0, 0, 0].map((after, at) => ({ after, strategy: `way ${at}` })),
      },
    ),
    {},
    { kind: "ends", reason: "no_progress", why: "3 strategies brought no better score." },
  ],
  [
    "two rounds below the best",
    history([record(1, 0.8, { verdict: "better" }), record(2, 0.4, { verdict: "worse" }), record(3, 0.5)]),
    {},
    {
      kind: "round",
      from: { commit: "c1", why: "Two rounds were below the best score of 0.8, so their changes were undone." },
    },
  ],
  [
    "files that were there before",
    history([record(1, 0.3, { verdict: "better" }), record(2, 0.2, { files: "f0", verdict: "repeated" })]),
    {},
    {
      kind: "round",
      from: { commit: "c1", why: "The last round came back to files that were tried before, so it was undone." },
    },
  ],
  [
    "doubts, with a person to ask",
    history([record(1, 1, { valid: true, doubts: ["odd"] })]),
    { ask: true },
    { kind: "doubted", doubts: ["odd"] },
  ],
  [
    "doubts, with nobody to ask",
    history([record(1, 1, { valid: true, doubts: ["odd"] })]),
    {},
    { kind: "round", from: null },
  ],
  [
    "tests that pass as they were changed",
    history([record(1, 0.5, { as_changed: true, doubts: ["changed"] })]),
    { mode: "supervised" },
    { kind: "doubted", doubts: ["changed"] },
  ],
])("what follows: %s", (_, past, more, next) => {
  expect(nextOf({ ...goal, ...more }, past)).toEqual(next);
});

test("the earliest of equally good states is the best, and a rise is what strategies are measured by", () => {
  expect(bestOf(history([record(1, 0.5), record(2, 0.5)])).number).toBe(1);
  expect(bestOf(history([record(1, 0.2)])).number).toBe(0);
  const rising = history([record(1, 0.2), record(2, 0.6, { verdict: "better" }), record(3, 0.6)], {
    reflections: [1, 1, 1].map((after) => ({ after, strategy: "" })),
  });
  expect(nextOf(goal, rising).kind).toBe("round");
});

test("an estimate needs a rise, and is a range", () => {
  expect(estimateOf(goal, history([record(1, 0.2)]))).toBe(null);
  expect(estimateOf(goal, history([record(1, 0.2), record(2, 0.2)]))).toBe(null);
  const rising = [record(1, 0.3, { score_before: 0.2 }), record(2, 0.35, { score_before: 0.3 })];
  expect(estimateOf(goal, history(rising))).toEqual({ rounds: [6, 8], minutes: [6, 8] });
  // The rise came with a change of the criteria.
  expect([1, 2, 3].map((firstAlike) => estimateOf(goal, history(rising, { firstAlike })))).toEqual([null, null, null]);
  // All rounds are used, or more than a person has left it.
  expect([2, 1].map((max_iterations) => estimateOf({ ...goal, max_iterations }, history(rising)))).toEqual([
    null,
    null,
  ]);
  const again = { continued: 1, continuedAfter: 2 };
  expect(estimateOf({ ...goal, max_iterations: 2 }, history(rising, again))?.rounds).toEqual([2, 2]);
});

test("a goal that nobody changed stays the same object, so that comparing it with all rounds is quick", () => {
  const said = [{ text: "Please hurry.", after: 0 }];
  expect(changedBy(said, goal, 1)).toBe(goal);
});
