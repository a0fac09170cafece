/** E5: What a program in a sandbox may try against the gateway. Nothing of it reaches the provider. */
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { createModelGateway, type Door, type ModelGateway } from "./gateway";
import { ask, KEY_HEADERS, MODELS, type NotedBudget, notedBudget, REQUESTS } from "./testing";

const KEY = "the-real-key-of-the-account";

let provider: ScriptedProvider;
let gateway: ModelGateway;
let door: Door;
let budget: NotedBudget;
let faults: string[];

beforeEach(async () => {
  provider = await startScriptedProvider(() => ({ text: "Hello.", usage: { inputTokens: 10, outputTokens: 2 } }));
  const { url } = provider;
  faults = [];
  gateway = createModelGateway({
    access: () => ({
      anthropic: { key: KEY, baseUrl: url },
      openai: { key: KEY, baseUrl: `${url}/v1` },
      google: { key: KEY, baseUrl: url },
    }),
    report: (message, error) => void faults.push(`${message} ${error}`),
  });
  budget = notedBudget(MODELS);
  door = await gateway.open({ budget, onActivity: () => {} });
});

afterEach(async () => {
  expect(faults).toEqual([]);
  await gateway.close();
  await provider.close();
});

/** Sends bytes as they are, and returns the answer's bytes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(door.url).port) });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => {}).on("close", () => resolve(answer));
    socket.write(bytes);
  });
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const all = {
    host: "127.0.0.1",
    connection: "close",
    "content-length": Buffer.byteLength(text),
    "x-api-key": door.token,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`POST ${path} HTTP/1.1`, ...lines, "", text].join("\r\n");
}

const { path: MESSAGES, body: BODY } = REQUESTS.anthropic("Hello", false);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

test("no token, a wrong one, the real key, or two different ones", async () => {
  const good = KEY_HEADERS.anthropic(door.token);
  const tries: Record<string, string>[] = [
    {},
    { "x-api-key": "" },
    { "x-api-key": KEY },
    { authorization: `Basic ${door.token}` },
    { ...good, authorization: "Bearer other" },
  ];
  for (const headers of tries) {
    const answer = await fetch(`${door.url}${MESSAGES}`, { method: "POST", headers, body: JSON.stringify(BODY) });
    expect([headers, answer.status]).toEqual([headers, 401]);
  }
  const twice = post(MESSAGES, BODY).replace("\r\n\r\n", `\r\nx-api-key: other\r\n\r\n`);
  expect(statusOf(await raw(twice))).toBe(401);
  expect(provider.requests).toEqual([]);
});

test.each([
  "/",
  "/v1",
  "/v1/messages/",
  "/v1//messages",
  "/v1/../v1/messages",
  "/v1/messages%2e",
  "/v1/messages/batches",
  "/v1/files",
  "/v1/embeddings",
  "/v1/images/generations",
  "/v1/responses/resp_1",
  "/v1/chat/completions/x",
  "http://169.254.169.254/v1/messages",
  "//evil.test/v1/messages",
  "/v1/messages#",
  "/v1/models",
  "/__proto__",
  "/v1beta/models/gemini-2.5-flash:embedContent",
  "/v1beta/models/..%2f..%2fv1:generateContent",
  "/v1beta/models/a/b:generateContent",
  "/v1beta/models/../x:generateContent",
  "/v1beta/tunedModels/x:generateContent",
  "/v1beta/models/gemini-2.5-flash:streamGenerateContent",
])("there is nothing at %s", async (path) => {
  expect(statusOf(await raw(post(path, BODY)))).toBe(404);
  expect([provider.requests, budget.wanted]).toEqual([[], []]);
});

test("other methods find nothing", async () => {
  for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
    const answer = await fetch(`${door.url}${MESSAGES}`, { method, headers: KEY_HEADERS.anthropic(door.token) });
    expect([method, answer.status]).toEqual([method, 404]);
  }
});

test("headers of the agent do not reach the provider, except for the version and harmless betas", async () => {
  const answer = await raw(
    post(MESSAGES, BODY, {
      host: "evil.test",
      cookie: "a=b",
      "x-forwarded-for": "1.2.3.4",
      "x-goog-user-project": "other",
      "openai-organization": "other",
      "anthropic-version": "2023-06-01, x",
      "content-type": "text/plain",
      "anthropic-beta":
        "interleaved-thinking-2025-05-14, context-1m-2025-08-07,mcp-client-2025-04-04, fast-mode-2026-01-01",
    }),
  );
  expect(statusOf(answer)).toBe(200);
  const headers = provider.requests[0]?.headers ?? {};
  expect(headers).toMatchObject({
    "x-api-key": KEY,
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
    host: new URL(provider.url).host,
    "anthropic-beta": "interleaved-thinking-2025-05-14",
  });
  for (const name of ["cookie", "x-forwarded-for", "x-goog-user-project", "openai-organization", "authorization"])
    expect(headers).not.toHaveProperty(name);
});

test("a request that two readers would read differently is sent as the gateway read it", async () => {
  const twice = JSON.stringify(BODY).replace("{", '{"model":"claude-opus-4-6","max_tokens":100000,');
  expect(statusOf(await raw(post(MESSAGES, twice)))).toBe(200);
  expect(provider.requests[0]?.rawBody.match(/"model"/g)).toHaveLength(1);
  expect(provider.requests[0]?.body).toMatchObject({ model: "claude-sonnet-4-6", max_tokens: 500 });
  const both = post(MESSAGES, BODY, { "transfer-encoding": "chunked" });
  expect(statusOf(await raw(both))).toBe(400);
  expect(provider.requests).toHaveLength(1);
});

test("models that the task may not use", async () => {
  const { url, token } = door;
  for (const model of [
    "claude-opus-4-6",
    "gpt-5-nano",
    "openai/gpt-5-nano",
    "__proto__",
    "../x",
    "a\r\nb",
    7,
    null,
    undefined,
  ]) {
    const answer = await ask({ url, token }, "anthropic", { more: { model } });
    expect([model, answer.status]).toEqual([model, 403]);
    expect((await answer.json()).error.message).toMatch(
      /^This task may not use .+\. It may use claude-sonnet-4-6, gpt-5-nano, gemini-2\.5-flash\.$/,
    );
  }
  // A model of Anthropic's in another form would go to another provider.
  expect((await ask(door, "openai", { more: { model: "claude-sonnet-4-6" } })).status).toBe(403);
  expect([provider.requests, budget.wanted]).toEqual([[], []]);
});

test("bodies that are too large, no JSON, or no object", async () => {
  const announced = post(MESSAGES, "", { "content-length": "32000001" });
  expect(statusOf(await raw(announced))).toBe(413);
  const chunk = `100000\r\n${" ".repeat(0x100000)}\r\n`;
  const { "content-length": _, ...headers } = { host: "x", "x-api-key": door.token, "content-length": "" };
  const lines = Object.entries({ ...headers, "transfer-encoding": "chunked" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const streamed = await raw([`POST ${MESSAGES} HTTP/1.1`, ...lines, "", chunk.repeat(40)].join("\r\n"));
  expect([413, Number.NaN]).toContain(statusOf(streamed));
  for (const body of ["", "{", "[]", "null", '"x"', "1"]) expect(statusOf(await raw(post(MESSAGES, body)))).toBe(400);
  expect([provider.requests, budget.wanted]).toEqual([[], []]);
});

test("connections without a request take nothing from those with a token", async () => {
  const port = Number(new URL(door.url).port);
  const idle = Array.from({ length: 100 }, () => connect({ host: "127.0.0.1", port }).on("error", () => {}));
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  expect((await ask(door, "anthropic")).status).toBe(200);
  for (const socket of idle) socket.destroy();
});

test("many large bodies at once do not fill the memory", async () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  budget.admit = async () => {
    await opened;
    return { refusal: { code: "spent", why: "The grant is too small." } };
  };
  const large = { messages: [{ role: "user", content: "x".repeat(15_000_000) }] };
  const became = Array.from({ length: 6 }, () =>
    ask(door, "anthropic", { more: large }).then(
      ({ status }) => status,
      () => "closed",
    ),
  );
  expect([429, "closed"]).toContain(await Promise.race(became));
  open();
  await Promise.all(became);
  // What was held is free again.
  expect((await ask(door, "anthropic", { more: large })).status).toBe(402);
});

test.each([
  ["anthropic", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
  ["anthropic", { tools: [{ type: "code_execution_20250825", name: "run" }] }],
  ["anthropic", { mcp_servers: [{ type: "url", url: "https://evil.test", name: "x" }] }],
  ["anthropic", { container: "container_1" }],
  [
    "anthropic",
    { messages: [{ role: "user", content: [{ type: "document", source: { type: "file", file_id: "f" } }] }] },
  ],
  ["responses", { tools: [{ type: "web_search" }] }],
  ["responses", { tools: [{ type: "mcp", server_label: "x", server_url: "https://evil.test" }] }],
  ["responses", { previous_response_id: "resp_1" }],
  ["responses", { conversation: "conv_1" }],
  ["responses", { prompt: { id: "p" } }],
  ["responses", { background: true }],
  ["responses", { input: [{ role: "user", content: [{ type: "input_file", file_id: "f" }] }] }],
  ["responses", { input: [{ type: "item_reference", id: "msg_1" }] }],
  ["openai", { n: 2 }],
  ["openai", { tools: [{ type: "web_search" }] }],
  ["openai", { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] }],
  ["google", { tools: [{ googleSearch: {} }] }],
  ["google", { tools: [{ google_search: {} }] }],
  ["google", { tools: { url_context: {} } }],
  ["google", { cached_content: "cachedContents/1" }],
  ["google", { generation_config: { candidate_count: 4 } }],
  ["google", { contents: [{ role: "user", parts: [{ file_data: { file_uri: "https://x.test/f" } }] }] }],
  ["google", { contents: { parts: { fileData: { fileUri: "https://x.test/f" } } } }],
] as const)(
  "%s: what costs more than tokens, leaves the sandbox, or belongs to the account is refused: %j",
  async (form, more) => {
    const answer = await ask(door, form, { more });
    expect([answer.status, provider.requests, budget.wanted]).toEqual([400, [], []]);
    expect((await answer.json()).error.message).toMatch(/^The gateway passes? on |^The gateway does not pass on /);
  },
);

test.each([
  [
    "anthropic",
    {
      service_tier: "priority",
      speed: "fast",
      inference_geo: "us",
      context_management: { edits: [{ type: "compact_20260112" }] },
    },
  ],
  ["responses", { service_tier: "priority", store: true, max_tool_calls: 9 }],
  [
    "openai",
    {
      service_tier: "priority",
      prediction: { type: "content", content: "x" },
      web_search_options: {},
      modalities: ["audio"],
    },
  ],
  [
    "google",
    { service_tier: "priority", generationConfig: { response_modalities: ["IMAGE"], max_output_tokens: 500 } },
  ],
] as const)("%s: fields that raise the price do not pass: %j", async (form, more) => {
  expect((await ask(door, form, { more })).status).toBe(200);
  expect(provider.requests[0]?.rawBody).not.toMatch(
    /priority|fast|"us"|compact_|"store":true|prediction|web_search|audio|IMAGE|max_tool_calls/,
  );
  expect(provider.requests[0]?.rawBody).toMatch(/"(?:max_\w*tokens|maxOutputTokens)":500\b/);
});

test("the cache of an hour, which costs more, becomes the usual one", async () => {
  const cache_control = { type: "ephemeral", ttl: "1h" };
  const content = [{ type: "text", text: "Hello", cache_control }];
  await ask(door, "anthropic", { more: { system: content, messages: [{ role: "user", content }] } });
  expect(provider.requests[0]?.rawBody.match(/"cache_control":\{"type":"ephemeral"\}/g)).toHaveLength(2);
});

test("content behind an address may fill the whole context, and an image in the body costs more than its bytes", async () => {
  const block = (source: unknown, type = "image") => ({ messages: [{ role: "user", content: [{ type, source }] }] });
  await ask(door, "anthropic", { more: block({ type: "url", url: "https://x.test/a.png" }) });
  await ask(door, "anthropic", {
    more: block({ type: "base64", media_type: "application/pdf", data: "AAAA" }, "document"),
  });
  await ask(door, "anthropic", { more: block({ type: "base64", media_type: "image/png", data: "AAAA" }) });
  const [address, document, image] = budget.wanted.map(({ inputTokens }) => inputTokens);
  expect([address, document]).toEqual([null, null]);
  expect(image).toBeGreaterThan(8_192);
});

test("the models are those of the task, and counting tokens asks nobody", async () => {
  const headers = KEY_HEADERS.anthropic(door.token);
  const models = await (await fetch(`${door.url}/v1/models`, { headers })).json();
  expect(models.data.map(({ id }: { id: string }) => id)).toEqual([
    "claude-sonnet-4-6",
    "gpt-5-nano",
    "gemini-2.5-flash",
  ]);
  const body = JSON.stringify({ model: "claude-sonnet-4-6", messages: [{ role: "user", content: "x".repeat(4_000) }] });
  const counted = await fetch(`${door.url}/v1/messages/count_tokens`, { method: "POST", headers, body });
  expect((await counted.json()).input_tokens).toBeGreaterThan(1_000);
  expect([provider.requests, budget.wanted]).toEqual([[], []]);
});

test("a redirect of the provider is not followed, so the key goes nowhere else", async () => {
  const other = await startScriptedProvider(() => ({ text: "Caught." }));
  await gateway.close();
  await provider.close();
  provider = await startScriptedProvider(() => ({
    fault: { type: "status", status: 307, message: "moved", headers: { location: `${other.url}/v1/messages` } },
  }));
  gateway = createModelGateway({
    access: () => ({ anthropic: { key: KEY, baseUrl: provider.url } }),
    report: () => {},
  });
  door = await gateway.open({ budget, onActivity: () => {} });
  expect((await ask(door, "anthropic")).status).toBe(502);
  expect(other.requests).toEqual([]);
  await other.close();
});
