import { expect, test } from "vitest";
import { readRecord, recordText, scoreOf } from "@/core/goals/facts/record";
import { isNewStrategy, mended, readCriteria, readPlan, readStrategy } from "./plan";

test("a plan is read out of what stands around it; an answer that is none is one step", () => {
  const answer =
    'Here: {"plan":"Mend it","steps":[{"title":"A","instruction":"do a","after":["Z"]},{"title":"A","instruction":"do b","after":["A"]}]} So.';
  expect(mended(readPlan(answer, "coder"))).toEqual({
    summary: "Mend it",
    research: null,
    needs: [],
    stop: null,
    widen: null,
    steps: [
      { title: "A", instruction: "do a", executor: "coder", expects: "", criterion: null, after: [] },
      { title: "A (2)", instruction: "do b", executor: "coder", expects: "", criterion: null, after: ["A"] },
    ],
  });
  const needs = (given: unknown) =>
    readPlan(JSON.stringify({ plan: "x", steps: [{ title: "A", instruction: "a" }], needs: given }), "coder");
  expect(needs(["send mail"]).needs).toEqual(["send mail"]);
  expect(needs("send mail")).toMatchObject({ needs: [], steps: [{ title: "A" }] });
  expect(readPlan("Just mend the sum.", "coder").steps).toMatchObject([
    { title: "Work", instruction: "Just mend the sum." },
  ]);
  expect(readPlan('{"plan": "cut off', "coder").steps.length).toBe(1);
  expect(readPlan('{"stop":"There is no key."}', "coder")).toMatchObject({ stop: "There is no key.", steps: [] });
});

test("criteria need a statement; a strategy that repeats another in other order is not new", () => {
  expect(readCriteria('{"criteria":[{"statement":"It runs","command":"true","expect":0}]}')).toEqual({
    criteria: [{ statement: "It runs", command: "true", expect: 0, weight: 1 }],
    validation_command: null,
    setup_command: null,
  });
  expect(readCriteria('{"criteria":[{"statement":"It runs","command":"true","expect":" "}]}')?.criteria).toEqual([
    { statement: "It runs", command: "true", weight: 1 },
  ]);
  expect(readCriteria('{"criteria":[]}')).toBe(null);
  expect(readStrategy('{"unreachable":"Two criteria contradict each other."}')).toEqual({
    unreachable: "Two criteria contradict each other.",
  });
  expect(isNewStrategy("Bisect the history of the parser first", ["First bisect the parser's history"])).toBe(false);
  expect(isNewStrategy("Write a smaller program that fails alike", ["First bisect the parser's history"])).toBe(true);
});

test("a record stays below its limit, and the validation command weighs as much as the criteria together", () => {
  const long = "x".repeat(5_000);
  const record = {
    number: 1,
    plan: long,
    score_before: 0,
    score: 0.5,
    verdict: "same" as const,
    done: false,
    strategy: long,
    error_signature: long,
    files: "f",
    commit: "c",
    changed: long,
    met: [1],
    valid: null,
    doubts: [long, long],
    at_ms: 1,
    seconds: 1,
    why: long,
    found: [{ question: "q", at_ms: 1, text: long }],
  };
  const text = recordText(record);
  expect(text.length).toBeLessThanOrEqual(2_000);
  expect(readRecord(text)).toMatchObject({ number: 1, score: 0.5, met: [1] });
  expect(readRecord("{}")).toBe(null);
  expect(
    scoreOf([
      { weight: 3, share: 1 / 3 },
      { weight: 1, share: 1 },
      { weight: 2, share: 0 },
    ]),
  ).toBe(0.3333);
});
