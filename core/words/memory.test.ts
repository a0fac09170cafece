import { expect, test } from "vitest";
import { type GoalOutcome, liftOf } from "@/core/lessons/lift";
import { differenceText, figureText, intervalText, placesOf, shortSentence, verdictOf } from "./memory";

const goal = (arm: GoalOutcome["arm"], rounds: number, more: Partial<GoalOutcome> = {}): GoalOutcome => {
  return { arm, rounds, succeeded: true, costUsd: 1, metAgain: 0, ...more };
};
const goals = (arm: GoalOutcome["arm"], number: number, make: (at: number) => GoalOutcome) =>
  Array.from({ length: number }, (_, at) => ({ ...make(at), arm }));
const settings = { on: true, holdout: 10 };

test("below 20 goals a side there is no verdict, only how many are missing", () => {
  const lift = liftOf([...goals("with", 60, () => goal("with", 1)), ...goals("without", 19, () => goal("without", 9))]);
  expect(verdictOf({ ...settings, lift })).toBe("Not enough yet: 19 of 20 goals have run without memory.");
  expect(shortSentence(lift)).toBe("Not enough yet: 19 of 20 goals have run without memory.");
  expect(lift.figures.map(({ difference }) => difference)).toEqual([null, null, null, null]);
  expect(verdictOf({ ...settings, on: false, lift })).toBe("Memory is off: tasks are shown no lessons.");
  expect(verdictOf({ ...settings, holdout: 0, lift })).toMatch(/^Nobody can say/);
});

test("a verdict names what helps, what harms, and whether more goals succeed", () => {
  const saves = liftOf([
    ...goals("with", 40, (at) => goal("with", 2 + (at % 3))),
    ...goals("without", 30, (at) => goal("without", 5 + (at % 3), { succeeded: at !== 0 })),
  ]);
  expect(verdictOf({ ...settings, lift: saves })).toBe(
    "Memory saves rounds: goals with it need 3.0 instead of 6.0. Whether more of them succeed cannot be said yet.",
  );
  const costs = liftOf([
    ...goals("with", 40, (at) => goal("with", 5, { costUsd: 1 + (at % 2) })),
    ...goals("without", 40, (at) => goal("without", 3, { costUsd: 4 + (at % 2) })),
  ]);
  expect(verdictOf({ ...settings, lift: costs })).toMatch(
    /^Memory costs rounds: goals with it need 5\.0 instead of 3\.0\. Goals with memory cost less: \$1\.50 instead of \$4\.50\./,
  );
  const same = liftOf([...goals("with", 20, () => goal("with", 3)), ...goals("without", 20, () => goal("without", 3))]);
  expect(verdictOf({ ...settings, lift: same })).toMatch(/^It cannot be said yet whether memory helps/);
});

test("figures, differences and intervals read as people write them, and better stands to the right", () => {
  expect([
    figureText("success", 0.923),
    figureText("rounds", 3.06),
    figureText("cost", 1.418),
    figureText("rounds", null),
  ]).toEqual(["92.3 %", "3.1", "$1.41", "–"]);
  expect([differenceText("rounds", -1.5), differenceText("cost", -0.56), differenceText("success", 0.099)]).toEqual([
    "−1.5",
    "−$0.56",
    "+9.9 points",
  ]);
  expect(intervalText("rounds", { low: -2.3, high: -0.7 })).toBe("0.7 to 2.3 rounds fewer");
  expect(intervalText("success", { low: -0.026, high: 0.238 })).toBe("2.6 points fewer to 23.8 more");
  expect(intervalText("cost", { low: 0.1, high: 0.2 })).toBe("$0.10 to $0.20 more");
  const fewer = placesOf("rounds", { value: -1.5, low: -2.3, high: -0.7 });
  expect(fewer.from).toBeGreaterThan(0.5);
  expect(fewer.to).toBeLessThan(1);
  expect(placesOf("success", { value: -0.1, low: -0.2, high: 0.1 }).value).toBeLessThan(0.5);
});
