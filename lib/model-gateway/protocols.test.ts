import { expect, test } from "vitest";
import { createModelGateway } from "./gateway";
import type { Refusal } from "./refusals";
import { ask, type FormName, notedBudget } from "./testing";

async function refusedBy(models: readonly string[], form: FormName, model: string) {
  const gateway = createModelGateway({ access: () => ({}), report: () => undefined });
  const unfit: Refusal[] = [];
  const budget = { ...notedBudget(models), onUnfit: (refusal: Refusal) => void unfit.push(refusal) };
  try {
    const door = await gateway.open({ budget, onActivity: () => undefined });
    const answer = await ask(door, form, { more: { model } });
    return { status: answer.status, text: await answer.text(), unfit };
  } finally {
    await gateway.close();
  }
}

test.each(["claude-sonnet-4-6", "gpt-5"])(
  "a request for %s in a protocol that no model of the task speaks",
  async (model) => {
    const { status, text, unfit } = await refusedBy(["anthropic/claude-sonnet-4-6"], "openai", model);
    expect(status).toBe(403);
    expect(text).toContain(
      "The request came in the protocol of OpenAI's Chat Completions, which serves models of OpenAI or Ollama, and this task may use anthropic/claude-sonnet-4-6.",
    );
    expect(unfit).toMatchObject([{ code: "protocol", providers: ["openai", "ollama"] }]);
  },
);

test("another model of the same protocol is named as that", async () => {
  const { text, unfit } = await refusedBy(["openai/gpt-5-nano"], "openai", "gpt-5");
  expect(text).toContain("This task may not use gpt-5. It may use gpt-5-nano.");
  expect(unfit).toMatchObject([{ code: "model" }]);
});
