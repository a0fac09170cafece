import { expect, test } from "vitest";
import { NO_REPETITION, type Repetition, repetitionOf, told, withResult } from "./repetition";

/** Builds results by name; equal names are the same call with the same result. */
function after(start: Repetition, ...results: string[]): Repetition {
  return results.reduce((state, name) => withResult(state, "read_file", { path: name }, `text of ${name}`), start);
}

test("five equal results among the last ten cause a warning, four do not", () => {
  expect(repetitionOf(after(NO_REPETITION, "a", "a", "a", "a"))).toBe("none");
  expect(repetitionOf(after(NO_REPETITION, "a", "a", "a", "a", "a"))).toBe("tell");
  expect(repetitionOf(after(NO_REPETITION, ..."abacadaea"))).toBe("tell");
  expect(repetitionOf(after(NO_REPETITION, ..."abcdefghijklaaaa"))).toBe("none");
});

test("after the warning, four more results without anything new end the task; a new result resets the count", () => {
  const circling = told(after(NO_REPETITION, ..."aaaaa"));
  expect(repetitionOf(after(circling, ..."aaa"))).toBe("none");
  expect(repetitionOf(after(circling, ..."aaaa"))).toBe("end");
  expect(repetitionOf(after(circling, ..."aabaa"))).toBe("none");
});

test("the same call with another result, and another call with the same result, count as new", () => {
  let state: Repetition = NO_REPETITION;
  for (let turn = 0; turn < 9; turn += 1) state = withResult(state, "use_terminal", { command: "ls" }, `${turn} files`);
  for (let turn = 0; turn < 9; turn += 1) state = withResult(state, "use_terminal", { command: `ls ${turn}` }, "none");
  expect(repetitionOf(state)).toBe("none");
});
