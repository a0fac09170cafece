/** How much a model reasons, in each provider's own form; a model that knows no effort is asked as before. */
import { afterEach, expect, test } from "vitest";
import type { Effort } from "@/core/log/model";
import { closeTrials, requestOf, trial } from "@/tests/agents/model-trial";

afterEach(closeTrials);

async function bodyFor(model: string, effort?: Effort) {
  // OpenAI is asked by its Responses API.
  const path = model.startsWith("openai/") ? "/v1/responses" : undefined;
  const { respond, provider } = await trial(() => ({ text: "ok" }), path);
  await respond({ ...requestOf(model), ...(effort && { effort }) });
  return provider.requests.at(-1)!.body as Record<string, never>;
}

test.each<[string, Effort, object]>([
  ["anthropic/claude-opus-5-5", "low", { output_config: { effort: "low" } }],
  ["openai/gpt-5.1", "high", { reasoning: { effort: "high", summary: "auto" } }],
  ["google/gemini-3-pro", "low", { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } }],
  ["google/gemini-2.5-pro", "medium", { generationConfig: { thinkingConfig: { thinkingBudget: 8_192 } } }],
  ["ollama/qwen3", "low", { think: false }],
  ["ollama/qwen3", "high", { think: true }],
])("%s with effort %s", async (model, effort, part) => {
  expect(await bodyFor(model, effort)).toMatchObject(part);
});

test.each(["anthropic/claude-haiku-4-5", "openai/gpt-4o"])("%s knows no effort", async (model) => {
  const text = JSON.stringify(await bodyFor(model, "low"));
  expect(text).not.toContain("effort");
});
