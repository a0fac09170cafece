import { expect, test } from "vitest";
import type { LetterBody } from "@/core/facts";
import { readLetter, storedLetter } from "./mail";

test("an older release reads an unread change of a goal as a message", () => {
  const text = "anna changed the goal. From the next round on: it has at most 5 rounds.";
  const change: LetterBody = { kind: "goal_change", by: "anna", fields: { max_iterations: 5 }, text };
  const stored = storedLetter(change);
  expect(stored).toMatchObject({ kind: "steer", by: "anna", text });
  expect(readLetter(JSON.parse(JSON.stringify(stored)))).toEqual(change);
});

test("a message that quotes a change stays a message", () => {
  const steer: LetterBody = { kind: "steer", by: "anna", text: '{"kind":"goal_change","fields":{"max_iterations":5}}' };
  expect(readLetter(JSON.parse(JSON.stringify(storedLetter(steer))))).toEqual(steer);
});
