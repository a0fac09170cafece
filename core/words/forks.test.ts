import { expect, test } from "vitest";
import { forkPointText, forkTitle, turnText } from "./forks";

test("a fork's title names what it works on and the turn, of a task that is not the first also the task", () => {
  expect(forkTitle("Upgrade Express", { turn: 3 })).toBe("Upgrade Express, from turn 3");
  expect(forkTitle("Upgrade Express.", { turn: 1 })).toBe("Upgrade Express, from the start");
  expect(forkTitle("Upgrade Express", { turn: 2, task: "Run the tests" })).toBe(
    "Upgrade Express, from turn 2 of “Run the tests”",
  );
});

test("a long title is cut before the turn, which stays", () => {
  const title = forkTitle("long ".repeat(60), { turn: 12 });
  expect(title.length).toBeLessThanOrEqual(200);
  expect(title).toMatch(/long…, from turn 12$/);
  expect(turnText({ turn: 2, task: "word ".repeat(40) })?.length).toBeLessThan(80);
});

test("a fork's point is named", () => {
  expect(forkPointText({ turn: 6 })).toBe("Fork at turn 6");
  expect(forkPointText({ turn: 1 })).toBe("Fork from the start");
  expect(forkPointText({ turn: 2, task: "Measure" })).toBe("Fork at turn 2 of “Measure”");
});

test("an origin that says no turn has no words", () => {
  expect(forkPointText({})).toBeNull();
  expect(turnText({})).toBeNull();
});
