import { afterEach, expect, test } from "vitest";
import type { ModelMessage } from "@/core/log/model";
import { closeTrials, requestOf, trial } from "@/tests/agents/model-trial";

afterEach(closeTrials);

const user = (content: string): ModelMessage => ({ role: "user", content });
const called: ModelMessage[] = [
  { role: "assistant", parts: [], calls: [{ id: "c1", name: "read", input: {} }] },
  { role: "tool", callId: "c1", toolName: "read", content: "found", isError: false },
];
const conversation = [user("Do the work."), user("The facts."), ...called, user("A message."), user("Another.")];

const shown = (body: unknown) =>
  (body as { messages: { role: string; content: unknown }[] }).messages.map(({ role, content }) => [role, content]);

test.each(["openai/served-model", "ollama/qwen3"])("messages of a person in a row are one: %s", async (model) => {
  const { respond, provider } = await trial(() => ({ text: "Done." }));
  await respond(requestOf(model, conversation));
  expect(shown(provider.requests[0]?.body).filter(([role]) => role === "user")).toEqual([
    ["user", "Do the work.\n\nThe facts."],
    ["user", "A message.\n\nAnother."],
  ]);
});

test("a server that wants an assistant's word after a tool's result gets it, from its first refusal on", async () => {
  const { respond, provider } = await trial(() => ({ text: "Done." }));
  const request = requestOf("openai/mistral-medium-latest", conversation);
  await respond(request);
  await respond(request);
  const roles = provider.requests.map(({ body }) => shown(body).map(([role]) => role));
  const bridged = ["system", "user", "assistant", "tool", "assistant", "user"];
  expect(roles).toEqual([["system", "user", "assistant", "tool", "user"], bridged, bridged]);
  expect(provider.refusals).toEqual(["Unexpected role 'user' after role 'tool'"]);
});

test("the same refusal with status 500, as llama.cpp gives it, is answered in the same way", async () => {
  const said = "Jinja Exception: After the optional system message, conversation roles must alternate user/assistant";
  const { respond, provider } = await trial(({ index }) =>
    index === 0 ? { fault: { type: "status", status: 500, message: said } } : { text: "Done." },
  );
  await respond(requestOf("openai/served-model", conversation));
  expect(provider.requests.length).toBe(2);
});

test("a conversation without such a place is not sent again", async () => {
  const said = "After the optional system message, conversation roles must alternate user/assistant";
  const { failure, provider } = await trial(() => ({ fault: { type: "status", status: 400, message: said } }));
  expect(await failure(requestOf("openai/served-model"))).toMatchObject({ kind: "bad_request" });
  expect(provider.requests.length).toBe(1);
});
