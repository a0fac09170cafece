/** Answers as servers send them that speak a protocol nearly right, on each protocol. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { ModelError, ModelReply } from "@/core/log/model";
import { requestOf } from "@/tests/agents/model-trial";
import { createModelPort } from "../model-port";

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Chunk = object | string;

const MODELS = {
  chat: "openai/m",
  messages: "anthropic/claude-sonnet-4-6",
  responses: "openai/gpt-5.5",
  google: "google/gemini-3-pro",
  ollama: "ollama/m",
};
type Protocol = keyof typeof MODELS;

async function ask(protocol: Protocol, answer: Chunk[] | { body: string }): Promise<ModelReply> {
  const frames = (chunk: Chunk) =>
    typeof chunk === "string"
      ? chunk
      : protocol === "ollama"
        ? `${JSON.stringify(chunk)}\n`
        : `data: ${JSON.stringify(chunk)}\n\n`;
  const body = Array.isArray(answer) ? answer.map(frames).join("") : answer.body;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url?.endsWith("/show") ? 404 : 200, { "content-type": "text/event-stream" });
    response.end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = "a-key-for-tests";
  const openai = protocol === "responses" ? `${baseUrl}/v1/responses` : `${baseUrl}/v1`;
  const port = createModelPort({
    anthropic: { key, baseUrl },
    openai: { key, baseUrl: openai },
    google: { key, baseUrl },
    ollama: { baseUrl },
  });
  return port.respond(requestOf(MODELS[protocol]), { signal: new AbortController().signal, onDraft: () => undefined });
}

async function failing(protocol: Protocol, answer: Chunk[] | { body: string }): Promise<ModelError> {
  return ask(protocol, answer).then(
    (reply) => expect.fail(`It was a reply: ${JSON.stringify(reply)}`),
    (error: ModelError) => error,
  );
}

const callsOf = ({ calls }: ModelReply) => calls.map(({ name, input }) => [name, input]);
const delta = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const piece = (more: object, fn?: object) => delta({ tool_calls: [{ ...more, ...(fn && { function: fn }) }] });
const done = "data: [DONE]\n\n";
const A = { path: "a.txt" };
const text = JSON.stringify(A);

describe("chat completions", () => {
  const begun = [
    piece({ index: 0, id: "x", type: "function" }, { name: "read", arguments: "" }),
    piece({ index: 0 }, { arguments: text }),
  ];
  const finish = delta({}, "tool_calls");

  test.each<[string, Chunk[], unknown[]]>([
    [
      "two calls under one index",
      [
        ...begun,
        piece({ index: 0, id: "y" }, { name: "end_task", arguments: "" }),
        piece({ index: 0 }, { arguments: '{"result":' }),
        piece({ index: 0 }, { arguments: '"b"}' }),
        finish,
      ],
      [
        ["read", A],
        ["end_task", { result: "b" }],
      ],
    ],
    [
      "a call whole once more in the last chunk",
      [
        ...begun,
        delta({ tool_calls: [{ index: 0, id: "x", function: { name: "read", arguments: text } }] }, "tool_calls"),
      ],
      [["read", A]],
    ],
    [
      "a call whole once more, under another id",
      [
        ...begun,
        delta({ tool_calls: [{ index: 0, id: "z", function: { name: "read", arguments: text } }] }, "tool_calls"),
      ],
      [["read", A]],
    ],
    [
      "a call once more in a whole message",
      [
        ...begun,
        {
          choices: [
            {
              message: { content: "", tool_calls: [{ id: "x", function: { name: "read", arguments: text } }] },
              finish_reason: "tool_calls",
            },
          ],
        },
      ],
      [["read", A]],
    ],
    [
      "a new id with each piece",
      [
        piece({ index: 0, id: "1" }, { name: "read", arguments: '{"pa' }),
        piece({ index: 0, id: "2" }, { arguments: 'th":"a.t' }),
        piece({ index: 0, id: "3" }, { arguments: 'xt"}' }),
        finish,
      ],
      [["read", A]],
    ],
    [
      "name and id with each piece",
      [
        piece({ index: 0, id: "1" }, { name: "read", arguments: '{"pa' }),
        piece({ index: 0, id: "1" }, { name: "read", arguments: 'th":"a.txt"}' }),
        finish,
      ],
      [["read", A]],
    ],
    [
      "the same id for two calls",
      [
        piece({ index: 0, id: "1" }, { name: "read", arguments: "" }),
        piece({ index: 1, id: "1" }, { name: "read", arguments: "" }),
        piece({ index: 0 }, { arguments: text }),
        piece({ index: 1 }, { arguments: '{"path":"b"}' }),
        finish,
      ],
      [
        ["read", A],
        ["read", { path: "b" }],
      ],
    ],
    [
      "two equal calls with numbers and ids",
      [
        piece({ index: 0, id: "1" }, { name: "read", arguments: text }),
        piece({ index: 1, id: "2" }, { name: "read", arguments: text }),
        finish,
      ],
      [
        ["read", A],
        ["read", A],
      ],
    ],
    [
      "neither numbers nor ids",
      [
        piece({}, { name: "read", arguments: '{"path":' }),
        piece({}, { arguments: '"a.txt"}' }),
        piece({}, { name: "end_task", arguments: "{}" }),
        finish,
      ],
      [
        ["read", A],
        ["end_task", {}],
      ],
    ],
    [
      "arguments before the name",
      [
        piece({ index: 0, id: "1" }, { arguments: '{"path":' }),
        piece({ index: 0 }, { name: "read", arguments: '"a.txt"}' }),
        finish,
      ],
      [["read", A]],
    ],
    [
      "a name in pieces",
      [piece({ index: 0, id: "1" }, { name: "end_" }), piece({ index: 0 }, { name: "task", arguments: "{}" }), finish],
      [["end_task", {}]],
    ],
    [
      "all arguments so far with each piece",
      [
        piece({ index: 0, id: "1" }, { name: "read", arguments: '{"pa' }),
        piece({ index: 0 }, { arguments: '{"path":"a' }),
        piece({ index: 0 }, { arguments: text }),
        finish,
      ],
      [["read", A]],
    ],
    [
      "the rest of a call under another number",
      [
        piece({ index: 0, id: "1" }, { name: "end_task", arguments: "{}" }),
        piece({ index: 0, id: "2" }, { name: "read", arguments: '{"path":' }),
        piece({ index: 1 }, { arguments: '"a.txt"}' }),
        finish,
      ],
      [
        ["end_task", {}],
        ["read", A],
      ],
    ],
    ["all arguments twice", [...begun, piece({ index: 0 }, { arguments: text }), finish], [["read", A]]],
    ["an object as arguments", [piece({ index: 0, id: "1" }, { name: "read", arguments: A }), finish], [["read", A]]],
    [
      "one call instead of a list",
      [delta({ tool_calls: { id: "1", function: { name: "read", arguments: text } } }), finish],
      [["read", A]],
    ],
    [
      "the older form of a call",
      [
        delta({ function_call: { name: "read", arguments: '{"path":' } }),
        delta({ function_call: { arguments: '"a.txt"}' } }),
        delta({}, "function_call"),
      ],
      [["read", A]],
    ],
    [
      "chunks without choices, and with fields of odd kinds",
      [
        { choices: null },
        { choices: [] },
        { id: 7, created: "now", choices: [{ delta: { role: "model", content: null }, logprobs: 0 }], error: null },
        ...begun,
        finish,
      ],
      [["read", A]],
    ],
    [
      "signs of life in other forms",
      [": ping\n\n", "data: ok\n\n", "event: ping\ndata: {}\n\n", "data:\n\n", ...begun, finish],
      [["read", A]],
    ],
    ["no reason at the end", [...begun, done], [["read", A]]],
    ["no reason and no end", begun, [["read", A]]],
    [
      "an empty reason with each chunk",
      [
        {
          choices: [
            {
              delta: { tool_calls: [{ index: 0, id: "1", function: { name: "read", arguments: text } }] },
              finish_reason: "",
            },
          ],
        },
        done,
      ],
      [["read", A]],
    ],
    [
      "events that no empty line parts",
      [`data: ${JSON.stringify(begun[0])}\ndata: ${JSON.stringify(begun[1])}\ndata: ${JSON.stringify(finish)}\n\n`],
      [["read", A]],
    ],
    [
      "line ends of Windows, and no empty line at the end",
      [[...begun, finish].map((chunk) => `data: ${JSON.stringify(chunk)}`).join("\r\n\r\n")],
      [["read", A]],
    ],
  ])("reads %s", async (_, chunks, calls) => {
    expect(callsOf(await ask("chat", chunks))).toEqual(calls);
  });

  test.each<[string, Chunk[], unknown[]]>([
    [
      "the rest of a call under another number",
      [
        piece({ index: 0, id: "1" }, { name: "end_task", arguments: "{}" }),
        piece({ index: 0, id: "2" }, { name: "read", arguments: '{"path":' }),
        piece({ index: 1 }, { arguments: '"a.txt"}' }),
        finish,
      ],
      [
        ["end_task", {}],
        ["read", A],
      ],
    ],
    ["all arguments twice", [...begun, piece({ index: 0 }, { arguments: text }), finish], [["read", A]]],
  ])("reads %s, too", async (_, chunks, calls) => {
    expect(callsOf(await ask("chat", chunks))).toEqual(calls);
  });

  test("tokens of the cache beside the input are input", async () => {
    const prompt_tokens_details = { cached_tokens: 13_000 };
    const usage = { prompt_tokens: 500, completion_tokens: 40, total_tokens: 13_540, prompt_tokens_details };
    const reply = await ask("chat", [...begun, finish, { choices: [], usage }, done]);
    expect(reply.usage).toEqual({
      inputTokens: 13_500,
      cacheReadTokens: 13_000,
      cacheWriteTokens: 0,
      outputTokens: 40,
    });
  });

  test("counts only grow", async () => {
    const usage = { prompt_tokens: 50_000, completion_tokens: 40, total_tokens: 50_040 };
    const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const reply = await ask("chat", [...begun, { choices: [], usage }, finish, { choices: [], usage: zero }, done]);
    expect(reply.usage).toMatchObject({ inputTokens: 50_000, outputTokens: 40 });
  });

  test("reads an answer in JSON", async () => {
    const message = {
      role: "assistant",
      content: "Hm.",
      tool_calls: [{ id: "1", type: "function", function: { name: "read", arguments: text } }],
    };
    const usage = { prompt_tokens: 90, completion_tokens: 7, total_tokens: 97 };
    const whole = { choices: [{ index: 0, message, finish_reason: "tool_calls" }], usage };
    const reply = await ask("chat", { body: JSON.stringify(whole, null, 2) });
    expect(callsOf(reply)).toEqual([["read", A]]);
    expect(reply).toMatchObject({ usage: { inputTokens: 90, outputTokens: 7 }, stopReason: "tool_calls" });
    expect(
      callsOf(await ask("chat", { body: [...begun, finish].map((chunk) => JSON.stringify(chunk)).join("\n") })),
    ).toEqual([["read", A]]);
  });

  test("a text that ends without a reason or an end was cut", async () => {
    const counted = {
      ...delta({ content: "I sh" }),
      usage: { prompt_tokens: 90, completion_tokens: 2, total_tokens: 92 },
    };
    expect(await failing("chat", [counted])).toMatchObject({ kind: "retry", details: { usage: { inputTokens: 90 } } });
    expect(await ask("chat", [delta({ content: "Well." }), { choices: [], usage: counted.usage }])).toMatchObject({
      parts: [{ text: "Well." }],
    });
    expect(await failing("chat", [delta({ content: "I sh" })])).toMatchObject({
      kind: "retry",
      message: expect.stringContaining("before it was complete"),
    });
    expect(await failing("chat", [piece({ index: 0, id: "1" }, { name: "read", arguments: '{"pa' })])).toMatchObject({
      kind: "retry",
    });
  });

  test.each<[string, Chunk[] | { body: string }, RegExp]>([
    ["a web page", { body: "<!doctype html><title>Sign in</title>" }, /web page.*Sign in/],
    ["words", { body: "{ not json" }, /not valid JSON/],
    ["JSON of another kind", { body: '{"output":[]}' }, /no “choices”/],
    ["events of another protocol", [{ type: "message_start", message: {} }, { type: "message_stop" }], /no “choices”/],
    ["a damaged event", [...begun, 'data: {"choices":[{"delta":\n\n', finish], /event 3 is not valid JSON/],
    [
      "arguments that may belong to two calls",
      [
        piece({}, { name: "read", arguments: "" }),
        piece({}, { name: "end_task", arguments: "" }),
        piece({}, { arguments: text }),
        finish,
      ],
      /which of 2 calls/,
    ],
    ["nothing but an end", [done], /without a word/],
  ])("%s is no answer, and no fault of the network", async (_, answer, says) => {
    const error = await failing("chat", answer);
    expect(error).toMatchObject({ kind: "bad_answer", message: expect.stringMatching(says) });
    expect(error.message).toMatch(/not in its protocol/);
  });

  test.each<[string, Chunk[] | { body: string }]>([
    [
      "an error within a choice",
      [{ choices: [{ delta: {}, error: { code: 502, message: "The upstream is busy." }, finish_reason: "error" }] }],
    ],
    ["an error as a text", [{ error: "The upstream is busy." }]],
    ["an error as an event", ["event: error\ndata: The upstream is busy.\n\n"]],
    ["an error of an older form", [{ object: "error", message: "The upstream is busy.", code: 500 }]],
    ["an error in JSON with status 200", { body: '{"error":{"message":"The upstream is busy."}}' }],
  ])("reads %s", async (_, answer) => {
    expect(await failing("chat", answer)).toMatchObject({
      kind: "retry",
      message: expect.stringContaining("The upstream is busy."),
    });
  });
});

describe("Messages", () => {
  const start = (usage: object | null = { input_tokens: 1_000, output_tokens: 1 }) => ({
    type: "message_start",
    message: { id: "m", ...(usage && { usage }), content: [] },
  });
  const use = (index: number | undefined, id: string, name: string, input: unknown = {}) => ({
    type: "content_block_start",
    index,
    content_block: { type: "tool_use", id, name, input },
  });
  const args = (index: number | undefined, partial_json: unknown) => ({
    type: "content_block_delta",
    index,
    delta: { type: "input_json_delta", partial_json },
  });
  const stop = (index?: number) => ({ type: "content_block_stop", index });
  const finish = [
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 50 } },
    { type: "message_stop" },
  ];
  const call = [use(0, "1", "read"), args(0, text), stop(0)];

  test.each<[string, Chunk[], unknown[]]>([
    [
      "an unknown block with unknown pieces",
      [
        start(),
        { type: "content_block_start", index: 0, content_block: { type: "note", note: 1 } },
        { type: "content_block_delta", index: 0, delta: { type: "note_delta" } },
        stop(0),
        use(1, "1", "read"),
        { type: "content_block_delta", index: 1, delta: { type: "odd" } },
        args(1, text),
        stop(1),
        { type: "news" },
        ...finish,
      ],
      [["read", A]],
    ],
    [
      "two calls under one number",
      [start(), use(0, "1", "read"), args(0, text), use(0, "2", "end_task"), args(0, "{}"), stop(0), ...finish],
      [
        ["read", A],
        ["end_task", {}],
      ],
    ],
    ["a call twice", [start(), ...call, ...call, ...finish], [["read", A]]],
    [
      "the arguments at the beginning and as pieces",
      [start(), use(0, "1", "read", A), args(0, text), stop(0), ...finish],
      [["read", A]],
    ],
    ["the arguments at the beginning only", [start(), use(0, "1", "read", A), stop(0), ...finish], [["read", A]]],
    ["an object as a piece", [start(), use(0, "1", "read"), args(0, A), stop(0), ...finish], [["read", A]]],
    ["no numbers", [start(), use(undefined, "1", "read"), args(undefined, text), stop(), ...finish], [["read", A]]],
    ["no ends of blocks", [start(), use(0, "1", "read"), args(0, text), ...finish], [["read", A]]],
    ["no usage", [start(null), ...call, ...finish], [["read", A]]],
    ["no beginning", [...call, ...finish], [["read", A]]],
    ["two beginnings", [start(), start(), ...call, ...finish], [["read", A]]],
    ["no reason", [start(), ...call, { type: "message_stop" }], [["read", A]]],
    ["no end", [start(), ...call], [["read", A]]],
    [
      "kinds as names of events only",
      [start(), ...call, ...finish].map(({ type, ...rest }) => `event: ${type}\ndata: ${JSON.stringify(rest)}\n\n`),
      [["read", A]],
    ],
  ])("reads %s", async (_, chunks, calls) => {
    expect(callsOf(await ask("messages", chunks))).toEqual(calls);
  });

  test("counts only grow", async () => {
    const zero = {
      type: "message_delta",
      delta: { stop_reason: "tool_use" },
      usage: { input_tokens: 0, output_tokens: 50 },
    };
    const { usage } = await ask("messages", [
      start({ input_tokens: 50_000, cache_read_input_tokens: 7_000 }),
      ...call,
      zero,
      { type: "message_stop" },
    ]);
    expect(usage).toEqual({ inputTokens: 57_000, cacheReadTokens: 7_000, cacheWriteTokens: 0, outputTokens: 50 });
  });

  test("the whole input first and its parts later are the same tokens", async () => {
    const parts = { input_tokens: 500, cache_read_input_tokens: 19_500, output_tokens: 50 };
    const end = { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: parts };
    const { usage } = await ask("messages", [start({ input_tokens: 20_000 }), ...call, end, { type: "message_stop" }]);
    expect(usage).toEqual({ inputTokens: 20_000, cacheReadTokens: 19_500, cacheWriteTokens: 0, outputTokens: 50 });
  });

  test("a text without its beginning is a text", async () => {
    const words = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Well." } };
    expect(await ask("messages", [start(), words, stop(0), ...finish])).toMatchObject({
      parts: [{ type: "text", text: "Well." }],
    });
  });

  test("reads an answer in JSON", async () => {
    const content = [
      { type: "text", text: "Hm." },
      { type: "tool_use", id: "1", name: "read", input: A },
    ];
    const whole = {
      type: "message",
      id: "m",
      role: "assistant",
      content,
      stop_reason: "tool_use",
      usage: { input_tokens: 90, output_tokens: 7 },
    };
    const reply = await ask("messages", { body: JSON.stringify(whole) });
    expect(callsOf(reply)).toEqual([["read", A]]);
    expect(reply).toMatchObject({
      parts: [{ text: "Hm." }, { type: "call" }],
      usage: { inputTokens: 90, outputTokens: 7 },
    });
  });

  test("arguments of no call are a fault, and what was told is charged", async () => {
    const error = await failing("messages", [start(), args(0, text), ...finish]);
    expect(error).toMatchObject({ kind: "bad_answer", details: { usage: { inputTokens: 1_000 } } });
  });

  test("arguments at the beginning that differ from the pieces are malformed", async () => {
    const reply = await ask("messages", [
      start(),
      use(0, "1", "read", { path: "b" }),
      args(0, text),
      stop(0),
      ...finish,
    ]);
    expect(reply.calls).toMatchObject([{ malformed: true, fault: expect.stringContaining("second value") }]);
  });
});

describe("Responses", () => {
  const created = { type: "response.created", response: { id: "r", created_at: 1, model: "m" } };
  const item = (more: object = {}) => ({
    type: "function_call",
    id: "fc",
    call_id: "c",
    name: "read",
    arguments: "",
    ...more,
  });
  const added = (more: object = {}, output_index: number | undefined = 0) => ({
    type: "response.output_item.added",
    output_index,
    item: item(more),
  });
  const ended = (more: object = {}, output_index: number | undefined = 0) => ({
    type: "response.output_item.done",
    output_index,
    item: item({ arguments: text, status: "completed", ...more }),
  });
  const args = (delta: unknown, more: object = { item_id: "fc", output_index: 0 }) => ({
    type: "response.function_call_arguments.delta",
    delta,
    ...more,
  });
  const usage = { input_tokens: 90, output_tokens: 7 };
  const completed = (more: object = {}) => ({ type: "response.completed", response: { usage, ...more } });

  test.each<[string, Chunk[], unknown[]]>([
    [
      "unknown events and items",
      [
        created,
        { type: "response.news" },
        { type: "response.output_item.added", output_index: 0, item: { type: "note" } },
        added({}, 1),
        args(text, { item_id: "fc", output_index: 1 }),
        ended({}, 1),
        completed(),
      ],
      [["read", A]],
    ],
    [
      "a call once more at the end",
      [created, added(), args(text), ended(), ended(), completed({ output: [item({ arguments: text })] })],
      [["read", A]],
    ],
    [
      "a call at the end only",
      [created, completed({ output: [item({ arguments: text, status: "completed" })] })],
      [["read", A]],
    ],
    [
      "two calls under one index",
      [
        created,
        added(),
        args(text),
        ended(),
        added({ id: "fd", call_id: "d", name: "end_task" }),
        args("{}", { item_id: "fd", output_index: 0 }),
        ended({ id: "fd", call_id: "d", name: "end_task", arguments: "{}" }),
        completed(),
      ],
      [
        ["read", A],
        ["end_task", {}],
      ],
    ],
    ["no end of the item", [created, added(), args('{"path":'), args('"a.txt"}'), completed()], [["read", A]]],
    [
      "no status and no ids",
      [
        created,
        { type: "response.output_item.added", item: { type: "function_call", name: "read" } },
        args(text, {}),
        completed(),
      ],
      [["read", A]],
    ],
    ["an object as arguments", [created, ended({ arguments: A }), completed()], [["read", A]]],
    [
      "no beginning, and a beginning without a time",
      [{ type: "response.created", response: {} }, added(), ended(), completed()],
      [["read", A]],
    ],
    ["no last event", [created, added(), args(text), ended()], [["read", A]]],
  ])("reads %s", async (_, chunks, calls) => {
    expect(callsOf(await ask("responses", chunks))).toEqual(calls);
  });

  test("texts without their item, or with the end of it only, are texts", async () => {
    const words = { type: "response.output_text.delta", delta: "Well." };
    expect(await ask("responses", [created, words, completed()])).toMatchObject({
      parts: [{ text: "Well." }],
      usage: { inputTokens: 90 },
    });
    const message = { type: "message", id: "msg", content: [{ type: "output_text", text: "Well." }] };
    expect(await ask("responses", [created, completed({ output: [message] })])).toMatchObject({
      parts: [{ text: "Well." }],
    });
  });

  test("reads an answer in JSON", async () => {
    const message = { type: "message", id: "msg", content: [{ type: "output_text", text: "Hm." }] };
    const whole = {
      id: "r",
      object: "response",
      status: "completed",
      output: [message, item({ arguments: text })],
      usage,
    };
    const reply = await ask("responses", { body: JSON.stringify(whole) });
    expect(callsOf(reply)).toEqual([["read", A]]);
    expect(reply).toMatchObject({
      parts: [{ text: "Hm." }, { type: "call" }],
      usage: { inputTokens: 90, outputTokens: 7 },
    });
  });

  test("chunks of chat completions are no answer of this protocol", async () => {
    expect(await failing("responses", [delta({ content: "x" }, "stop"), done])).toMatchObject({ kind: "bad_answer" });
  });
});

describe("Gemini", () => {
  const parts = (parts: object[], more: object = {}) => ({
    candidates: [{ content: { parts, role: "model" }, ...more }],
  });
  const call = (more: object = {}) => ({ functionCall: { name: "read", args: A, ...more } });
  const end = { finishReason: "STOP" };

  test.each<[string, Chunk[], unknown[]]>([
    ["an unknown part", [parts([{ news: {} }, call()], end)], [["read", A]]],
    [
      "a part without a text, and fields of odd kinds",
      [
        {
          ...parts([{ text: null }, call()], { ...end, safetyRatings: 7 }),
          usageMetadata: { promptTokensDetails: "x" },
        },
      ],
      [["read", A]],
    ],
    ["a call once more in the last chunk", [parts([call()]), parts([call()], end)], [["read", A]]],
    ["a call once more with its id", [parts([call({ id: "1" })]), parts([call({ id: "1" })], end)], [["read", A]]],
    [
      "two equal calls",
      [parts([call(), call()], end)],
      [
        ["read", A],
        ["read", A],
      ],
    ],
    ["arguments as text", [parts([call({ args: text })], end)], [["read", A]]],
    ["no reason", [parts([call()])], [["read", A]]],
  ])("reads %s", async (_, chunks, calls) => {
    expect(callsOf(await ask("google", chunks))).toEqual(calls);
  });

  test("counts only grow", async () => {
    const count = (promptTokenCount: number) => ({ usageMetadata: { promptTokenCount, candidatesTokenCount: 5 } });
    const reply = await ask("google", [
      { ...parts([{ text: "Well." }]), ...count(900) },
      { ...parts([], end), ...count(0) },
    ]);
    expect(reply.usage).toMatchObject({ inputTokens: 900, outputTokens: 5 });
  });

  test("reads a list in JSON, and one object", async () => {
    expect(
      callsOf(await ask("google", { body: JSON.stringify([parts([{ text: "Hm." }]), parts([call()], end)], null, 1) })),
    ).toEqual([["read", A]]);
    expect(callsOf(await ask("google", { body: JSON.stringify(parts([call()], end)) }))).toEqual([["read", A]]);
  });

  test("other events are no answer of this protocol", async () => {
    expect(await failing("google", [delta({ content: "x" }, "stop"), done])).toMatchObject({ kind: "bad_answer" });
  });
});

describe("Ollama", () => {
  const line = (message: object, more: object = {}) => ({
    model: "m",
    created_at: "now",
    done: false,
    message: { role: "assistant", content: "", ...message },
    ...more,
  });
  const call = (args: unknown = A, more: object = {}) =>
    line({ tool_calls: [{ function: { name: "read", arguments: args }, ...more }] });
  const end = line({}, { done: true, done_reason: "stop", prompt_eval_count: 90, eval_count: 7 });

  test.each<[string, Chunk[], unknown[]]>([
    ["arguments as text", [call(text), end], [["read", A]]],
    ["arguments as text with a fault that has one reading", [call('{}{"path":"a.txt"}'), end], [["read", A]]],
    [
      "no content",
      [{ done: false, message: { tool_calls: [{ function: { name: "read", arguments: A } }] } }, end],
      [["read", A]],
    ],
    [
      "a call once more in the last line",
      [call(), { ...end, message: { content: "", tool_calls: [{ function: { name: "read", arguments: A } }] } }],
      [["read", A]],
    ],
    ["unknown lines", [{ status: "loading" }, call(), end], [["read", A]]],
    ["an object on several lines", [`${JSON.stringify({ ...end, ...call(), done: true }, null, 2)}\n`], [["read", A]]],
  ])("reads %s", async (_, chunks, calls) => {
    expect(callsOf(await ask("ollama", chunks))).toEqual(calls);
  });

  test("counts stay, and arguments with two readings are malformed", async () => {
    expect(await ask("ollama", [call(), end, { ...end, prompt_eval_count: 0 }])).toMatchObject({
      usage: { inputTokens: 90, outputTokens: 7 },
    });
    expect((await ask("ollama", [call('{"a":1}{"a":2}'), end])).calls).toMatchObject([{ malformed: true }]);
  });

  test("a web page is no answer", async () => {
    expect(await failing("ollama", { body: "<html></html>" })).toMatchObject({ kind: "bad_answer" });
  });
});
