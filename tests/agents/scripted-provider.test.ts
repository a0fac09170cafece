import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import {
  agentScript,
  type ProviderScript,
  type ScriptedProvider,
  type ScriptRule,
  startScriptedProvider,
} from "./scripted-provider";

const providers: ScriptedProvider[] = [];
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
});

async function start(script: ProviderScript): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider(script);
  providers.push(provider);
  return provider;
}

function anthropicBody(agent: string, messages: unknown[], stream = false) {
  return { model: "m", max_tokens: 10, system: `Agent: ${agent}\nTask: ${agent}-1`, messages, stream };
}

async function post(url: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

const start1 = { role: "user", content: "start" };

test("Anthropic's stream has the events of the real service, in their order", async () => {
  const { url } = await start(() => ({ thinking: "hm", text: "hi", calls: [{ name: "read", input: { path: "a" } }] }));
  const { text } = await post(url, "/v1/messages", anthropicBody("worker", [start1], true));
  const events = [...text.matchAll(/^event: (\S+)$/gm)].map((match) => match[1]);
  const order = events.filter((event, at) => event !== events[at - 1]);
  const block = ["content_block_start", "content_block_delta", "content_block_stop"];
  expect(order).toEqual([
    "message_start",
    "content_block_start",
    "ping",
    ...block.slice(1),
    ...block,
    ...block,
    "message_delta",
    "message_stop",
  ]);
  const deltas = [...text.matchAll(/"partial_json":("(?:[^"\\]|\\.)*")/g)].map(
    (match) => JSON.parse(match[1]!) as string,
  );
  expect(deltas.length).toBeGreaterThan(2);
  expect(JSON.parse(deltas.join(""))).toEqual({ path: "a" });
});

test("Both protocols answer whole, too", async () => {
  const { url } = await start(() => ({ text: "hi", calls: [{ name: "read", input: { path: "a" }, id: "c1" }] }));
  const anthropic = await post(url, "/v1/messages", anthropicBody("worker", [start1]));
  expect(JSON.parse(anthropic.text)).toMatchObject({
    content: [
      { type: "text", text: "hi" },
      { type: "tool_use", id: "c1", name: "read", input: { path: "a" } },
    ],
    stop_reason: "tool_use",
  });
  const openai = await post(url, "/v1/chat/completions", { model: "m", messages: [start1] });
  expect(JSON.parse(openai.text)).toMatchObject({
    choices: [
      {
        message: { content: "hi", tool_calls: [{ id: "c1", function: { name: "read", arguments: '{"path":"a"}' } }] },
        finish_reason: "tool_calls",
      },
    ],
  });
});

test("A usage chunk is sent only when it was asked for", async () => {
  const { url } = await start(() => ({ text: "hi" }));
  const body = { model: "m", messages: [start1], stream: true };
  expect((await post(url, "/v1/chat/completions", body)).text).not.toContain("prompt_tokens");
  const asking = { ...body, stream_options: { include_usage: true } };
  expect((await post(url, "/v1/chat/completions", asking)).text).toContain("prompt_tokens");
});

describe("agentScript", () => {
  const calls = [{ name: "read", input: {}, id: "c1" }];
  const assistant = { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "read", input: {} }] };
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "r", is_error: true }] };

  test("answers by agent and turn, the same when a turn is asked again", async () => {
    const provider = await start(
      agentScript({
        worker: [{ calls }, { text: "second" }],
        picky: (request) => ({ text: `attempt ${request.attempt}, index ${request.index}` }),
      }),
    );
    const ask = async (agent: string, messages: unknown[]) =>
      (await post(provider.url, "/v1/messages", anthropicBody(agent, messages))).text;
    expect(await ask("worker", [start1])).toContain('"tool_use"');
    expect(await ask("worker", [start1])).toContain('"tool_use"');
    expect(await ask("worker", [start1, assistant, result])).toContain("second");
    expect(await ask("picky", [start1])).toContain("attempt 0, index 0");
    expect(await ask("picky", [start1])).toContain("attempt 1, index 1");
    expect(provider.requests[2]).toMatchObject({
      turn: 1,
      task: "worker-1",
      instruction: "start",
      lastToolResults: [{ callId: "c1", toolName: "read", content: "r", isError: true }],
    });
  });

  test("refuses agents and turns that are not in it", async () => {
    const provider = await start(agentScript({ worker: [{ text: "only" }] }));
    const unknown = await post(provider.url, "/v1/messages", anthropicBody("stranger", [start1]));
    expect(unknown).toMatchObject({ status: 400, text: expect.stringContaining('no agent \\"stranger\\"') });
    const late = await post(provider.url, "/v1/messages", anthropicBody("worker", [start1, assistant, result]));
    expect(late.text).toContain("turn 1 was asked for");
    expect(provider.refusals).toHaveLength(2);
  });
});

test("Conversations that the real services refuse are refused", async () => {
  const provider = await start(() => ({ text: "hi" }));
  const open = { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "read", input: {} }] };
  const bad = [
    [start1, open, start1],
    [{ role: "user", content: "" }],
    [start1, { role: "assistant", content: [{ type: "thinking", thinking: "x", signature: "y" }] }, start1],
    [{ role: "user", content: [{ type: "tool_result", tool_use_id: "c9", content: "r" }] }],
  ];
  for (const messages of bad) {
    expect((await post(provider.url, "/v1/messages", anthropicBody("worker", messages))).status).toBe(400);
  }
  const call = { role: "assistant", tool_calls: [{ id: "c1", function: { name: "read", arguments: "{}" } }] };
  for (const messages of [[start1, call, start1], [{ role: "tool", tool_call_id: "c1", content: "r" }]]) {
    expect((await post(provider.url, "/v1/chat/completions", { model: "m", messages })).status).toBe(400);
  }
  expect(provider.refusals).toHaveLength(6);
});

test("A thousand slow requests at once are all answered", async () => {
  const provider = await start(() => ({ text: "hi", delayMs: 1000 }));
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () => post(provider.url, "/v1/messages", anthropicBody("worker", [start1], true))),
  );
  expect(answers.every((answer) => answer.status === 200)).toBe(true);
});

test("The provider runs in a process of its own, from rules in a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-provider-"));
  const rules: ScriptRule[] = [
    { agent: "worker", turn: 0, attempt: 0, reply: { fault: { type: "overloaded" } } },
    { agent: "worker", turn: 0, instruction: "sta", reply: { text: "hello" } },
  ];
  const script = join(folder, "rules.json");
  const requests = join(folder, "requests.jsonl");
  writeFileSync(script, JSON.stringify(rules));
  const main = join(import.meta.dirname, "provider-main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main, "--script", script, "--requests", requests], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await createInterface(child.stdout)
      [Symbol.asyncIterator]()
      .next()
      .then((first) => [first.value])) as [string];
    const { url, pid } = JSON.parse(line) as { url: string; pid: number };
    expect(pid).toBe(child.pid);
    expect((await post(url, "/v1/messages", anthropicBody("worker", [start1]))).status).toBe(529);
    expect((await post(url, "/v1/messages", anthropicBody("worker", [start1]))).text).toContain("hello");
    const lines = readFileSync(requests, "utf8").trim().split("\n");
    expect(lines.map((text) => (JSON.parse(text) as { attempt: number }).attempt)).toEqual([0, 1]);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});
