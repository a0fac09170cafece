import { afterEach, expect, test } from "vitest";
import { closeTrials, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";
import { ended, said } from "./provider-message";

afterEach(closeTrials);

test.each([
  ["It failed.", "It failed."],
  ["It failed", "It failed."],
  ["It failed...", "It failed."],
  [" Really?\n", "Really?"],
  ["Stop!", "Stop!"],
  ["x".repeat(500), `${"x".repeat(400)} …`],
])("what was said ends with one mark: %s", (text, sentence) => {
  expect(ended(text)).toBe(sentence);
  expect(ended(said(text))).toBe(sentence);
});

const explanation = "This request touches on a subject that I leave alone.";

test.each(["anthropic", "google", "openai"] as const)("a refusal shows the explanation of %s", async (service) => {
  const { failure } = await trial(() => ({ text: "I sh", fault: { type: "refusal", explanation } }));
  const { kind, message } = await failure(requestOf(serviceModels[service]));
  const model = serviceModels[service];
  expect([kind, message]).toEqual([
    "refused",
    `${model} refused to answer: ${explanation} Change the task, or choose another model.`,
  ]);
});

test("a refusal in the reply's own text ends with one mark, too; one without words says only that", async () => {
  const { failure } = await trial(({ index }) => ({
    ...(index === 0 && { text: "I will not do that!" }),
    fault: { type: "refusal" },
  }));
  const request = requestOf(serviceModels.anthropic);
  expect((await failure(request)).message).toMatch(/refused to answer: I will not do that! Change/);
  expect((await failure(request)).message).toMatch(/refused to answer\. Change/);
});

test.each([
  [400, "Do you mean something else?", /\(status 400\): Do you mean something else\?$/],
  [500, "It broke..", /\(status 500\): It broke\.$/],
  [403, "Not for you.", /\(status 403\): Not for you\. Put a valid key there/],
  [404, "There is no such model!", /\(status 404\): There is no such model! Choose a model/],
])("an answer with status %d ends with one mark", async (status, message, sentence) => {
  const { failure } = await trial(() => ({ fault: { type: "status", status, message } }));
  expect((await failure(requestOf(serviceModels.anthropic))).message).toMatch(sentence);
});

/** A pattern that began again at each full stop took minutes for it. */
test("a megabyte of full stops is a message, too", () => {
  expect(said(`Too many${".".repeat(1_000_000)}!`)).toBe(`Too many${".".repeat(392)} …`);
  expect(ended(`Too many${".".repeat(1_000_000)}`)).toBe("Too many.");
});
