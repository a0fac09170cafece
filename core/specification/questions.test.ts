import { expect, test } from "vitest";
import { offeredAnswers } from "@/core/offered-answers";
import { questionsOf, readAnswer, TAKE_DEFAULTS, withAnswers } from "./questions";
import type { Ambiguity } from "./specification";
import { bookings } from "./testing/bookings";
import { questionsText } from "./words";

const question = (id: string, more: Partial<Ambiguity> = {}): Ambiguity => ({
  id,
  about: ["R1"],
  question: `What of ${id}?`,
  score: 0.5,
  answers: ["Always", "Never"],
  default: "Never",
  ...more,
});
const TWO = [question("Q1"), question("Q2", { default: "Always" })];

test.each<[string, Record<string, string>, string]>([
  ["", { Q1: "Never", Q2: "Always" }, ""],
  ["Defaults", { Q1: "Never", Q2: "Always" }, ""],
  [TAKE_DEFAULTS, { Q1: "Never", Q2: "Always" }, ""],
  ["Q1: 1", { Q1: "Always", Q2: "Always" }, ""],
  ["Q1: 1; Q2: only on Mondays", { Q1: "Always", Q2: "only on Mondays" }, ""],
  ["Q2: Never\nand please keep it small", { Q1: "Never", Q2: "Never" }, "and please keep it small"],
  ["Q9: 1", { Q1: "Never", Q2: "Always" }, "Q9: 1"],
  ["Q1: 7", { Q1: "7", Q2: "Always" }, ""],
])("the answer %j is read", (text, answers, words) => {
  expect(readAnswer(text, TWO)).toEqual({ answers, words });
});

test("with one question, the whole answer is its answer, and a number chooses", () => {
  const [only] = TWO;
  if (!only) return expect.fail();
  expect(readAnswer("2", [only])).toEqual({ answers: { Q1: "Never" }, words: "" });
  expect(readAnswer("On weekdays", [only])).toEqual({ answers: { Q1: "On weekdays" }, words: "" });
});

test("questions are asked as one text that offers the defaults; one question offers its own answers", () => {
  const text = questionsText(TWO);
  expect(offeredAnswers(text, null)).toEqual([TAKE_DEFAULTS]);
  expect(text).toContain("Q1: What of Q1? (R1)\n   1. Always\n   2. Never (default)");
  expect(offeredAnswers(questionsText(TWO.slice(0, 1)), null)).toEqual(["Always", "Never"]);
});

test("open questions come by how much depends on them, and answered ones are not asked again", () => {
  const ambiguities = [
    question("Q1", { score: 0.1 }),
    question("Q2", { score: 0.9 }),
    question("Q3", { answer: "Never" }),
  ];
  expect(questionsOf({ ambiguities }).map(({ id }) => id)).toEqual(["Q2", "Q1"]);
});

test("only a person's answers stand: what the writer answered is replaced, and a contradiction waits", () => {
  const { specification } = bookings();
  specification.ambiguities = [question("Q1", { answer: "mine" }), question("Q2", { answer: "mine" }), question("Q3")];
  specification.contradictions = [{ id: "X1", between: ["R1"], why: "Both.", question: "Q2" }];
  const { ambiguities } = withAnswers(specification, { Q3: "On weekdays" });
  expect(ambiguities.map(({ id, answer }) => [id, answer])).toEqual([
    ["Q1", "Never"],
    ["Q2", undefined],
    ["Q3", "On weekdays"],
  ]);
});
