import { expect, test } from "vitest";
import { estimateText, goalFacts } from "./goals";

test("an estimate is a range, and one figure where both ends are equal", () => {
  expect(estimateText({ rounds: [3, 5], minutes: [4, 9] })).toBe("3 to 5 rounds, 4 to 9 min");
  expect(estimateText(null)).toBe("Cannot say yet");
  expect(estimateText({ rounds: [1, 1], minutes: [1, 1] })).toBe("1 round, 1 min");
});

test("the facts of a goal are those that it was given, each criterion with its command", () => {
  const criteria = [{ statement: "It adds", command: "npm test" }, { statement: "It is plain" }];
  expect(goalFacts({ mode: "supervised", validation_command: null, criteria, max_iterations: 7 })).toEqual([
    ["Mode", "Asks before each round"],
    ["Criterion", "It adds :: npm test"],
    ["Criterion", "It is plain"],
    ["Most rounds", "7"],
  ]);
});
