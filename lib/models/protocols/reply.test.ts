import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { ModelMessage, ModelReply } from "@/core/log/model";
import { closeTrials, modelNames, protocols, requestOf, serviceModels, trial } from "@/tests/agents/model-trial";

afterEach(closeTrials);

/** The conversation after a reply: the reply, and a result for each of its calls. */
function continued(messages: ModelMessage[], reply: ModelReply): ModelMessage[] {
  const results = reply.calls.map(
    (call): ModelMessage => ({
      role: "tool",
      callId: call.id,
      toolName: call.name,
      content: `result of ${call.name}`,
      isError: false,
    }),
  );
  return [...messages, { role: "assistant", parts: reply.parts, calls: reply.calls }, ...results];
}

describe.each(protocols)("a reply of %s", (protocol) => {
  const model = modelNames[protocol];

  test("carries text, calls and usage, and is drafted piece by piece", async () => {
    const { respond, drafts, provider } = await trial(() => ({
      text: "I shall read two files.",
      calls: [
        { name: "read", input: { path: "a" } },
        { name: "no_such_tool", input: { deep: { list: [1, "zwei", null] } } },
      ],
      usage: { inputTokens: 900, cacheReadTokens: 700, outputTokens: 50 },
    }));
    const reply = await respond(requestOf(model));
    expect(reply.calls.map(({ name, input }) => ({ name, input }))).toEqual([
      { name: "read", input: { path: "a" } },
      { name: "no_such_tool", input: { deep: { list: [1, "zwei", null] } } },
    ]);
    expect(reply.parts.map((part) => part.type)).toEqual(["text", "call", "call"]);
    expect(reply.parts.flatMap((part) => (part.type === "call" ? [part.id] : []))).toEqual(
      reply.calls.map((c) => c.id),
    );
    expect(reply.usage).toEqual({ inputTokens: 900, cacheReadTokens: 700, cacheWriteTokens: 0, outputTokens: 50 });
    expect(reply.stopReason).toBe("tool_calls");
    expect(drafts.length).toBeGreaterThan(2);
    expect(drafts.map((draft) => draft.text).join("")).toBe("I shall read two files.");
    expect(JSON.parse(JSON.stringify(reply))).toEqual(reply);
    const [request] = provider.requests;
    expect(request).toMatchObject({
      agent: "worker",
      task: "t1",
      turn: 0,
      tools: ["read", "end_task"],
      instruction: "Do the work.",
    });
  });

  test("that only speaks stops; one that was cut by the limit says so", async () => {
    const { respond } = await trial(({ index }) =>
      index === 0 ? { text: "Done." } : { text: "Do", stopReason: protocol === "anthropic" ? "max_tokens" : "length" },
    );
    expect((await respond(requestOf(model))).stopReason).toBe("stop");
    expect((await respond(requestOf(model))).stopReason).toBe("length");
  });

  test("with arguments that are not JSON keeps their text, and can be sent back", async () => {
    const { respond, provider } = await trial(({ turn }) =>
      turn === 0
        ? { calls: [{ name: "read", input: { path: "a long path" } }], fault: { type: "invalid_json" } }
        : { text: "ok" },
    );
    const request = requestOf(model);
    const reply = await respond(request);
    expect(reply.calls).toMatchObject([{ name: "read", malformed: true }]);
    expect(reply.calls[0]?.input).toBe('{"path":"a ');
    await respond({ ...request, messages: continued(request.messages, reply) });
    expect(provider.requests[1]?.messages[1]).toMatchObject({
      calls: [{ input: { malformed_arguments: '{"path":"a ' } }],
    });
  });

  test("that its limit cut before the arguments of its last call has a malformed call", async () => {
    const length = protocol === "anthropic" ? "max_tokens" : "length";
    const whole = { name: "read", input: {} };
    const { respond, provider } = await trial(({ turn }) =>
      turn === 0 ? { calls: [whole, { name: "read", rawArguments: "" }], stopReason: length } : { text: "ok" },
    );
    const request = requestOf(model);
    const reply = await respond(request);
    expect(reply.calls).toMatchObject([{ input: {} }, { input: "", malformed: true }]);
    expect(reply.calls[0]?.malformed).toBeUndefined();
    expect(reply.stopReason).toBe("length");
    await respond({ ...request, messages: continued(request.messages, reply) });
    expect(provider.refusals).toEqual([]);
  });

  test("with a name and arguments that providers refuse is sent back in an accepted form", async () => {
    const { respond, provider } = await trial(({ turn }) =>
      turn === 0
        ? {
            calls: [
              { name: "read file!", rawArguments: "[1]" },
              { name: "read", rawArguments: "" },
            ],
          }
        : { text: "ok" },
    );
    const request = requestOf(model);
    const reply = await respond(request);
    expect(reply.calls.map((call) => [call.name, call.input])).toEqual([
      ["read file!", [1]],
      ["read", {}],
    ]);
    await respond({ ...request, messages: continued(request.messages, reply) });
    expect(provider.refusals).toEqual([]);
    expect(provider.requests[1]?.lastToolResults.map((result) => result.toolName)).toEqual([
      expect.stringMatching(/^read_file__[0-9a-f]{8}$/),
      "read",
    ]);
  });

  test("whose call ids are already in the conversation gets new ids", async () => {
    const { respond, provider } = await trial(() => ({ calls: [{ name: "read", input: {}, id: "same" }] }));
    let messages = requestOf(model).messages;
    for (const expected of ["same", "same_2", "same_3"]) {
      const reply = await respond(requestOf(model, messages));
      expect(reply.calls[0]?.id).toBe(expected);
      messages = continued(messages, reply);
    }
    expect(provider.refusals).toEqual([]);
  });

  test("arrives although messages have empty texts and cut characters", async () => {
    const { respond, provider } = await trial(() => ({ text: "ok" }));
    const messages: ModelMessage[] = [
      { role: "user", content: "" },
      { role: "assistant", parts: [{ type: "text", text: " \n" }], calls: [] },
      { role: "user", content: "half a pair: \ud83d" },
    ];
    await respond(requestOf(model, messages));
    expect(provider.refusals).toEqual([]);
    expect(provider.requests[0]?.messages.at(-1)).toEqual({ role: "user", text: "half a pair: \ufffd" });
  });

  test("arrives although the arguments of earlier calls have cut characters", async () => {
    const { respond, provider } = await trial(({ turn }) =>
      turn > 0
        ? { text: "ok" }
        : {
            calls: [
              { name: "read", rawArguments: '{"path":"a\\ud83d","list":[{"\\udc00":"b\\ud83d\\ude00"}]}' },
              { name: "read", rawArguments: '"half \\ud83d"' },
              { name: "read", rawArguments: '{"path": "cut' },
            ],
          },
    );
    const request = requestOf(model);
    const reply = await respond(request);
    // The log keeps what the model wrote.
    expect(reply.calls[0]?.input).toEqual({ path: "a\ud83d", list: [{ "\udc00": "b\ud83d\ude00" }] });
    reply.calls[2]!.input = '{"path": "cut\ud83d';
    await respond({ ...request, messages: continued(request.messages, reply) });
    expect(provider.refusals).toEqual([]);
    const [, sent] = provider.requests[1]!.messages;
    expect(sent?.role === "assistant" && sent.calls.map(({ input }) => input)).toEqual([
      { path: "a\ufffd", list: [{ "\ufffd": "b\ud83d\ude00" }] },
      { arguments: "half \ufffd" },
      { malformed_arguments: '{"path": "cut\ufffd' },
    ]);
  });

  test("is right for each of 100 at once", async () => {
    const { respond, provider } = await trial((request) => ({ text: `answer to ${request.instruction}`, delayMs: 50 }));
    const asked = Array.from({ length: 100 }, (_, at) => `question ${at}`);
    const replies = await Promise.all(asked.map((content) => respond(requestOf(model, [{ role: "user", content }]))));
    expect(replies.map((reply) => reply.parts[0])).toEqual(
      asked.map((content) => expect.objectContaining({ type: "text", text: `answer to ${content}` })),
    );
    expect(provider.requests).toHaveLength(100);
  });
});

test.each(["anthropic", "responses", "openai", "bedrock"] as const)(
  "%s: tokens written to the provider's cache are counted, and are part of the input",
  async (name) => {
    const usage = { inputTokens: 900, cacheReadTokens: 500, cacheWriteTokens: 300, outputTokens: 5 };
    const { respond } = await trial(() => ({ text: "ok", usage }), name === "responses" ? "/v1/responses" : undefined);
    expect((await respond(requestOf(serviceModels[name]))).usage).toEqual(usage);
  },
);

test("Anthropic's API is asked in the version that the stand-in speaks", async () => {
  const { respond, provider } = await trial(() => ({ text: "ok" }));
  await respond(requestOf("anthropic/claude-sonnet-4-6"));
  expect(provider.requests[0]?.headers["anthropic-version"]).toBe("2023-06-01");
});

test("Calls remove their listeners from a shared signal", async () => {
  const { respond } = await trial(() => ({ text: "ok", delayMs: 20 }));
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 20 }, () => respond(requestOf("anthropic/claude-sonnet-4-6"), signal)));
  await respond(requestOf("openai/gpt-5"), signal);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("Thoughts keep their signatures on the way back, and are left out for another model", async () => {
  const { respond, drafts, provider } = await trial(({ turn }) =>
    turn === 0
      ? { thinking: "Let me see.", redactedThinking: "secret", calls: [{ name: "read", input: {} }] }
      : { text: "ok" },
  );
  const request = requestOf("anthropic/claude-sonnet-4-6");
  const reply = await respond(request);
  expect(reply.parts.map((part) => part.type)).toEqual(["reasoning", "reasoning", "call"]);
  expect(drafts[0]).toEqual({ type: "reasoning", text: expect.any(String) });
  const messages = continued(request.messages, JSON.parse(JSON.stringify(reply)) as ModelReply);
  await respond({ ...request, messages });
  // The server checks the signature and refuses a wrong one.
  expect(provider.refusals).toEqual([]);
  expect(provider.requests[1]?.messages[1]).toMatchObject({ thinking: "Let me see." });
  expect(provider.requests[1]?.rawBody).toContain('{"type":"redacted_thinking","data":"secret"}');
  await respond({ ...request, model: "anthropic/claude-opus-4-6", messages });
  await respond({ ...request, model: "openai/gpt-5", messages });
  expect(provider.requests.slice(2).map((sent) => sent.rawBody.includes("Let me see."))).toEqual([false, false]);
  expect(provider.refusals).toEqual([]);
});

test("Reasoning from a server with OpenAI's protocol is drafted, kept and sent back", async () => {
  const { respond, drafts, provider } = await trial(({ turn }) =>
    turn === 0 ? { thinking: "Hm, hm.", calls: [{ name: "read", input: {} }] } : { text: "ok" },
  );
  const request = requestOf("ollama/qwen3");
  const reply = await respond(request);
  expect(reply.parts.map((part) => part.type)).toEqual(["reasoning", "call"]);
  expect(drafts.map((draft) => draft.type)).toContain("reasoning");
  await respond({ ...request, messages: continued(request.messages, reply) });
  expect(provider.requests[1]?.messages[1]).toMatchObject({ thinking: "Hm, hm." });
});

test("Models that bind their thoughts to the conversation are asked to drop thoughts that no longer match", async () => {
  const { respond, provider } = await trial(() => ({ text: "ok" }));
  await respond(requestOf("anthropic/claude-opus-5-5"));
  await respond(requestOf("anthropic/claude-opus-4-6"));
  expect(provider.requests.map((request) => request.body.thinking)).toEqual([
    { type: "adaptive", display: "summarized", block_binding: { prefix_mismatch_behavior: "drop_block" } },
    undefined,
  ]);
});

describe("Habits of other servers with chat completions", () => {
  test("whole calls under one index, no ids and no usage", async () => {
    const { respond } = await trial(() => ({
      calls: [
        { name: "read", input: { path: "a" }, id: null },
        { name: "read", input: { path: "b" }, id: null },
      ],
      stopReason: "stop",
      quirks: { noUsage: true, sameCallIndex: true },
    }));
    const reply = await respond(requestOf("openai/served-model"));
    expect(reply.calls).toEqual([
      { id: "call_1", name: "read", input: { path: "a" } },
      { id: "call_2", name: "read", input: { path: "b" } },
    ]);
    expect(reply.stopReason).toBe("tool_calls");
    expect(reply.usage.inputTokens).toBeGreaterThan(50);
    expect(reply.usage.outputTokens).toBeGreaterThan(5);
  });

  // https://docs.x.ai/docs/guides/reasoning: completion_tokens 9, reasoning_tokens 94, total_tokens 135 with a prompt of 32.
  test("thoughts that only the total counts are output", async () => {
    const { respond } = await trial(() => ({
      text: "The result is 303.",
      usage: { inputTokens: 32, outputTokens: 9 },
      quirks: { thoughtTokens: 94 },
    }));
    const { usage } = await respond(requestOf("openai/grok-4"));
    expect([usage.inputTokens, usage.outputTokens]).toEqual([32, 103]);
  });

  test("output that is counted as none is estimated, unless nothing came", async () => {
    const { respond } = await trial(({ index }) => ({
      text: index === 0 ? "A sentence with some words in it." : "",
      usage: { inputTokens: 32, outputTokens: 0 },
    }));
    expect((await respond(requestOf("openai/served-model"))).usage.outputTokens).toBeGreaterThan(8);
    expect((await respond(requestOf("openai/served-model"))).usage.outputTokens).toBe(0);
  });

  test("one id for two calls", async () => {
    const { respond } = await trial(() => ({
      calls: [
        { name: "read", input: { path: "a" }, id: "x" },
        { name: "end_task", input: {}, id: "x" },
      ],
    }));
    expect((await respond(requestOf("openai/served-model"))).calls.map((call) => call.id)).toEqual(["x", "call_2"]);
  });

  test("models of other makers get the older name of the output limit", async () => {
    const { respond, provider } = await trial(() => ({ text: "ok" }));
    await respond(requestOf("openai/served-model"));
    await respond(requestOf("openai/gpt-5"));
    expect(provider.requests.map((request) => [request.body.max_tokens, request.body.max_completion_tokens])).toEqual([
      [1000, undefined],
      [undefined, 1000],
    ]);
    expect(provider.requests[1]?.headers.authorization).toMatch(/^Bearer sk-test/);
  });
});
