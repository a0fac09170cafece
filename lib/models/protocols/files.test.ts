/** Images and PDF files of tools' results, as each service gets them. */
import { afterEach, expect, test } from "vitest";
import type { Attachment, ModelMessage, ModelRequest } from "@/core/log/model";
import { closeTrials, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";
import type { StandInName } from "@/tests/agents/services/script";

afterEach(closeTrials);

const IMAGE: Attachment = { id: "aa", name: "shot.png", mediaType: "image/png", bytes: 5, tokens: 1 };
const PDF: Attachment = { id: "bb", name: "docs/paper.pdf", mediaType: "application/pdf", bytes: 8, tokens: 3_000 };
const FILES = new Map([
  ["aa", Buffer.from("image")],
  ["bb", Buffer.from("%PDF-1.7")],
]);
const IMAGE_DATA = Buffer.from("image").toString("base64");
const PDF_DATA = Buffer.from("%PDF-1.7").toString("base64");

function conversation(model: string, isError = false): ModelRequest {
  const calls = ["one", "two"].map((id) => ({ id, name: "read", input: { path: id } }));
  const messages: ModelMessage[] = [
    { role: "user", content: "Look at both." },
    { role: "assistant", parts: calls.map(({ id }) => ({ type: "call", id })), calls },
    { role: "tool", callId: "one", toolName: "read", content: "the image", isError, attachments: [IMAGE] },
    { role: "tool", callId: "two", toolName: "read", content: "the paper", isError: false, attachments: [PDF, IMAGE] },
    { role: "user", content: "And?" },
  ];
  return { ...requestOf(model, messages), files: FILES };
}

async function sent(service: StandInName, isError?: boolean) {
  const path = service === "responses" ? "/v1/responses" : "/v1";
  const { respond, provider } = await trial(() => ({ text: "Seen." }), path);
  await respond(conversation(serviceModels[service], isError));
  expect(provider.refusals).toEqual([]);
  const raw = provider.requests[0]?.rawBody ?? "";
  return { raw, body: JSON.parse(raw) as Record<string, unknown> };
}

const count = (raw: string, data: string) => raw.split(data).length - 1;

test.each(["anthropic", "responses", "openai", "google", "bedrock"] as const)("%s gets both kinds", async (service) => {
  const { raw } = await sent(service);
  expect([count(raw, IMAGE_DATA), count(raw, PDF_DATA)]).toEqual([2, 1]);
});

test("Anthropic: within the results", async () => {
  const { body } = await sent("anthropic", true);
  expect((body.messages as unknown[])[2]).toMatchObject({
    role: "user",
    content: [
      {
        type: "tool_result",
        content: [
          { type: "text", text: "Error: the image" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: IMAGE_DATA } },
        ],
      },
      {
        type: "tool_result",
        content: [
          { type: "text", text: "the paper" },
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF_DATA } },
          { type: "image" },
        ],
      },
      { type: "text", text: "And?" },
    ],
  });
});

test("Responses: within the outputs of the calls", async () => {
  const { body } = await sent("responses");
  const outputs = (body.input as { type?: string; output?: unknown }[]).filter(
    ({ type }) => type === "function_call_output",
  );
  expect(outputs).toMatchObject([
    {
      output: [{ type: "input_text" }, { type: "input_image", image_url: `data:image/png;base64,${IMAGE_DATA}` }],
    },
    {
      output: [
        { type: "input_text" },
        {
          type: "input_file",
          filename: "docs/paper.pdf",
          file_data: `data:application/pdf;base64,${PDF_DATA}`,
        },
        { type: "input_image" },
      ],
    },
  ]);
});

test("Gemini: within the responses", async () => {
  const { body } = await sent("google");
  const parts = (body.contents as { parts: Record<string, unknown>[] }[]).flatMap(({ parts: all }) => all);
  expect(parts.filter(({ functionResponse }) => functionResponse)).toMatchObject([
    { functionResponse: { parts: [{ inlineData: { mimeType: "image/png", data: IMAGE_DATA } }] } },
    { functionResponse: { parts: [{ inlineData: { mimeType: "application/pdf" } }, { inlineData: {} }] } },
  ]);
});

test("Bedrock: within the results, with names of documents that the service takes", async () => {
  const { body } = await sent("bedrock");
  const results = (body.messages as { content: Record<string, unknown>[] }[]).flatMap(({ content }) => content);
  expect(results.filter(({ toolResult }) => toolResult)).toMatchObject([
    { toolResult: { content: [{ text: "the image" }, { image: { format: "png" } }] } },
    { toolResult: { content: [{}, { document: { format: "pdf", name: "document-1" } }, { image: {} }] } },
  ]);
});

test("chat completions: after all results, and said to be no person's", async () => {
  const { body } = await sent("openai");
  const messages = body.messages as { role: string; content: unknown }[];
  expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "tool", "user"]);
  expect(messages.at(-1)?.content).toMatchObject([
    { type: "text", text: "A file of the result of read, which no person sent: shot.png" },
    { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE_DATA}` } },
    { type: "text", text: "A file of the result of read, which no person sent: docs/paper.pdf" },
    { type: "file", file: { file_data: `data:application/pdf;base64,${PDF_DATA}` } },
    { type: "text" },
    { type: "image_url" },
    { type: "text", text: "And?" },
  ]);
});

test("Ollama: images after all results", async () => {
  const { body } = await sent("ollama");
  expect((body.messages as unknown[]).at(-1)).toMatchObject({
    role: "user",
    content: expect.stringContaining("And?"),
    images: [IMAGE_DATA, IMAGE_DATA],
  });
});

test("a file whose bytes are gone is left out", async () => {
  const { respond, provider } = await trial(() => ({ text: "Seen." }));
  await respond({ ...conversation(serviceModels.anthropic), files: new Map() });
  expect(provider.refusals).toEqual([]);
  expect(provider.requests[0]?.rawBody).toContain('"the paper"');
});
