import { afterEach, expect, test } from "vitest";
import type { ModelMessage, ModelReply } from "@/core/log/model";
import { closeTrials, requestOf, trial } from "@/tests/agents/model-trial";

afterEach(closeTrials);

const PATH = "/v1/responses";
const model = "openai/gpt-5.5";

test("nothing is stored at OpenAI, and encrypted reasoning goes back with the next turn", async () => {
  const { respond, provider } = await trial(
    ({ turn }) =>
      turn === 0 ? { thinking: "So.", text: "Now.", calls: [{ name: "read", input: { path: "a" } }] } : { text: "ok" },
    PATH,
  );
  const request = requestOf(model);
  const reply = await respond(request);
  const result: ModelMessage = {
    role: "tool",
    callId: reply.calls[0]!.id,
    toolName: "read",
    content: "x",
    isError: false,
  };
  const messages: ModelMessage[] = [
    ...request.messages,
    { role: "assistant", parts: reply.parts, calls: reply.calls },
    result,
  ];
  await respond({ ...request, messages });
  const [first, second] = provider.requests.map(({ body }) => body as Record<string, unknown>);
  expect(first).toMatchObject({
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { summary: "auto" },
  });
  expect(first).not.toHaveProperty("max_tokens");
  expect(second?.input).toMatchObject([
    { role: "developer" },
    { role: "user" },
    { type: "reasoning", encrypted_content: expect.stringMatching(/^gAAAA/), summary: [{ text: "So." }] },
    { role: "assistant" },
    { type: "function_call", call_id: reply.calls[0]!.id },
    { type: "function_call_output", output: "x" },
  ]);
  expect(JSON.stringify(second)).not.toContain("msg_");

  // Another model cannot read this reasoning.
  await respond({ ...request, model: "openai/gpt-6-sol", messages });
  expect(JSON.stringify(provider.requests[2]!.body)).not.toContain("gAAAA");
  expect(provider.refusals).toEqual([]);
});

test("thoughts that another account wrote are left out, at once when they are known to be unreadable", async () => {
  const { respond, provider } = await trial(
    ({ turn }) =>
      turn < 2 ? { thinking: `Thought ${turn}.`, calls: [{ name: "read", input: { path: "a" } }] } : { text: "ok" },
    PATH,
  );
  const messages: ModelMessage[] = [...requestOf(model).messages];
  const take = ({ parts, calls }: ModelReply, change = (text: string) => text) => {
    messages.push({ role: "assistant", parts: JSON.parse(change(JSON.stringify(parts))), calls });
    for (const { id } of calls)
      messages.push({ role: "tool", callId: id, toolName: "read", content: "x", isError: false });
  };
  // As if a key of another organisation had encrypted it.
  take(await respond({ ...requestOf(model), messages }), (text) => text.replaceAll("gAAAA", "gAAAB"));
  take(await respond({ ...requestOf(model), messages }));
  expect(provider.refusals).toEqual([expect.stringContaining("encrypted content could not be verified")]);
  expect((await respond({ ...requestOf(model), messages })).parts).toMatchObject([{ type: "text", text: "ok" }]);
  expect(provider.refusals.length).toBe(1);
  const last = JSON.stringify(provider.requests.at(-1)!.body);
  expect(last).not.toContain("gAAAB");
  expect(last).toContain("gAAAA");
});

test("an organization without summaries of thoughts is asked for none, after its first requests were refused", async () => {
  const message =
    "Your organization must be verified to generate reasoning summaries. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.";
  const { respond, provider } = await trial(({ body }) => {
    const { summary } = (body.reasoning ?? {}) as { summary?: string };
    return summary === undefined
      ? { thinking: "So.", text: "ok" }
      : { fault: { type: "status", status: 400, message } };
  }, PATH);
  const request = { ...requestOf(model), effort: "low" as const };
  const replies = await Promise.all([respond(request), respond(request)]);
  expect(replies.map(({ parts }) => parts.at(-1))).toMatchObject([{ text: "ok" }, { text: "ok" }]);
  await respond(requestOf(model));
  const asked = provider.requests.map(({ body }) => body.reasoning);
  const first = { effort: "low", summary: "auto" };
  expect(asked).toEqual([first, first, { effort: "low" }, { effort: "low" }, undefined]);
  expect(provider.requests.at(-1)!.body.include).toEqual(["reasoning.encrypted_content"]);
});

test("optional arguments stay optional", async () => {
  const { respond, provider } = await trial(() => ({ text: "ok" }), PATH);
  await respond(requestOf(model));
  expect(provider.requests[0]!.body.tools).toMatchObject([{ name: "read", strict: false }, { strict: false }]);
});

test("a model that does not reason is asked for none, and a limit below 16 tokens is raised", async () => {
  const { respond, provider } = await trial(() => ({ text: "ok" }), PATH);
  await respond({ ...requestOf("openai/gpt-4.1"), maxOutputTokens: 5 });
  expect(provider.requests[0]!.body).toMatchObject({ max_output_tokens: 16 });
  expect(provider.requests[0]!.body).not.toHaveProperty("reasoning");
});

test("a server at another address is asked by chat completions, unless its address names the Responses API", async () => {
  const chat = await trial(() => ({ text: "ok" }));
  await chat.respond(requestOf("openai/served-model"));
  expect(chat.provider.requests[0]!.provider).toBe("openai");
  const responses = await trial(() => ({ text: "ok" }), `${PATH}/`);
  await responses.respond(requestOf("openai/served-model"));
  expect(responses.provider.requests[0]!.provider).toBe("responses");
});

test.each([
  ["an error in the middle", { type: "error_event" } as const],
  ["an end without its last events", { type: "no_finish" } as const],
  ["a socket that closes", { type: "cut", afterEvents: 4 } as const],
])("a stream with %s is tried again", async (_, fault) => {
  const { failure } = await trial(() => ({ text: "Some words.", fault }), PATH);
  expect(await failure(requestOf(model))).toMatchObject({ kind: "retry", details: { firstPartSeen: true } });
});

test.each([
  [{ type: "rate_limit", retryAfter: 7 } as const, "retry"],
  [{ type: "quota" } as const, "quota"],
  [{ type: "unauthorized" } as const, "no_key"],
  [{ type: "too_long" } as const, "too_long"],
  [{ type: "refusal" } as const, "refused"],
])("$type is sorted as it is on chat completions", async (fault, kind) => {
  const { failure } = await trial(() => ({ text: "Some words.", fault }), PATH);
  expect(await failure(requestOf(model))).toMatchObject({ kind });
});

test("the key of the cache is the request's own, and absent without one", async () => {
  const { respond, provider } = await trial(() => ({ text: "ok" }), PATH);
  await respond({ ...requestOf(model), cacheKey: "task-1" });
  await respond(requestOf(model));
  const [first, second] = provider.requests.map(({ body }) => body);
  expect(first).toMatchObject({ prompt_cache_key: "task-1" });
  expect(second).not.toHaveProperty("prompt_cache_key");
});
