import { expect, test } from "vitest";
import { EMPTY_DRAFT, submissionOf } from "./draft";

const of = (fields: Partial<typeof EMPTY_DRAFT>) => submissionOf({ ...EMPTY_DRAFT, task: "Survey it", ...fields });

test("a draft becomes a submission with only what was chosen", () => {
  expect(of({})).toEqual({ task: "Survey it", priority: 0 });
  expect(of({ how: "runbook:repository-survey", agent: "coder", workspace: " . " })).toEqual({
    task: "Survey it",
    priority: 0,
    runbook: "repository-survey",
    workspace: ".",
  });
  expect(of({ how: "model:ollama/qwen3:8b", usd: "$ 2.50", tokens: "1,000" })).toMatchObject({
    model: "ollama/qwen3:8b",
    grant: { cost_usd: 2.5, tokens: 1000 },
  });
});

test("what cannot be sent is said in a sentence", () => {
  for (const wrong of [{ task: "  " }, { task: "x".repeat(500_001) }, { usd: "much" }, { tokens: "-1" }]) {
    expect(of(wrong)).toMatch(/\.$/);
  }
});
