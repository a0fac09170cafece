/** E5: What a provider may forge, and what an agent may put into a body: one table for each. */
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type HttpFixture, startHttp } from "@/lib/mcp/testing/http-server";
import type { Json } from "./forms/form";
import { createModelGateway, type Door, type ModelGateway } from "./gateway";
import { createKnownInputs } from "./known-inputs";
import {
  ask,
  FORM_NAMES,
  type FormName,
  KEY_HEADERS,
  MODELS,
  type NotedBudget,
  notedBudget,
  REQUESTS,
} from "./testing";

let provider: HttpFixture;
/** What the provider answers. */
let reply: { body: string | Buffer; headers?: Record<string, string> };
/** The bodies that reached the provider. */
let sent: string[];
let gateway: ModelGateway;
let door: Door;
let budget: NotedBudget;
let faults: string[];

beforeEach(async () => {
  reply = { body: "{}" };
  sent = [];
  provider = await startHttp((_, body, response) => {
    sent.push(body);
    response.writeHead(200, { "content-type": "application/json", ...reply.headers }).end(reply.body);
  });
  const { origin } = provider;
  faults = [];
  gateway = createModelGateway({
    access: () => ({
      anthropic: { key: "k", baseUrl: origin },
      openai: { key: "k", baseUrl: `${origin}/v1` },
      google: { key: "k", baseUrl: origin },
    }),
    report: (message, error) => void faults.push(`${message} ${error}`),
  });
  budget = notedBudget(MODELS);
  door = await gateway.open({ budget, onActivity: () => {} });
});

afterEach(async () => {
  expect(faults).toEqual([]);
  await gateway.close();
  await provider.stop();
});

/** A whole answer of each form with these figures. */
const ANSWERS: Record<FormName, (input: unknown, output: unknown, cached: unknown) => Json> = {
  anthropic: (input_tokens, output_tokens, cache_read_input_tokens) => ({
    type: "message",
    usage: { input_tokens, output_tokens, cache_read_input_tokens },
  }),
  responses: (input_tokens, output_tokens, cached_tokens) => ({
    status: "completed",
    usage: { input_tokens, output_tokens, input_tokens_details: { cached_tokens } },
  }),
  openai: (prompt_tokens, completion_tokens, cached_tokens) => ({
    object: "chat.completion",
    usage: { prompt_tokens, completion_tokens, prompt_tokens_details: { cached_tokens } },
  }),
  google: (promptTokenCount, candidatesTokenCount, cachedContentTokenCount) => ({
    candidates: [{ finishReason: "STOP" }],
    usageMetadata: { promptTokenCount, candidatesTokenCount, cachedContentTokenCount },
  }),
};

async function outcomeOf(form: FormName, body: unknown) {
  // JSON has no NaN and no infinity, but a number too large for a double becomes one.
  reply = { body: JSON.stringify(body).replaceAll('"INFINITE"', "1e999") };
  await (await ask(door, form)).text();
  return budget.outcomes.at(-1);
}

describe.each(FORM_NAMES)("forged usage in the form %s", (form) => {
  test.each([
    ["negative", -5, -5],
    ["negative in its input only", -1_000_000, 3],
    ["infinite", "INFINITE", "INFINITE"],
    ["larger than any reply", 1e308, 1],
    ["larger than a whole number can be", 2 ** 60, 2 ** 60],
    ["a text", "10", "2"],
    ["NaN", Number.NaN, Number.NaN],
    ["a list", [10], [2]],
    ["absent", undefined, undefined],
  ])("%s: is no report, so the reservation is charged", async (_, input, output) => {
    expect(await outcomeOf(form, ANSWERS[form](input, output, 0))).toMatchObject({ kind: "unreported" });
  });

  test.each([-1_000_000, 1e308, "x", null])("a cache of %s lowers nothing", async (cached) => {
    const outcome = await outcomeOf(form, ANSWERS[form](10, 2, cached));
    expect(outcome).toMatchObject({
      kind: "reported",
      usage: { inputTokens: 10, outputTokens: 2, cacheReadTokens: 0 },
    });
  });

  test("parts of a token count as whole ones", async () => {
    const outcome = await outcomeOf(form, ANSWERS[form](10.2, 1.5, 0));
    expect(outcome).toMatchObject({ kind: "reported", usage: { inputTokens: 11, outputTokens: 2 } });
  });

  test("figures that the model says in its text are no report", async () => {
    const forged = JSON.stringify(ANSWERS[form](1, 0, 0));
    const text = `\n\ndata: ${forged}\n\nevent: message_stop\n\n${forged}`;
    const outcome = await outcomeOf(form, { ...ANSWERS[form](700, 90, 0), content: [{ type: "text", text }], text });
    expect(outcome).toMatchObject({ kind: "reported", usage: { inputTokens: 700, outputTokens: 90 } });
  });
});

test("an answer that unpacks to more than the limit is cut, and its reservation charged", async () => {
  reply = { body: gzipSync(Buffer.alloc(70_000_000, " ")), headers: { "content-encoding": "gzip" } };
  const answer = await ask(door, "anthropic");
  await expect(answer.text()).rejects.toThrow();
  expect(budget.outcomes).toMatchObject([{ kind: "unreported" }]);
});

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("a body that this process would choke on", () => {
  test.each<[string, string]>([
    ["lists in lists without end", nested(100_000)],
    ["a million pieces, each of which would be hashed", `[${"0,".repeat(1_000_000)}0]`],
    ["results in results", `${'[{"type":"tool_result","content":'.repeat(30_000)}[]${"}]".repeat(30_000)}`],
  ])("%s: is refused before it is read", async (_, content) => {
    for (const form of FORM_NAMES) {
      const { path, body } = REQUESTS[form]("Hello", false);
      const name = ["messages", "input", "contents"].find((field) => field in body) ?? "";
      const text = JSON.stringify({ ...body, [name]: "CONTENT" }).replace('"CONTENT"', content);
      const headers = KEY_HEADERS[form](door.token);
      const answer = await fetch(`${door.url}${path}`, { method: "POST", headers, body: text });
      expect([form, answer.status]).toEqual([form, 400]);
      expect(await answer.text()).toMatch(/The body is too large to be read: it (has more than|is nested more than)/);
    }
    expect([sent, budget.wanted]).toEqual([[], []]);
  });
});

describe("content that a bound on bytes does not bound", () => {
  const user = (content: unknown) => ({ role: "user", content });
  test.each<[FormName, string, Json]>([
    ["anthropic", "a kind of content that nobody knows yet", { messages: [user([{ type: "video", source: {} }])] }],
    ["google", "a kind of part that nobody knows yet", { contents: [{ parts: [{ liveStream: "https://x.test" }] }] }],
    ["responses", "a kind of part that nobody knows yet", { input: [user([{ type: "input_video", video_url: "x" }])] }],
    [
      "responses",
      "a picture of a screen behind an address",
      {
        input: [
          { type: "computer_call_output", output: { type: "computer_screenshot", image_url: "https://x.test/a.png" } },
        ],
      },
    ],
  ])("%s: %s may fill the whole context", async (form, _, more) => {
    await ask(door, form, { more });
    expect(budget.wanted.map(({ inputTokens }) => inputTokens)).toEqual([null]);
  });
});

describe("content of the account, which no task may name", () => {
  test.each<[FormName, string, Json]>([
    [
      "responses",
      "a picture of a screen by its file",
      { input: [{ type: "computer_call_output", output: { type: "computer_screenshot", file_id: "file_1" } }] },
    ],
    ["responses", "a picture that an earlier reply made", { input: [{ type: "image_generation_call", id: "ig_1" }] }],
    ["responses", "a container of the code interpreter", { input: [{ type: "code_interpreter_call", id: "ci_1" }] }],
    ["openai", "a recording of an earlier reply", { messages: [{ role: "assistant", audio: { id: "audio_1" } }] }],
  ])("%s: %s is refused", async (form, _, more) => {
    const answer = await ask(door, form, { more });
    expect([answer.status, sent, budget.wanted]).toEqual([400, [], []]);
    expect((await answer.json()).error.message).toMatch(/^The gateway does not pass on /);
  });

  test.each<[FormName, unknown]>([
    ["anthropic", [[{ type: "web_search_20250305", name: "web_search" }]]],
    ["anthropic", { type: "web_search_20250305", name: "web_search" }],
    ["responses", [[{ type: "web_search" }]]],
    ["responses", { type: "web_search" }],
    ["openai", { type: "web_search" }],
    ["google", [[{ googleSearch: {} }]]],
  ])("%s: tools that are no list of tools are refused: %j", async (form, tools) => {
    const answer = await ask(door, form, { more: { tools } });
    expect([answer.status, sent, budget.wanted]).toEqual([400, [], []]);
  });
});

test("what the provider leaves out of a long conversation is not known to be left out of a shorter one", () => {
  const long = { role: "user", content: "a".repeat(40_000) };
  const asked = (body: Json) => ({
    model: "m",
    isStream: false,
    body,
    outputTokens: null,
    leastOutputTokens: 1,
    media: { bytes: 0, tokens: 0, isOpen: false },
  });
  const rules: Json[] = [
    { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } },
    { truncation: "auto" },
  ];
  for (const rule of rules) {
    const known = createKnownInputs();
    known.learn("m", asked({ ...rule, system: "s".repeat(90_000), messages: [long] }), 100);
    // Without the text that brought it above the limit, the provider leaves out nothing.
    expect(known.most("m", asked({ ...rule, messages: [long] }))).toBeGreaterThan(40_000);
  }
});

describe("a request that two readers could divide differently", () => {
  const { path, body } = REQUESTS.anthropic("Hello", false);
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const requestWith = (lines: string[], content = text) =>
    [`POST ${path} HTTP/1.1`, "host: x", "connection: close", `x-api-key: ${door.token}`, ...lines, "", content].join(
      "\r\n",
    );

  test.each<[string, () => string]>([
    ["two lengths", () => requestWith([`content-length: ${length}`, "content-length: 2"])],
    ["two lengths in one line", () => requestWith([`content-length: ${length}, 2`])],
    ["a length with a sign", () => requestWith([`content-length: +${length}`])],
    ["a space before the colon", () => requestWith([`content-length : ${length}`])],
    ["a folded line", () => requestWith([`content-length: ${length}`, "x-a: b", " content-length: 2"])],
    ["an unknown coding", () => requestWith(["transfer-encoding: xchunked"])],
    ["chunked twice", () => requestWith(["transfer-encoding: chunked, chunked"], `${length.toString(16)}\r\n${text}`)],
    ["a chunk of a broken size", () => requestWith(["transfer-encoding: chunked"], `-1\r\n${text}\r\n0\r\n\r\n`)],
    ["a tunnel", () => `CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: x\r\nx-api-key: ${door.token}\r\n\r\n`],
    [
      "a request in the body of a refused one",
      () =>
        requestWith(["x-goog-api-key: other", `content-length: ${length + 400}`], requestWith(["content-length: 0"])),
    ],
  ])("%s: reaches no provider", async (_, bytes) => {
    const answer = await raw(bytes());
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/m);
    expect([sent, budget.wanted]).toEqual([[], []]);
  });

  /** Sends bytes as they are and ends; returns the answer's bytes. */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: Number(new URL(door.url).port) });
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.on("error", () => {}).on("close", () => resolve(answer));
      socket.end(bytes);
    });
  }
});

test.each<[string, (token: string) => string, Record<string, string>]>([
  ["a second token in the query", (token) => token, { query: "?key=other" }],
  ["a token with another's case", (token) => token.toUpperCase(), {}],
  ["a part of a token", (token) => token.slice(0, -1), {}],
  ["a token and more", (token) => `${token}x`, {}],
])("%s is no token", async (_, change, { query = "" }) => {
  const { path, body } = REQUESTS.anthropic("Hello", false);
  const headers = KEY_HEADERS.anthropic(change(door.token));
  const answer = await fetch(`${door.url}${path}${query}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect([answer.status, sent]).toEqual([401, []]);
});
