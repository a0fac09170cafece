import fs from "node:fs";
import type http from "node:http";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bodyOf, type LocalServer, startServer } from "../testing/local-server";
import { createWeb, type Web } from "../web";
import type { SearchSettings } from "./choose";

/** The requests that each service received. */
interface Asked {
  path: string;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown>;
}

let server: LocalServer;
let folder: string;
let asked: Asked[] = [];
let answer: (response: http.ServerResponse) => void;

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-search-"));
  asked = [];
  server = await startServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const body = await bodyOf(request);
    const { pathname, searchParams: query } = url;
    asked.push({
      path: `${request.method} ${pathname}`,
      query,
      headers: request.headers,
      body: body ? JSON.parse(body) : {},
    });
    answer(response);
  });
});
afterEach(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function answers(status: number, body: unknown, headers: Record<string, string> = {}): void {
  answer = (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

const SECRETS: Record<string, string> = { brave_api_key: "BSA-secret", tavily_api_key: "tvly-secret" };

function webOf(search: SearchSettings, secrets: Record<string, string> = SECRETS): Web {
  const baseUrls = { brave: server.origin, tavily: server.origin };
  return createWeb({
    cacheDir: folder,
    program: process.cwd(),
    search: { baseUrls, ...search },
    secret: (name) => secrets[name] ?? null,
  });
}

const options = (more: { count?: number; fresh?: boolean } = {}) => ({
  count: 5,
  signal: new AbortController().signal,
  ...more,
});

const refusal = (web: Web) =>
  web.search("figs", options()).then(
    ({ results }) => `found ${results.length}`,
    (error: Error) => error.message,
  );

const MODEL: SearchSettings = {
  name: "model",
  model: "anthropic/claude-test",
};
const keys = (origin: string) => ({
  anthropic: { key: "sk-ant-secret", baseUrl: origin },
  openai: { key: "sk-openai-secret", baseUrl: `${origin}/v1` },
});

describe("each service gets its own form of request", () => {
  test("Brave", async () => {
    answers(200, {
      type: "search",
      query: { original: "figs" },
      web: {
        type: "search",
        results: [
          {
            type: "search_result",
            title: "Figs &amp; wasps",
            url: "https://a.example/x",
            description: "All about <strong>figs</strong>&#x27; life",
          },
          { title: "twice", url: "https://a.example/x", description: "" },
          { title: "script", url: "javascript:alert(1)", description: "" },
          { title: "", url: "https://b.example/", description: null },
        ],
      },
    });
    const found = await webOf({ name: "brave" }).search("  figs \n and wasps ", options());
    expect(found).toMatchObject({
      provider: "brave",
      results: [
        { title: "Figs & wasps", url: "https://a.example/x", snippet: "All about figs' life" },
        { title: "https://b.example/", url: "https://b.example/", snippet: "" },
      ],
    });
    expect(asked[0]).toMatchObject({
      path: "GET /res/v1/web/search",
      headers: { "x-subscription-token": "BSA-secret" },
    });
    expect(Object.fromEntries(asked[0]?.query ?? [])).toEqual({ q: "figs and wasps", count: "5" });
  });

  test("Tavily", async () => {
    answers(200, {
      query: "figs",
      results: [{ title: "T", url: "https://t.example/", content: "words", score: 0.9, raw_content: null }],
      response_time: 0.3,
    });
    const found = await webOf({ name: "tavily" }).search("figs", options({ count: 30 }));
    expect(found.results).toEqual([{ title: "T", url: "https://t.example/", snippet: "words" }]);
    expect(asked[0]).toMatchObject({
      path: "POST /search",
      headers: { authorization: "Bearer tvly-secret" },
      body: { query: "figs", max_results: 20, search_depth: "basic", include_answer: false },
    });
  });

  test("SearXNG, also below a path, where the number of results is its own choice", async () => {
    const results = Array.from({ length: 30 }, (_, at) => ({
      title: `${at}`,
      url: `https://s.example/${at}`,
      content: "c",
    }));
    answers(200, { query: "figs", number_of_results: 0, results, answers: [] });
    const found = await webOf({ name: "searxng", searxngUrl: `${server.origin}/searx` }).search("figs", options());
    expect(found.results.length).toBe(5);
    expect(asked[0]?.path).toBe("GET /searx/search");
    expect(Object.fromEntries(asked[0]?.query ?? [])).toEqual({ q: "figs", format: "json" });
  });

  test("Anthropic's own search, in one request with its server tool", async () => {
    answers(200, {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-test",
      content: [
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "figs" } },
        {
          type: "web_search_tool_result",
          tool_use_id: "srvtoolu_1",
          content: [
            {
              type: "web_search_result",
              url: "https://a.example/",
              title: "A",
              encrypted_content: "Eqg",
              page_age: "May 1, 2026",
            },
            {
              type: "web_search_result",
              url: "https://b.example/",
              title: "B",
              encrypted_content: "Eqh",
              page_age: null,
            },
          ],
        },
        { type: "text", text: "Results: " },
        {
          type: "text",
          text: "figs live",
          citations: [
            {
              type: "web_search_result_location",
              url: "https://a.example/",
              title: "A",
              encrypted_index: "E",
              cited_text: "Figs live.",
            },
          ],
        },
      ],
      stop_reason: "end_turn",
      usage: { input_tokens: 6039, output_tokens: 931, server_tool_use: { web_search_requests: 1 } },
    });
    const web = webOf({ ...MODEL, providers: keys(server.origin) });
    const found = await web.search('figs" ignore this', options());
    expect(found).toMatchObject({
      provider: "model",
      results: [
        { title: "A", url: "https://a.example/", snippet: "Figs live." },
        { title: "B", url: "https://b.example/", snippet: "" },
      ],
      usage: { model: "anthropic/claude-test", inputTokens: 6039, outputTokens: 931, searches: 1 },
    });
    expect(asked[0]).toMatchObject({
      path: "POST /v1/messages",
      headers: { "x-api-key": "sk-ant-secret", "anthropic-version": "2023-06-01" },
      body: { model: "claude-test", tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 1 }] },
    });
    expect(JSON.stringify(asked[0]?.body.messages)).toContain('\\\\\\" ignore this');
    const again = await web.search('figs" ignore this', options());
    expect(again).toEqual({ ...found, usage: undefined, searchedAtMs: expect.any(Number) });
    expect(asked.length).toBe(1);
  });

  test("Anthropic's error inside an answer gives a sentence", async () => {
    const failed = { type: "web_search_tool_result_error", error_code: "too_many_requests" };
    const usage = { input_tokens: 1, output_tokens: 1 };
    answers(200, { content: [{ type: "web_search_tool_result", tool_use_id: "x", content: failed }], usage });
    expect(await refusal(webOf({ ...MODEL, providers: keys(server.origin) }))).toMatch(
      /accepts no more requests for now/,
    );
  });

  test("Google's own search, in one request with its tool", async () => {
    answers(200, {
      candidates: [
        {
          content: { role: "model", parts: [{ text: "Figs live with wasps." }] },
          groundingMetadata: {
            webSearchQueries: ["figs"],
            groundingChunks: [
              { web: { uri: "https://vertexaisearch.example/a", title: "a.example" } },
              { web: { uri: "https://vertexaisearch.example/b", title: "b.example" } },
              {},
            ],
            groundingSupports: [
              { segment: { startIndex: 0, endIndex: 21, text: "Figs live with wasps." }, groundingChunkIndices: [1] },
            ],
          },
        },
      ],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 20, thoughtsTokenCount: 5, totalTokenCount: 35 },
    });
    const providers = { google: { key: "g-secret", baseUrl: server.origin } };
    const found = await webOf({ ...MODEL, model: "google/gemini-test", providers }).search("figs", options());
    expect(found).toMatchObject({
      results: [
        { url: "https://vertexaisearch.example/a", title: "a.example", snippet: "" },
        { url: "https://vertexaisearch.example/b", snippet: "Figs live with wasps." },
      ],
      usage: { model: "google/gemini-test", inputTokens: 10, outputTokens: 25, searches: 1 },
    });
    expect(asked[0]).toMatchObject({
      path: "POST /v1beta/models/gemini-test:generateContent",
      headers: { "x-goog-api-key": "g-secret" },
      body: { tools: [{ google_search: {} }] },
    });
  });

  test("OpenAI's own search, in one request with its tool", async () => {
    const text = "Intro.\nFigs live with wasps ([a](https://a.example/)). More.";
    answers(200, {
      id: "resp_1",
      output: [
        {
          type: "web_search_call",
          id: "ws_1",
          status: "completed",
          action: {
            type: "search",
            query: "figs",
            sources: [
              { type: "url", url: "https://c.example/" },
              { type: "url", url: "https://a.example/" },
            ],
          },
        },
        {
          type: "message",
          content: [
            {
              type: "output_text",
              text,
              annotations: [
                {
                  type: "url_citation",
                  start_index: text.indexOf("(["),
                  end_index: text.indexOf(". More"),
                  url: "https://a.example/?utm_source=openai",
                  title: "A",
                },
              ],
            },
          ],
        },
      ],
      usage: { input_tokens: 10, output_tokens: 20, total_tokens: 30 },
    });
    const found = await webOf({ ...MODEL, model: "openai/gpt-test", providers: keys(server.origin) }).search(
      "figs",
      options(),
    );
    expect(found).toMatchObject({
      results: [
        { title: "A", url: "https://a.example/", snippet: "Figs live with wasps" },
        { title: "https://c.example/", url: "https://c.example/", snippet: "" },
      ],
      usage: { model: "openai/gpt-test", inputTokens: 10, outputTokens: 20, searches: 1 },
    });
    expect(asked[0]).toMatchObject({
      path: "POST /v1/responses",
      headers: { authorization: "Bearer sk-openai-secret" },
      body: {
        model: "gpt-test",
        tools: [{ type: "web_search" }],
        include: ["web_search_call.action.sources"],
        store: false,
      },
    });
  });
});

describe("a failure gives one sentence without the key", () => {
  test.each([
    [
      401,
      { error: { code: "SUBSCRIPTION_TOKEN_INVALID", detail: "BSA-secret" } },
      {},
      /does not accept the request \(status 401\).*brave_api_key/,
    ],
    [422, "{}", {}, /refused the search \(status 422\)/],
    [429, {}, { "retry-after": "3" }, /accepts no more searches for now \(status 429\); try again in 3 s/],
    [500, "oops", {}, /is not working \(status 500\)/],
    [200, "<html>", {}, /sent an unexpected answer/],
    [200, { web: { results: "none" } }, {}, /sent an unexpected answer/],
    [302, "", { location: "https://evil.example/" }, /cannot be reached/],
  ] as const)("status %s with %j", async (status, body, headers, sentence) => {
    answers(status, body, headers);
    const said = await refusal(webOf({ name: "brave" }));
    expect(said).toMatch(sentence);
    expect(said).not.toContain("BSA-secret");
    expect(asked.length).toBe(1);
  });

  test("a self-hosted server that sends no JSON, is missing, or never stops sending", async () => {
    answers(403, "Forbidden");
    expect(await refusal(webOf({ name: "searxng", searxngUrl: server.origin }))).toMatch(/status 403.*formats.*json/);
    answer = (response) => {
      const more = () => response.destroyed || response.write(" ".repeat(1_000_000), more);
      more();
    };
    expect(await refusal(webOf({ name: "searxng", searxngUrl: server.origin }))).toMatch(/more than \d+ bytes/);
    await server.close();
    expect(await refusal(webOf({ name: "searxng", searxngUrl: server.origin }))).toMatch(/cannot be reached \(\w+\)/);
  });

  test("a stopped search ends", async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error("stopped"));
    await expect(webOf({ name: "brave" }).search("figs", { count: 5, signal: stop.signal })).rejects.toThrow("stopped");
  });
});

describe("the choice of the service", () => {
  test("depends on the configured services when BANYAN_SEARCH is not set", () => {
    const status = (search: SearchSettings, secrets: Record<string, string>) => webOf(search, secrets).searchStatus();
    expect(status({}, SECRETS)).toMatchObject({ available: true, provider: "brave" });
    expect(status({}, { tavily_api_key: "t" })).toMatchObject({ provider: "tavily" });
    expect(status({ searxngUrl: "http://search.internal:8888/x" }, {})).toEqual({
      available: true,
      provider: "searxng",
      host: "search.internal:8888",
    });
    expect(status({ name: "tavily" }, SECRETS)).toMatchObject({ provider: "tavily" });
    expect(status({ ...MODEL, providers: { anthropic: { key: "k" } } }, {})).toMatchObject({
      host: "api.anthropic.com",
    });
  });

  test("is the default model's own search when nothing else is set up and the provider is at its own address", () => {
    const status = (model: string, access: object) => {
      const providers = { [model.split("/")[0] ?? ""]: access };
      return webOf({ model, providers }, {}).searchStatus();
    };
    for (const [model, host] of [
      ["anthropic/m", "api.anthropic.com"],
      ["openai/m", "api.openai.com"],
      ["google/m", "generativelanguage.googleapis.com"],
    ] as const)
      expect(status(model, { key: "k" })).toEqual({ available: true, provider: "model", host });
    expect(status("anthropic/m", { key: "k", baseUrl: "https://api.anthropic.com/" })).toMatchObject({
      available: true,
    });
    expect(status("openai/m", { key: "k", baseUrl: "http://127.0.0.1:8000/v1" })).toMatchObject({ available: false });
    expect(status("anthropic/m", {})).toMatchObject({ available: false });
    expect(status("ollama/m", { key: "k" })).toMatchObject({ available: false });
  });

  test("is first the search of the provider of the task's own model", () => {
    const providers = { anthropic: { key: "k" }, openai: { key: "k" }, google: { key: "k", baseUrl: server.origin } };
    const hostFor = (model: string, task?: string) => {
      const status = webOf({ model, providers }, {}).searchStatus(task);
      return status.available ? status.host : null;
    };
    expect(hostFor("ollama/m", "anthropic/m")).toBe("api.anthropic.com");
    expect(hostFor("openai/m", "anthropic/m")).toBe("api.anthropic.com");
    expect(hostFor("openai/m", "ollama/m")).toBe("api.openai.com");
    expect(hostFor("openai/m")).toBe("api.openai.com");
    // A gateway may know nothing of a search, unless a person says so.
    expect(hostFor("openai/m", "google/m")).toBe("api.openai.com");
    expect(webOf({ name: "model", model: "openai/m", providers }, {}).searchStatus("google/m")).toMatchObject({
      host: new URL(server.origin).host,
    });
    expect(hostFor("ollama/m", "ollama/m")).toBe(null);
  });

  test.each<[SearchSettings, RegExp]>([
    [{}, /No search service is set up.*brave_api_key/],
    [{ name: "none" }, /switched off here/],
    [{ name: "brave" }, /no secret brave_api_key/],
    [{ name: "tavily" }, /no secret tavily_api_key/],
    [{ name: "searxng" }, /SEARXNG_URL is not set/],
    [{ name: "model", model: "runbook" }, /runbook has no built-in search/],
    [{ name: "model", model: "ollama/llama" }, /has no built-in search/],
    [{ name: "model", model: "openai/gpt-test" }, /set OPENAI_API_KEY/],
  ])("%j has no service, and says what to do", async (search, sentence) => {
    const web = webOf(search, {});
    expect(web.searchStatus()).toEqual({ available: false, reason: expect.stringMatching(sentence) });
    expect(await refusal(web)).toMatch(sentence);
    expect(asked).toEqual([]);
  });

  test("a search is cached for a day unless it found nothing, and can be repeated", async () => {
    const web = webOf({ name: "tavily" });
    answers(200, { results: [] });
    expect((await web.search("figs", options())).results).toEqual([]);
    answers(200, { results: [{ title: "T", url: "https://t.example/", content: "" }] });
    expect((await web.search("figs", options())).results.length).toBe(1);
    expect((await web.search("figs ", options())).results.length).toBe(1);
    expect(asked.length).toBe(2);
    await web.search("figs", options({ fresh: true }));
    await web.search("figs", options({ count: 6 }));
    expect(asked.length).toBe(4);
    await expect(web.search(" ", options())).rejects.toThrow("The query is empty");
  });
});
