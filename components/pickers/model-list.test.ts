import { expect, test } from "vitest";
import type { ListedModel } from "@/core/shapes/models";
import { contextText, modelGroups, priceText } from "./model-list";

const model = (name: string, more: Partial<ListedModel> = {}): ListedModel => ({
  name,
  context_tokens: 200_000,
  max_output_tokens: 32_000,
  reads: [],
  limits_from: "table",
  price: { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 },
  price_from: "table",
  listed: null,
  standing: "current",
  retires_at: null,
  replaced_by: null,
  sentence: null,
  is_default: false,
  ...more,
});
const MODELS = [
  model("anthropic/claude-sonnet"),
  model("anthropic/claude-old", { standing: "retired" }),
  model("anthropic/claude-gone", { listed: false }),
  model("openai/gpt"),
  model("google/gemini"),
];
const names = (connected: string[], typed = "") =>
  modelGroups(MODELS, connected, typed).map(({ provider, models }) => [provider, ...models.map((one) => one.name)]);

test("A picker shows the models of connected providers that can be used, by provider", () => {
  expect(names(["anthropic", "openai"])).toEqual([
    ["anthropic", "anthropic/claude-sonnet"],
    ["openai", "openai/gpt"],
  ]);
  expect(names([])).toEqual([]);
});

test("Every typed word has to be in the name", () => {
  expect(names(["anthropic", "openai"], "Claude son")).toEqual([["anthropic", "anthropic/claude-sonnet"]]);
  expect(names(["anthropic", "openai"], "gemini")).toEqual([]);
});

test("A price is in dollars for a million tokens", () => {
  expect(priceText(model("a/b"))).toBe("$3 in, $15 out");
  expect(priceText(model("a/b", { price: { input: 0.25, output: 0.075, cache_read: 0, cache_write: 0 } }))).toBe(
    "$0.25 in, $0.075 out",
  );
  expect(priceText(model("ollama/b", { price_from: "free" }))).toBe("free");
  expect(priceText(model("a/b", { price: null, price_from: null }))).toBe("no price");
});

test("A context window is in thousands or millions of tokens", () => {
  const text = (context_tokens: number) => contextText({ limits_from: "table", context_tokens });
  expect([8_192, 200_000, 1_000_000, 1_048_576].map(text)).toEqual(["8k", "200k", "1M", "1M"]);
  expect(contextText({ limits_from: "assumed", context_tokens: 32_000 })).toBe("context unknown");
});
