import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { createCallCosts } from "./call-costs";
import { CHECKED_AT } from "./known/table";
import { createKnownModels, type KnownModels } from "./known-models";
import { listedModel } from "./listed-model";
import { createModelLists } from "./model-lists";
import { parseModel } from "./model-name";
import { createOwnModels } from "./own-models";
import { PROVIDER_NAMES, PROVIDERS, type ProviderSettings } from "./providers/table";

const DAY_MS = 24 * 3_600_000;
const usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

function know({ access = {} as ProviderSettings, at = CHECKED_AT, dataDir = folder() } = {}) {
  let nowMs = Date.parse(at);
  const now = () => nowMs;
  const lists = createModelLists(dataDir, now);
  onTestFinished(() => lists.close());
  const known = createKnownModels({ own: createOwnModels(dataDir), lists, access: () => access, now });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { known, dataDir, pass };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "banyan-models-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A provider's list, which the test may change or take away (null: the provider is not well). */
async function listing(rows: Record<string, unknown>[]) {
  const state: { rows: Record<string, unknown>[] | null; asked: number } = { rows, asked: 0 };
  const server = createServer((_, response) => {
    state.asked += 1;
    response.writeHead(state.rows ? 200 : 503).end(JSON.stringify({ data: state.rows }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const costOf = (known: KnownModels) => createCallCosts(known.pricesOf);

test("A call costs its fresh, cached and written tokens", () => {
  const { known } = know();
  const call = { inputTokens: 10_000, cacheReadTokens: 6_000, cacheWriteTokens: 1_000, outputTokens: 500 };
  // 3,000 × $3 + 6,000 × $0.30 + 1,000 × $3.75 + 500 × $15, per million.
  expect(costOf(known)("anthropic/claude-sonnet-4-6", call)).toBe(9_000 + 1_800 + 3_750 + 7_500);
});

test("Fractions of a micro-dollar are rounded up, and an empty call is free", () => {
  const { known } = know();
  const cost = (inputTokens: number) => costOf(known)("openai/gpt-5-nano", { ...usage, inputTokens });
  expect([1, 20, 21, 0].map(cost)).toEqual([1, 1, 2, 0]);
});

test("Long requests have their own prices, and sums beyond exact floating point are exact", () => {
  const { known } = know();
  const cost = (inputTokens: number) => costOf(known)("anthropic/claude-haiku-5-5", { ...usage, inputTokens });
  expect([cost(100_000), cost(200_000)]).toEqual([10_000, 100_000]);
  const long = { ...usage, outputTokens: 999_999_999_999 };
  expect(costOf(known)("anthropic/claude-fable-5", long)).toBe(49_999_999_999_950);
});

test("Snapshots cost what their model costs; other endings name other models; local models and runbooks are free", () => {
  const { known } = know();
  const cost = (model: string) => costOf(known)(model, { ...usage, outputTokens: 1_000_000 });
  expect(cost("anthropic/claude-opus-4-5-20251101")).toBe(25_000_000);
  expect(cost("openai/gpt-4o-2024-08-06")).toBe(10_000_000);
  const unknown = ["openai/gpt-5-unheard-of", "openai/qwen3", "anthropic/claude", "mistral/large", "constructor"];
  expect(unknown.map(cost)).toEqual(unknown.map(() => null));
  expect(["ollama/qwen3:8b", "runbook", "runbook/survey"].map(cost)).toEqual([0, 0, 0]);
});

test("A model's name is split at its first slash", () => {
  expect(parseModel("openai/meta/llama-3")).toEqual({ provider: "openai", model: "meta/llama-3" });
  expect(parseModel("runbook")).toEqual({ provider: "runbook", model: "" });
  expect(["", "gpt-5", "openai/", "/x", "openai/a b"].map(parseModel)).toEqual([null, null, null, null, null]);
});

test("Without a list the table counts, and a model of which nothing is known gets small limits", () => {
  const { known } = know();
  expect(known.limitsOf("anthropic/claude-opus-5-5")).toEqual({
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    reads: ["image", "pdf"],
  });
  expect(known.limitsOf("openai/qwen3")).toEqual({
    contextTokens: 32_768,
    maxOutputTokens: 4_096,
    reads: [],
    isAssumed: true,
  });
  expect(known.standingOf("openai/qwen3").sentence).toBe(
    "The limits and the price of openai/qwen3 are not known, so Banyan assumes 32,768 tokens of context and 4,096 of output. Set them with `npx banyan models set openai/qwen3`.",
  );
  expect(known.standingOf("ollama/qwen3").kind).toBe("current");
});

test("The limits and the price that a person set win, from the next call on and in every process", () => {
  const { known, dataDir } = know();
  known.own.set("openai/qwen3", { limit: { context: 262_144 }, cost: { input: 0.3, output: 1.2, cache_read: 0.03 } });
  expect(known.limitsOf("openai/qwen3")).toMatchObject({ contextTokens: 262_144, maxOutputTokens: 16_384 });
  const call = { inputTokens: 1_000_000, cacheReadTokens: 500_000, cacheWriteTokens: 0, outputTokens: 1_000_000 };
  expect(costOf(known)("openai/qwen3", call)).toBe(150_000 + 15_000 + 1_200_000);
  known.own.set("anthropic/claude-opus-5-5", { limit: { context: 100_000, output: 50_000 } });
  expect(known.limitsOf("anthropic/claude-opus-5-5")).toMatchObject({
    contextTokens: 100_000,
    maxOutputTokens: 50_000,
  });
  known.own.set("ollama/qwen3", { cost: { input: 1, output: 1 } });
  const other = know({ dataDir }).known;
  expect(costOf(other)("ollama/qwen3", { ...usage, outputTokens: 1 })).toBe(1);
  known.own.set("openai/qwen3", null);
  expect(other.priceOf("openai/qwen3")).toBeNull();
  expect(JSON.parse(readFileSync(join(dataDir, "models.json"), "utf8"))).not.toHaveProperty("openai/qwen3");
});

test("A value that cannot be is said in one sentence, and the last good settings stay in use", () => {
  const { known, dataDir } = know();
  const write = (value: unknown) =>
    writeFileSync(join(dataDir, "models.json"), typeof value === "string" ? value : JSON.stringify(value));
  const model = "openai/qwen3";
  known.own.set(model, { limit: { context: 64_000 } });
  for (const [value, said] of [
    ["{", "this is not JSON"],
    [[], "the file must be one JSON object, with a field for each model."],
    [{ qwen3: {} }, "“qwen3” is not the name of a model: write anthropic/…"],
    [{ [model]: { limit: { context: "lots" } } }, `${model}: limit.context must be a whole number of tokens from 1000`],
    [{ [model]: { limit: { context: 8_000, output: 9_000 } } }, `${model}: limit.output must be less than context`],
    [{ [model]: { cost: { input: 1 } } }, `${model}: cost.output must be US dollars per million tokens, from 0`],
    [{ [model]: { cost: { input: -1, output: 1 } } }, `${model}: cost.input must be US dollars`],
    [{ [model]: { context: 8_000 } }, `${model} has the unknown field “context”: use limit (context, output), cost`],
    [{ [model]: 8_000 }, `${model} must be an object.`],
  ] as const) {
    write(value);
    expect([value, known.own.problem()]).toEqual([value, expect.stringContaining(said)]);
    expect(known.limitsOf(model).contextTokens).toBe(64_000);
  }
  expect(() => known.own.set(model, null)).toThrow("Correct or delete the file first.");
});

test("A provider's list gives limits, prices and dates, is asked for once a day, and outlives the process", async () => {
  const { url, state } = await listing([
    { id: "vllm", max_model_len: 131_072 },
    {
      id: "router",
      context_length: 200_000,
      top_provider: { max_completion_tokens: 64_000 },
      pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003" },
    },
    { id: "auto", pricing: { prompt: "-1", completion: "-1" }, shutdown_date: "2026-12-01" },
  ]);
  const access = { openai: { baseUrl: `${url}/v1` } };
  const { known, pass, dataDir } = know({ access });
  await known.refresh();
  expect(known.limitsOf("openai/vllm")).toMatchObject({ contextTokens: 131_072, maxOutputTokens: 16_384 });
  expect(known.limitsOf("openai/router")).toMatchObject({ contextTokens: 200_000, maxOutputTokens: 64_000 });
  expect(costOf(known)("openai/router", { ...usage, outputTokens: 1_000_000 })).toBe(15_000_000);
  expect(known.priceOf("openai/auto")).toBeNull();
  expect(known.standingOf("openai/auto")).toMatchObject({ kind: "retires_soon", retiresAt: "2026-12-01" });
  await known.refresh();
  expect(state.asked).toBe(1);
  pass(DAY_MS);
  await known.refresh();
  expect(state.asked).toBe(2);
  state.rows = null;
  pass(DAY_MS);
  await known.refresh();
  expect(known.limitsOf("openai/vllm").contextTokens).toBe(131_072);
  expect(know({ access, dataDir }).known.limitsOf("openai/vllm").contextTokens).toBe(131_072);
  expect(know({ access: { openai: { key: "k" } }, dataDir }).known.limitsOf("openai/vllm").contextTokens).toBe(32_768);
});

test("A longest answer as large as the context counts as unknown, whoever names it", async () => {
  const { url } = await listing([
    { id: "router", context_length: 131_072, top_provider: { max_completion_tokens: 131_072 } },
    {
      id: "free",
      context_length: 1_048_576,
      top_provider: { context_length: 262_000, max_completion_tokens: 262_000 },
    },
    { id: "small", max_model_len: 8_192, max_completion_tokens: 10_000 },
    { id: "gpt-5", max_model_len: 32_768 },
  ]);
  const { known } = know({ access: { openai: { baseUrl: `${url}/v1` } } });
  await known.refresh();
  const limitsOf = (name: string) => {
    const { contextTokens, maxOutputTokens } = known.limitsOf(name);
    return [contextTokens, maxOutputTokens];
  };
  expect(["router", "free", "small", "gpt-5"].map((name) => limitsOf(`openai/${name}`))).toEqual([
    [131_072, 16_384],
    [262_000, 16_384],
    [8_192, 2_048],
    // The table knows an output of 128,000 tokens.
    [32_768, 8_192],
  ]);
});

test("Anthropic's list gives limits, also for the name without a date", async () => {
  const { url } = await listing([
    { id: "claude-opus-4-5-20251101", max_input_tokens: 500_000, max_tokens: 70_000 },
    { id: "claude-haiku-4-5-20251001", max_input_tokens: null, max_tokens: null },
  ]);
  const { known } = know({ access: { anthropic: { key: "k", baseUrl: url } } });
  await known.refresh();
  expect(known.limitsOf("anthropic/claude-opus-4-5")).toMatchObject({
    contextTokens: 500_000,
    maxOutputTokens: 70_000,
  });
  expect(known.limitsOf("anthropic/claude-haiku-4-5")).toMatchObject({
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
  });
});

test("A model that is gone, or soon will be, is said with its replacement", async () => {
  const { known } = know();
  expect(known.standingOf("anthropic/claude-sonnet-4-5")).toEqual({
    kind: "retires_soon",
    retiresAt: "2026-11-30",
    replacement: "anthropic/claude-sonnet-5-5",
    sentence: "anthropic/claude-sonnet-4-5 retires on 2026-11-30. Switch to anthropic/claude-sonnet-5-5 before then.",
  });
  const later = know({ at: "2026-11-30" }).known;
  expect(later.standingOf("anthropic/claude-sonnet-4-5").sentence).toBe(
    "anthropic/claude-sonnet-4-5 was retired on 2026-11-30. Switch to anthropic/claude-sonnet-5-5.",
  );
  expect(known.standingOf("openai/gpt-5.1")).toMatchObject({ kind: "current", sentence: null });
  expect(known.standingOf("runbook").kind).toBe("current");
});

test("Before a model is refused its provider is asked again, and what a person set is never refused", async () => {
  const { url, state } = await listing([{ id: "qwen3" }]);
  const { known, pass } = know({ access: { openai: { baseUrl: `${url}/v1` } } });
  await known.refresh();
  expect((await known.confirm("openai/qwen4")).sentence).toBe("openai/qwen4 does not exist. Use openai/qwen3.");
  expect(state.asked).toBe(1);
  pass(61_000);
  state.rows = [{ id: "qwen3" }, { id: "qwen4", max_model_len: 8_192 }];
  expect(await known.confirm("openai/qwen4")).toMatchObject({ kind: "current" });
  known.own.set("openai/routed", { limit: { context: 8_192 } });
  expect(await known.confirm("openai/routed")).toMatchObject({ kind: "current" });
});

test("A kind of model that its provider never lists is not refused for that", async () => {
  const rows = [{ inferenceProfileId: "us.anthropic.claude-sonnet-5-5" }];
  const server = createServer((_, response) => void response.end(JSON.stringify({ inferenceProfileSummaries: rows })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { known } = know({ access: { bedrock: { key: "k", baseUrl } } });
  await known.refresh();
  expect(known.all("bedrock").map(({ name }) => name)).toEqual(["bedrock/us.anthropic.claude-sonnet-5-5"]);
  expect((await known.confirm("bedrock/arn:aws:bedrock:us-east-1:1:application-inference-profile/x")).kind).toBe(
    "unknown",
  );
});

test("Each provider's usual model has limits and a price, and is not near its retirement", () => {
  const { known } = know();
  for (const name of PROVIDER_NAMES) {
    const usual = PROVIDERS[name].defaultModel;
    if (usual === null) continue;
    expect([usual, known.standingOf(usual).kind, known.priceOf(usual)]).toEqual([usual, "current", 0]);
    expect(known.usualModel(name, { key: "k" })).toBe(usual);
  }
});

test("The usual model is one that the provider lists: the newest of its family whose price is known", async () => {
  const usualOf = async (...ids: string[]) => {
    const { url } = await listing(ids.map((id) => ({ id })));
    const access = { key: "k", baseUrl: url };
    const { known } = know({ access: { anthropic: access } });
    await known.refresh();
    return { known, usual: () => known.usualModel("anthropic", access) };
  };
  const newer = await usualOf("claude-opus-5-5", "claude-sonnet-5-5", "claude-sonnet-7");
  expect(newer.usual()).toBe("anthropic/claude-sonnet-5-5");
  newer.known.own.set("anthropic/claude-sonnet-7", { limit: { context: 1_000_000 }, cost: { input: 2, output: 10 } });
  expect(newer.usual()).toBe("anthropic/claude-sonnet-7");
  const older = await usualOf("claude-sonnet-4-5-20250929", "claude-sonnet-4-6");
  expect(older.usual()).toBe("anthropic/claude-sonnet-4-6");
  const others = await usualOf("claude-opus-5-5", "local-claude");
  expect(others.usual()).toBe("anthropic/claude-opus-5-5");
});

test("What a model reads comes from a person's settings, its provider's list, or the table", async () => {
  const rows = [
    { id: "router", architecture: { input_modalities: ["text", "image", "file"] } },
    { id: "mistral", capabilities: { vision: true } },
    { id: "text-only", capabilities: { vision: false } },
    { id: "claude", capabilities: { image_input: { supported: true }, pdf_input: { supported: false } } },
    { id: "studio", type: "vlm" },
    { id: "silent" },
  ];
  expect(rows.flatMap((row) => listedModel(row)).map(({ id, reads }) => [id, reads])).toEqual([
    ["router", ["image", "pdf"]],
    ["mistral", ["image"]],
    ["text-only", []],
    ["claude", ["image"]],
    ["studio", ["image"]],
    ["silent", undefined],
  ]);
  const { url } = await listing(rows);
  const access = { openai: { baseUrl: `${url}/v1` } };
  const listed = know({ access });
  await listed.known.refresh();
  for (const { known } of [listed, know({ access, dataDir: listed.dataDir })])
    expect(["router", "text-only", "studio", "silent"].map((name) => known.limitsOf(`openai/${name}`).reads)).toEqual([
      ["image", "pdf"],
      [],
      ["image"],
      [],
    ]);
  const { known, dataDir } = know();
  expect(known.limitsOf("openai/gpt-5.5").reads).toEqual(["image", "pdf"]);
  expect(known.limitsOf("openai/unknown").reads).toEqual([]);
  const own = {
    "openai/gpt-5.5": { modalities: { input: ["text"] } },
    "openai/unknown": { modalities: { input: ["pdf"] } },
  };
  writeFileSync(join(dataDir, "models.json"), JSON.stringify(own));
  expect(known.limitsOf("openai/gpt-5.5").reads).toEqual([]);
  expect(known.limitsOf("openai/unknown").reads).toEqual(["pdf"]);
});
