import { afterEach, describe, expect, test } from "vitest";
import type { ModelErrorKind } from "@/core/log/model";
import { closeTrials, modelNames, protocols, requestOf, secretKey, trial } from "@/tests/agents/model-trial";
import type { Fault } from "@/tests/agents/scripted-provider";
import { createModelPort } from "./model-port";
import { redact } from "./protocols/errors";

afterEach(closeTrials);

interface Expected {
  kind: ModelErrorKind;
  status?: number;
  firstPartSeen?: boolean;
  retryAfterMs?: number;
  outputToo?: boolean;
  says?: RegExp;
}

const hours = 3_600_000;

const cases: [string, Fault, Expected][] = [
  ["a rate limit without a time", { type: "rate_limit" }, { kind: "retry", status: 429 }],
  [
    "a rate limit in seconds",
    { type: "rate_limit", retryAfter: 7 },
    { kind: "retry", status: 429, retryAfterMs: 7000 },
  ],
  ["a rate limit of a minute", { type: "rate_limit", retryAfter: 60 }, { kind: "retry", retryAfterMs: 60_000 }],
  [
    "a rate limit of an hour",
    { type: "rate_limit", retryAfter: 3600 },
    { kind: "quota", retryAfterMs: hours, says: /60 minutes/ },
  ],
  [
    "a quota with a time",
    { type: "quota", retryAfter: 18_000 },
    { kind: "quota", retryAfterMs: 5 * hours, says: /5 hours/ },
  ],
  ["a used-up quota", { type: "quota" }, { kind: "quota", says: /quota of \w+ is used up/ }],
  ["an overloaded provider", { type: "overloaded" }, { kind: "retry", firstPartSeen: false }],
  ["a failing provider", { type: "server_error" }, { kind: "retry", status: 500 }],
  ["a wrong key", { type: "unauthorized" }, { kind: "no_key", status: 401, says: /_API_KEY/ }],
  ["an unknown model", { type: "unknown_model" }, { kind: "unknown_model", status: 404, says: /does not know/ }],
  ["a wrong address", { type: "status", status: 404, message: "Not Found" }, { kind: "bad_request", status: 404 }],
  // https://platform.openai.com/docs/guides/rate-limits: the header is missing in many gateways.
  [
    "a limit of tokens a minute that passes",
    {
      type: "status",
      status: 429,
      message:
        "Rate limit reached for m on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000. Please try again in 6.2s.",
    },
    { kind: "retry", status: 429, retryAfterMs: 6_200 },
  ],
  [
    "a limit that passes after more than a minute",
    {
      type: "status",
      status: 429,
      message:
        "Rate limit reached for m on requests per day (RPD): Limit 1000, Used 1000, Requested 1. Please try again in 1m26.4s.",
    },
    { kind: "quota", status: 429, retryAfterMs: 86_400, says: /about 2 minutes/ },
  ],
  [
    "a quota that returns soon, in Google's words behind a gateway",
    {
      type: "status",
      status: 429,
      message: "You exceeded your current quota, please check your plan and billing details. Please retry in 26.07s.",
    },
    { kind: "retry", status: 429, retryAfterMs: 26_070 },
  ],
  [
    "a request larger than the limit of a minute",
    {
      type: "status",
      status: 429,
      message:
        "Request too large for m on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced.",
    },
    { kind: "too_long", says: /in a minute/ },
  ],
  // https://docs.anthropic.com/en/api/errors
  [
    "input and output that are too long together",
    {
      type: "status",
      status: 400,
      message:
        "input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000, decrease input length or `max_tokens` and try again",
    },
    { kind: "too_long", outputToo: true },
  ],
  // https://github.com/OpenHands/OpenHands/issues/9937
  [
    "input and output that are too long together for OpenRouter",
    {
      type: "status",
      status: 400,
      message:
        "This endpoint's maximum context length is 131072 tokens. However, you requested about 138956 tokens (7884 of text input, 131072 in the output). Please reduce the length of either one.",
    },
    { kind: "too_long", outputToo: true },
  ],
  // https://github.com/vllm-project/vllm/issues/42474
  [
    "input and output that are too long together for vLLM",
    {
      type: "status",
      status: 400,
      message:
        "This model's maximum context length is 128000 tokens. However, you requested 65535 output tokens and your prompt contains at least 62466 input tokens, for a total of at least 128001 tokens.",
    },
    { kind: "too_long", outputToo: true },
  ],
  // vllm/entrypoints/openai: the check of max_tokens
  [
    "input and output that are too long together for an older vLLM",
    {
      type: "status",
      status: 400,
      message:
        "'max_tokens' is too large: 4096. This model's maximum context length is 8192 tokens and your request has 5000 input tokens (4096 > 8192 - 5000).",
    },
    { kind: "too_long", outputToo: true },
  ],
  [
    "a low credit balance",
    {
      type: "status",
      status: 400,
      message:
        "Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or purchase credits.",
    },
    { kind: "quota", says: /add credit/ },
  ],
  [
    "a content filter",
    {
      type: "status",
      status: 400,
      message: "The response was filtered due to the prompt triggering our content management policy.",
    },
    { kind: "refused", says: /content filter/ },
  ],
  // https://ai.google.dev/gemini-api/docs/troubleshooting
  [
    "a wrong key that is said with status 400",
    { type: "status", status: 400, message: "API key not valid. Please pass a valid API key." },
    { kind: "no_key", status: 400 },
  ],
  ["a conversation that is too long", { type: "too_long" }, { kind: "too_long", status: 400 }],
  ["a body that is too large", { type: "too_large" }, { kind: "too_long", status: 413 }],
  ["a time-out at the provider", { type: "status", status: 408, message: "Timeout" }, { kind: "retry", status: 408 }],
  ["a bad gateway", { type: "status", status: 502, message: "Bad gateway" }, { kind: "retry", status: 502 }],
  [
    "a bad parameter",
    { type: "status", status: 400, message: `max_tokens: wrong, said ${secretKey}` },
    { kind: "bad_request", says: /max_tokens: wrong, said \[redacted\]/ },
  ],
  [
    "a forbidden model",
    { type: "status", status: 403, message: "Not for you" },
    { kind: "no_key", says: /Not for you/ },
  ],
  ["a refusal", { type: "refusal" }, { kind: "refused", firstPartSeen: true, says: /refused to answer/ }],
  ["a socket that closes before an answer", { type: "cut" }, { kind: "retry", firstPartSeen: false }],
  ["a stream cut before its first event", { type: "cut", afterBytes: 5 }, { kind: "retry", firstPartSeen: false }],
  ["a stream cut in the middle", { type: "cut", afterEvents: 4 }, { kind: "retry", firstPartSeen: true }],
  ["a stream that ends without its last events", { type: "no_finish" }, { kind: "retry", firstPartSeen: true }],
  ["an error in the middle of a stream", { type: "error_event" }, { kind: "retry", firstPartSeen: true }],
  ["an error as the first event", { type: "error_event", afterEvents: 0 }, { kind: "retry", firstPartSeen: false }],
];

describe.each(protocols)("%s", (protocol) => {
  const model = modelNames[protocol];

  test.each(cases)("%s", async (_, fault, expected) => {
    const { failure, provider } = await trial(() => ({ text: "Some words.", fault }));
    const error = await failure(requestOf(model));
    expect(error).toMatchObject({ name: "ModelError", kind: expected.kind });
    const { says, kind: _kind, ...details } = expected;
    expect(error.details).toMatchObject(details);
    if (says) expect(error.message).toMatch(says);
    expect(error.message).not.toMatch(/sk-/);
    // The provider packages must not retry: the runtime decides about retries.
    expect(provider.requests).toHaveLength(1);
  });

  test("a rate limit with a date", async () => {
    const at = new Date(Date.now() + 30_000).toUTCString();
    const { failure } = await trial(() => ({ fault: { type: "rate_limit", retryAfter: at } }));
    const error = await failure(requestOf(model));
    expect(error.kind).toBe("retry");
    const waitMs = error.details.retryAfterMs ?? 0;
    expect(waitMs).toBeLessThanOrEqual(30_000);
    // The wait ends at the date, however long the answer took.
    expect(Date.now() + waitMs).toBeGreaterThanOrEqual(Date.parse(at));
  });

  test("is not confused with a script that has no answer", async () => {
    const { failure } = await trial(() => {
      throw new Error("the script is at its end");
    });
    expect((await failure(requestOf(model))).message).toContain("the script is at its end");
  });

  test("a call that is aborted while the stream stands still ends at once, and its socket closes", async () => {
    const { failure, provider, drafts } = await trial(() => ({
      text: "Some words to begin with.",
      fault: { type: "stall", afterEvents: 5 },
    }));
    const abort = new AbortController();
    const failed = failure(requestOf(model), abort.signal);
    while (drafts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error("stopped by a person");
    abort.abort(reason);
    expect(await failed).toBe(reason);
    // Without the abort, the provider would hold the stream open for the whole call.
    expect(await provider.requests[0]?.ended).toBe("closed");
    while (provider.open() > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test("a call that is aborted before the answer begins ends immediately, and its socket closes", async () => {
    const { failure, provider } = await trial(() => ({ text: "late", delayMs: 60_000 }));
    const abort = new AbortController();
    const failed = failure(requestOf(model), abort.signal);
    while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort("no more");
    expect(await failed).toBe("no more");
    expect(await provider.requests[0]?.ended).toBe("closed");
  });

  test("a call with an aborted signal sends nothing", async () => {
    const { failure, provider } = await trial(() => ({ text: "ok" }));
    expect(await failure(requestOf(model), AbortSignal.abort("before"))).toBe("before");
    expect(provider.requests).toHaveLength(0);
  });

  test("an answer that is no stream of the protocol", async () => {
    const { failure } = await trial(() => ({ fault: { type: "status", status: 200, message: "hello" } }));
    expect(await failure(requestOf(model))).toMatchObject({ kind: "retry", details: { firstPartSeen: false } });
  });
});

test("A refused answer reports its usage, so that it is charged", async () => {
  const { failure } = await trial(() => ({
    text: "No.",
    fault: { type: "refusal" },
    usage: { inputTokens: 20, outputTokens: 3 },
  }));
  const error = await failure(requestOf("anthropic/claude-sonnet-4-6"));
  expect(error.details.usage).toMatchObject({ inputTokens: 20, outputTokens: 3 });
});

describe("without a server", () => {
  const signal = new AbortController().signal;
  const ask = (port: ReturnType<typeof createModelPort>, model: string) =>
    port.respond(requestOf(model), { signal, onDraft: () => {} });

  test("a missing key fails before any request", async () => {
    const port = createModelPort({ anthropic: { key: " " } });
    await expect(ask(port, "anthropic/claude-sonnet-5-5")).rejects.toMatchObject({
      kind: "no_key",
      message: expect.stringContaining("ANTHROPIC_API_KEY"),
    });
    await expect(ask(port, "openai/gpt-6-sol")).rejects.toMatchObject({
      kind: "no_key",
      message: expect.stringContaining("OPENAI_API_KEY"),
    });
  });

  test("an unknown provider is a bad request", async () => {
    for (const model of ["nobody/large", "claude", "", "constructor/x"]) {
      await expect(ask(createModelPort({}), model)).rejects.toMatchObject({ kind: "bad_request" });
    }
  });

  test("a port added by the caller serves its own models", async () => {
    const reply = { parts: [], calls: [], usage: {} as never, stopReason: "stop" as const };
    const port = createModelPort({}, { runbook: { respond: async () => reply } });
    expect(await ask(port, "runbook")).toBe(reply);
  });

  test("a refused connection names the address that does not answer", async () => {
    const { provider } = await trial(() => ({ text: "ok" }));
    await provider.close();
    const port = createModelPort({
      ollama: { baseUrl: provider.url },
      anthropic: { key: secretKey, baseUrl: provider.url },
    });
    await expect(ask(port, "ollama/qwen3")).rejects.toMatchObject({
      kind: "retry",
      message: expect.stringMatching(/Ollama does not answer at http:\/\/127\.0\.0\.1:\d+: .*OLLAMA_BASE_URL/),
      details: { firstPartSeen: false },
    });
    await expect(ask(port, "anthropic/claude-sonnet-5-5")).rejects.toMatchObject({
      kind: "retry",
      message: expect.stringMatching(/Anthropic cannot be reached at .*ANTHROPIC_BASE_URL/),
    });
  });

  test("an unusable address is a bad request whose message hides the address", async () => {
    for (const openaiBaseUrl of ["http://name:password@127.0.0.1:9/v1", "file:///password", "password"]) {
      const error = await ask(createModelPort({ openai: { baseUrl: openaiBaseUrl } }), "openai/x").catch(
        (failed: Error) => failed,
      );
      expect(error).toMatchObject({ kind: "bad_request", message: expect.stringContaining("OPENAI_BASE_URL") });
      expect((error as Error).message).not.toMatch(/:password|\/password/);
    }
  });
});

test("a short key, as local servers take it, stays in sentences; a real key is redacted", () => {
  expect(redact("Check the network.", ["k", "", "network"])).toBe("Check the network.");
  expect(redact(`Key ${secretKey} is wrong, and sk-other1234 too.`, [secretKey])).toBe(
    "Key [redacted] is wrong, and [redacted] too.",
  );
});
