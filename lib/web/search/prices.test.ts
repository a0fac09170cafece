import { expect, test } from "vitest";
import { CHECKED_AT, searchMicroUsd } from "./prices";

test.each([
  ["anthropic/claude-sonnet-5-5", 3, 30_000],
  ["openai/gpt-6.1-sol", 1, 10_000],
  ["google/gemini-3.8-flash", 2, 28_000],
  ["google/gemini-2.5-flash", 2, 35_000],
  ["google/gemini-2.5-flash", 0, 0],
  ["brave", 1, 0],
])("%s is charged for %i searches", (model, searches, microUsd) => {
  expect(searchMicroUsd({ model, searches })).toBe(microUsd);
});

test("the prices say when they were checked", () => {
  expect(CHECKED_AT).toMatch(/^\d{4}-\d\d-\d\d$/);
});
