import { expect, test } from "vitest";
import { type ComposerDraft, EMPTY_DRAFT, submissionOf } from "./draft";

const of = (fields: Partial<ComposerDraft>) => submissionOf({ ...EMPTY_DRAFT, task: "Do it", ...fields });

test("only what was chosen is sent", () => {
  expect(of({})).toEqual({ task: "Do it", priority: 0 });
  expect(of({ by: "runbook", runbook: "repository-survey", agent: "coder", model: "x/y", workspace: " . " })).toEqual({
    task: "Do it",
    priority: 0,
    runbook: "repository-survey",
    workspace: ".",
  });
  expect(
    of({ agent: "coder", model: " ollama/qwen3:8b ", runbook: "r", usd: "$ 2.50", tokens: "1,000" }),
  ).toMatchObject({
    agent: "coder",
    model: "ollama/qwen3:8b",
    grant: { cost_usd: 2.5, tokens: 1000 },
  });
});

test("what cannot be sent is said in a sentence", () => {
  for (const wrong of [{ task: "  " }, { task: "x".repeat(500_001) }, { usd: "much" }, { tokens: "-1" }]) {
    expect(of(wrong)).toMatch(/\.$/);
  }
  expect(of({ by: "runbook" })).toMatch(/\.$/);
});
