/** A whole reply that brings nothing to act on is a reply, which the agent can be told about; a stream that broke off is not. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { closeTrials, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";
import { createModelPort } from "./model-port";

const servers: ReturnType<typeof createServer>[] = [];

afterEach(async () => {
  await closeTrials();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const usageMetadata = { promptTokenCount: 90, totalTokenCount: 90 };

/** Asks Gemini, which answers with these chunks. */
async function askGoogle(...chunks: object[]) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(""));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const port = createModelPort({ google: { key: "a-key-for-tests", baseUrl } });
  const options = { signal: new AbortController().signal, onDraft: () => undefined };
  return port.respond(requestOf(serviceModels.google), options);
}

const openaiPath = (name: string) => (name === "responses" ? "/v1/responses" : "/v1");

const candidate = (more: object) => ({ candidates: [{ index: 0, ...more }], usageMetadata });

// https://ai.google.dev/api/generate-content#FinishReason
test.each([
  [{ content: {}, finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "Malformed function call: print(" }],
  [{ finishReason: "UNEXPECTED_TOOL_CALL" }],
  [{ content: { role: "model" }, finishReason: "TOO_MANY_TOOL_CALLS" }],
])("a call of Gemini's that it could not use is a reply that says so: %o", async (content) => {
  const reply = await askGoogle(candidate(content));
  expect(reply).toMatchObject({ parts: [], calls: [], stopReason: "unusable_call", usage: { inputTokens: 90 } });
});

test("thoughts before such a call stay in the reply", async () => {
  const thought = candidate({ content: { role: "model", parts: [{ text: "I shall read.", thought: true }] } });
  const reply = await askGoogle(thought, candidate({ finishReason: "MALFORMED_FUNCTION_CALL" }));
  expect(reply.parts).toMatchObject([{ type: "reasoning", text: "I shall read." }]);
});

test.each([
  ["no parts", [candidate({ content: { role: "model" }, finishReason: "STOP" })]],
  ["no content", [candidate({ finishReason: "STOP" })]],
  ["no finish reason", [candidate({ content: { role: "model" } })]],
  ["no parts and no finish reason", [candidate({ content: { role: "model", parts: [] } })]],
  ["an empty text only", [candidate({ content: { role: "model", parts: [{ text: "" }] } })]],
  ["no candidate", [{ usageMetadata, modelVersion: "gemini-3-pro" }]],
])("an empty candidate is an empty reply: %s", async (_what, chunks) => {
  expect(await askGoogle(...chunks)).toMatchObject({ parts: [], calls: [], usage: { inputTokens: 90 } });
});

test("a stream that stops after some text was cut", async () => {
  const text = candidate({ content: { role: "model", parts: [{ text: "I sh" }] } });
  await expect(askGoogle(text)).rejects.toMatchObject({ kind: "retry" });
  await expect(askGoogle(text, candidate({ content: { parts: [] } }))).rejects.toMatchObject({ kind: "retry" });
  await expect(askGoogle()).rejects.toMatchObject({ kind: "retry" });
});

test.each(Object.entries(serviceModels))("an empty reply with a normal end is a reply: %s", async (name, model) => {
  const { respond } = await trial(() => ({}), openaiPath(name));
  expect(await respond(requestOf(model))).toMatchObject({ parts: [], calls: [], stopReason: "stop" });
});

// A word that the package does not know, as services add them.
test.each(Object.entries(serviceModels).filter(([name]) => name !== "responses"))(
  "an end with an unknown word is a reply: %s",
  async (_name, model) => {
    const { respond } = await trial(() => ({ text: "Well.", stopReason: "malformed_model_output" }));
    expect(await respond(requestOf(model))).toMatchObject({ parts: [{ text: "Well." }], stopReason: "other" });
  },
);
