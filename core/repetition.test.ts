import { expect, test } from "vitest";
import { NO_REPETITION, type Repetition, repetitionOf, told, withResult } from "./repetition";

/** Results by name; the same name is the same call with the same result. */
function after(start: Repetition, ...results: string[]): Repetition {
  return results.reduce((state, name) => withResult(state, "read_file", { path: name }, `text of ${name}`), start);
}

test("five equal results among the last ten are told, four are not", () => {
  expect(repetitionOf(after(NO_REPETITION, "a", "a", "a", "a"))).toBe("none");
  expect(repetitionOf(after(NO_REPETITION, "a", "a", "a", "a", "a"))).toBe("tell");
  expect(repetitionOf(after(NO_REPETITION, ..."abacadaea"))).toBe("tell");
  expect(repetitionOf(after(NO_REPETITION, ..."abcdefghijklaaaa"))).toBe("none");
});

test("after it was told, four more without anything new end it; something new begins the count again", () => {
  const circling = told(after(NO_REPETITION, ..."aaaaa"));
  expect(repetitionOf(after(circling, ..."aaa"))).toBe("none");
  expect(repetitionOf(after(circling, ..."aaaa"))).toBe("end");
  expect(repetitionOf(after(circling, ..."aabaa"))).toBe("none");
});

test("the same call with another result, and another call with the same one, are something new", () => {
  let state: Repetition = NO_REPETITION;
  for (let turn = 0; turn < 9; turn += 1) state = withResult(state, "use_terminal", { command: "ls" }, `${turn} files`);
  for (let turn = 0; turn < 9; turn += 1) state = withResult(state, "use_terminal", { command: `ls ${turn}` }, "none");
  expect(repetitionOf(state)).toBe("none");
});
