import { expect, test } from "vitest";
import { parseModel } from "./model-name";
import { costMicroUsd, limitsOf, pricedAt } from "./prices";

const usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

test("A call costs its fresh, cached and written tokens", () => {
  const call = { inputTokens: 10_000, cacheReadTokens: 6_000, cacheWriteTokens: 1_000, outputTokens: 500 };
  // 3,000 × $3 + 6,000 × $0.30 + 1,000 × $3.75 + 500 × $15, per million.
  expect(costMicroUsd("anthropic/claude-sonnet-4-6", call)).toBe(9_000 + 1_800 + 3_750 + 7_500);
});

test("Fractions of a micro-dollar are rounded up, and an empty call is free", () => {
  expect(costMicroUsd("openai/gpt-5-nano", { ...usage, inputTokens: 1 })).toBe(1);
  expect(costMicroUsd("openai/gpt-5-nano", { ...usage, inputTokens: 20 })).toBe(1);
  expect(costMicroUsd("openai/gpt-5-nano", { ...usage, inputTokens: 21 })).toBe(2);
  expect(costMicroUsd("openai/gpt-5-nano", usage)).toBe(0);
});

test("Long requests have their own prices", () => {
  expect(costMicroUsd("anthropic/claude-haiku-5-5", { ...usage, inputTokens: 100_000 })).toBe(10_000);
  expect(costMicroUsd("anthropic/claude-haiku-5-5", { ...usage, inputTokens: 200_000 })).toBe(100_000);
});

test("Sums beyond exact floating point are exact", () => {
  expect(costMicroUsd("anthropic/claude-fable-5", { ...usage, outputTokens: 999_999_999_999 })).toBe(
    49_999_999_999_950,
  );
});

test("Snapshots cost what their model costs; other endings name other models", () => {
  const call = { ...usage, outputTokens: 1_000_000 };
  expect(costMicroUsd("anthropic/claude-opus-4-5-20251101", call)).toBe(25_000_000);
  expect(costMicroUsd("openai/gpt-4o-2024-08-06", call)).toBe(10_000_000);
  for (const model of ["openai/gpt-5-unheard-of", "openai/qwen3", "anthropic/claude", "mistral/large", "constructor"]) {
    expect(costMicroUsd(model, call)).toBeNull();
  }
});

test("Local models and runbooks are free", () => {
  const call = { ...usage, inputTokens: 1_000_000, outputTokens: 1_000_000 };
  expect(["ollama/qwen3:8b", "runbook", "runbook/survey"].map((model) => costMicroUsd(model, call))).toEqual([0, 0, 0]);
});

test("Limits are those of the model, and small for an unknown one", () => {
  expect(limitsOf("anthropic/claude-opus-5-5")).toEqual({ contextTokens: 1_000_000, maxOutputTokens: 128_000 });
  expect(limitsOf("ollama/qwen3")).toEqual({ contextTokens: 32_768, maxOutputTokens: 4_096 });
  expect(pricedAt).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test("A model's name is split at its first slash", () => {
  expect(parseModel("openai/meta/llama-3")).toEqual({ provider: "openai", model: "meta/llama-3" });
  expect(parseModel("runbook")).toEqual({ provider: "runbook", model: "" });
  expect(["", "gpt-5", "openai/", "/x", "openai/a b"].map(parseModel)).toEqual([null, null, null, null, null]);
});
