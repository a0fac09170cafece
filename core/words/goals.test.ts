import { expect, test } from "vitest";
import { estimateText, goalFacts } from "./goals";

test("an estimate is a range, and one figure where both ends are equal", () => {
  expect(estimateText({ rounds: [3, 5], minutes: [4, 9] })).toBe("3 to 5 rounds, 4 to 9 min");
  expect(estimateText(null)).toBe("Cannot say yet");
  expect(estimateText(null, 5)).toBe("Cannot say yet");
  expect(estimateText({ rounds: [1, 1], minutes: [1, 1] })).toBe("1 round, 1 min");
});

test("an estimate shrinks while a round runs, and says when the round takes longer than the last ones", () => {
  const estimate = { rounds: [2, 3] as [number, number], minutes: [10, 15] as [number, number] };
  const after = (minutes: number) => estimateText(estimate, minutes);
  expect(after(0)).toBe("2 to 3 rounds, 10 to 15 min");
  expect(after(2.5)).toBe("2 to 3 rounds, 8 to 13 min");
  expect(after(60)).toBe("2 to 3 rounds, 5 to 10 min; this round takes longer than the last ones");
  const last = { rounds: [1, 1] as [number, number], minutes: [15, 15] as [number, number] };
  expect(estimateText(last, 12)).toBe("1 round, 3 min");
  expect(estimateText(last, 16)).toBe("1 round; this round takes longer than the last ones");
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
