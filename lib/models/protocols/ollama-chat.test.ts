import { afterEach, describe, expect, test } from "vitest";
import { closeTrials, requestOf, trial } from "@/tests/agents/model-trial";
import { contextTokensFor } from "./context-size";

afterEach(closeTrials);

interface Body {
  think: boolean;
  options: { num_ctx: number; num_predict: number };
}

describe("the size of the context", () => {
  test.each([
    [100, 1_000, undefined, 8_192],
    [24_000, 1_000, undefined, 16_384],
    [24_000, 16_000, undefined, 32_768],
    [3_000_000, 16_000, 131_072, 131_072],
    [100, 1_000, 4_096, 4_096],
  ])("%d bytes of input and %d tokens of output, at most %s: %d", (bytes, output, most, tokens) => {
    expect(contextTokensFor(bytes, output, most)).toBe(tokens);
  });
});

test("the context fits a first request of 6,000 tokens and grows in steps with the conversation", async () => {
  const { respond, provider } = await trial(() => ({ text: "Read." }));
  const sizes: number[] = [];
  for (const chars of [24_000, 26_000, 60_000, 100, 900_000]) {
    const request = requestOf("ollama/qwen3", [{ role: "user", content: "word ".repeat(chars / 5) }]);
    await respond({ ...request, maxOutputTokens: 2_000 });
    const { options } = provider.requests.at(-1)!.body as unknown as Body;
    expect(options.num_predict).toBe(2_000);
    sizes.push(options.num_ctx);
  }
  // It never shrinks, because the server loads the model anew for another size.
  expect(sizes).toEqual([16_384, 16_384, 32_768, 32_768, 262_144]);
});

test("a conversation that does not fit is refused instead of cut", async () => {
  const { failure } = await trial(() => ({ text: "Read." }));
  const request = requestOf("ollama/qwen3", [{ role: "user", content: "a".repeat(2_000_000) }]);
  expect(await failure(request)).toMatchObject({ kind: "too_long" });
});

test("thoughts come before the text, and only models that think are asked for them", async () => {
  const { respond, provider } = await trial(() => ({ thinking: "So.", text: "Read." }));
  const reply = await respond(requestOf("ollama/qwen3"));
  expect(reply.parts).toMatchObject([
    { type: "reasoning", text: "So." },
    { type: "text", text: "Read." },
  ]);
  await respond(requestOf("ollama/plain"));
  expect(provider.requests.map(({ body }) => (body as unknown as Body).think)).toEqual([true, false]);
});

test("a missing model is named, with what fetches it", async () => {
  const { failure } = await trial(() => ({ fault: { type: "unknown_model" } }));
  const error = await failure(requestOf("ollama/absent"));
  expect(error.message).toBe(
    "Ollama does not know ollama/absent (status 404): model 'absent' not found. Fetch the model with `ollama pull absent`, or choose another.",
  );
});

test.each([
  ["an error in the middle of a stream", { type: "error_event" } as const, /CUDA error/],
  ["a stream that ends early", { type: "no_finish" } as const, /ended its answer before it was complete/],
])("%s is tried again, and not taken for a reply", async (_, fault, says) => {
  const { failure } = await trial(() => ({ text: "Some words.", fault }));
  const error = await failure(requestOf("ollama/qwen3"));
  expect(error.kind).toBe("retry");
  expect(error.message).toMatch(says);
});

test("a server that does not count the tokens of a cached prompt is charged an estimate", async () => {
  const { respond } = await trial(() => ({ text: "Read.", usage: { inputTokens: 0 } }));
  expect((await respond(requestOf("ollama/qwen3"))).usage.inputTokens).toBeGreaterThan(20);
});

test("calls without ids, or with one id for two, get ids of their own, and no key is sent", async () => {
  const { respond, provider } = await trial(() => ({
    calls: [
      { name: "read", input: { path: "a" }, id: null },
      { name: "read", input: { path: "b" }, id: "x" },
      { name: "end_task", input: {}, id: "x" },
    ],
  }));
  const reply = await respond(requestOf("ollama/qwen3"));
  expect(new Set(reply.calls.map((call) => call.id)).size).toBe(3);
  expect(reply.stopReason).toBe("tool_calls");
  expect(provider.requests[0]?.headers.authorization).toBeUndefined();
});

test("each result names its tool, which the models' templates show", async () => {
  const { respond, provider } = await trial(() => ({ text: "Read." }));
  const called = ["read", "end_task"].map((name, at) => ({ id: `c${at}`, name, input: {} }));
  const results = called.map(({ id, name }) => ({
    role: "tool" as const,
    callId: id,
    toolName: name,
    content: "x",
    isError: false,
  }));
  const request = requestOf("ollama/qwen3", [
    { role: "user", content: "Do it." },
    { role: "assistant", parts: [], calls: called },
    ...results,
  ]);
  await respond(request);
  const { messages } = provider.requests[0]!.body as { messages: { role: string; tool_name?: string }[] };
  expect(messages.flatMap(({ role, tool_name }) => (role === "tool" ? [tool_name] : []))).toEqual(["read", "end_task"]);
});
