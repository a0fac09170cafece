/** N1: a provider whose answer never ends fails the call with an ordinary model error, in bounded memory. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import type { ModelRequest } from "@/core/log/model";
import { createModelPort } from "./model-port";

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function ask(model: string, answer: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = {
    anthropic: { key: "a-key-for-tests", baseUrl: url },
    openai: { key: "a-key-for-tests", baseUrl: `${url}/v1` },
  };
  const request: ModelRequest = {
    model,
    system: "s",
    tools: [],
    messages: [{ role: "user", content: "x" }],
    maxOutputTokens: 100,
  };
  return createModelPort(settings).respond(request, { signal: new AbortController().signal, onDraft: () => undefined });
}

function endless(response: ServerResponse, piece: string | Buffer): void {
  const write = () => {
    while (!response.destroyed) if (!response.write(piece)) return void response.once("drain", write);
  };
  write();
}

const stream = (response: ServerResponse, headers: Record<string, string> = {}) =>
  void response.writeHead(200, { "content-type": "text/event-stream", ...headers });

test.each(["anthropic/claude-test", "openai/gpt-test"])("%s: a line that never ends", async (model) => {
  const asked = ask(model, (response) => {
    stream(response);
    endless(response, `data: ${"x".repeat(100_000)}`);
  });
  await expect(asked).rejects.toMatchObject({ kind: "endless", message: expect.stringContaining("size limit") });
});

test.each(["anthropic/claude-test", "openai/gpt-test"])("%s: a gzip bomb of 1.8 GB", async (model) => {
  const block = gzipSync(Buffer.from(`: ${"x".repeat(1_000_000)}\n`.repeat(20)));
  const asked = ask(model, (response) => {
    stream(response, { "content-encoding": "gzip" });
    for (let at = 0; at < 90; at += 1) response.write(block);
    response.end();
  });
  await expect(asked).rejects.toMatchObject({ kind: "endless", message: expect.stringContaining("size limit") });
});

test("arguments that never end, sent as many short lines", async () => {
  const call = {
    index: 0,
    id: "call_1",
    type: "function",
    function: { name: "write_file", arguments: "x".repeat(50_000) },
  };
  const delta = { role: "assistant", tool_calls: [call] };
  const piece = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta }] };
  const asked = ask("openai/gpt-test", (response) => {
    stream(response);
    endless(response, `data: ${JSON.stringify(piece)}\n\n`);
  });
  await expect(asked).rejects.toMatchObject({ kind: "endless", message: expect.stringContaining("size limit") });
});

test.each(["anthropic/claude-test", "openai/gpt-test"])("%s: an error body that never ends is cut", async (model) => {
  const asked = ask(model, (response) => {
    response.writeHead(400, { "content-type": "application/json" });
    endless(response, "no such thing ".repeat(1_000));
  });
  await expect(asked).rejects.toMatchObject({ kind: "bad_request", message: expect.stringContaining("no such thing") });
});

test("the requested wait is bounded, and a reported token count is a valid number or ignored", async () => {
  const far = ask("anthropic/claude-test", (response) => {
    response.writeHead(429, { "retry-after": "99999999999", "content-type": "application/json" });
    response.end('{"error":{"type":"rate_limit_error","message":"Later."}}');
  });
  await expect(far).rejects.toMatchObject({ kind: "quota", details: { retryAfterMs: 6 * 3_600_000 } });
  const frames = (usage: unknown) =>
    [
      { choices: [{ index: 0, delta: { role: "assistant", content: "hi" } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage },
    ]
      .map(
        (chunk) =>
          `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", ...chunk })}\n\n`,
      )
      .join("");
  const odd = await ask("openai/gpt-test", (response) => {
    stream(response);
    response.end(`${frames({ prompt_tokens: 1e30, completion_tokens: -5, total_tokens: 1 })}data: [DONE]\n\n`);
  });
  for (const count of [odd.usage.inputTokens, odd.usage.outputTokens])
    expect(count).toSatisfy((value) => Number.isInteger(value) && value >= 0 && value < 1e8);
});

test.each([
  ["100,000 levels", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["200,000 keys", JSON.stringify(Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, 1])))],
  ["9 MB", JSON.stringify({ path: "a", content: "x".repeat(9_000_000) })],
])("arguments of %s make the call invalid and keep the reply", async (_, json) => {
  const chunk = (chunk: object) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", ...chunk })}\n\n`;
  const call = { index: 0, id: "call_1", type: "function", function: { name: "write_file", arguments: json } };
  const reply = await ask("openai/gpt-test", (response) => {
    stream(response);
    response.write(chunk({ choices: [{ index: 0, delta: { role: "assistant", tool_calls: [call] } }] }));
    response.end(
      `${chunk({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }], usage: { prompt_tokens: 7, completion_tokens: 9, total_tokens: 16 } })}data: [DONE]\n\n`,
    );
  });
  expect(reply.calls).toMatchObject([{ name: "write_file", malformed: true }]);
  expect(String(reply.calls[0]?.input).length).toBeLessThan(3_000);
  expect(reply.usage).toMatchObject({ inputTokens: 7, outputTokens: 9 });
});
