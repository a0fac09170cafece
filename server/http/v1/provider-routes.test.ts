import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import { PROVIDER_NAMES } from "@/lib/models/providers/table";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, passed } from "@/tests/agents/replies";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial, type TrialOptions } from "@/tests/agents/trial";
import { type ApiAnswer, handleApi } from "./handle";

const KEY = "sk-ant-kept-4711-0815-wxyz";
const MODEL = "anthropic/claude-sonnet-4-5";

async function start(
  options: TrialOptions = { work: false },
  envAt: (url: string) => Record<string, string> = () => ({}),
) {
  const folder = mkdtempSync(join(tmpdir(), "banyan-keys-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const models = { names: ["claude-sonnet-4-5", "claude-opus-4-5"], key: KEY };
  const provider = await startScriptedProvider(agentScript({ worker: endTask("Looked."), "*": passed() }), { models });
  onTestFinished(() => provider.close());
  const env = { BANYAN_KEY_FILE: join(folder, "keys.json"), ...options.env, ...envAt(provider.url) };
  const trial = await startTrial({ ...options, env });
  onTestFinished(() => trial.close());
  const ask = (line: string, body?: unknown): Promise<ApiAnswer> => {
    const [method = "", address = ""] = line.split(" ");
    const path = address.split("/");
    const app = guarded(trial.runtime.application, ownerCalled("anna"));
    return handleApi(app, { method, path, query: new URLSearchParams(), body });
  };
  const listed = async (name: string) => {
    const { body } = await ask("GET provider-keys");
    return (body as { items: ListedProvider[] }).items.find((provider) => provider.name === name);
  };
  return { trial, provider, ask, listed };
}

const problem = (status: number, text: string) => ({
  status,
  body: expect.objectContaining({ detail: expect.stringContaining(text) }),
});

test("a key is tested, stored encrypted, used by the next task without a restart, and removed", async () => {
  const { trial, provider, ask, listed } = await start({ work: true });
  const access = { key: KEY, base_url: provider.url };
  expect(await ask("POST provider-keys/anthropic/test", access)).toEqual({
    status: 200,
    body: {
      ok: true,
      sentence: "Anthropic accepts the key: 2 models.",
      models: [MODEL, "anthropic/claude-opus-4-5"],
    },
  });
  expect(await listed("anthropic")).toMatchObject({ available: false, source: null, is_kept: false, last_four: "" });
  const set = await ask("PUT provider-keys/anthropic", { ...access, model: MODEL });
  expect(set.body).toEqual({ sentence: expect.stringContaining(`Tasks use ${MODEL}.`) });
  expect(await listed("anthropic")).toMatchObject({
    available: true,
    source: "page",
    has_key: true,
    last_four: "wxyz",
    base_url: provider.url,
    updated_by: "anna",
    updated_at: expect.stringMatching(/^20/),
  });
  const tree = await trial.submit({ task: "Look", agent: "worker" });
  expect(await trial.ended(tree.id)).toMatchObject({ status: "succeeded" });
  expect(new Set(provider.requests.map(({ headers }) => headers["x-api-key"]))).toEqual(new Set([KEY]));
  expect((await ask("POST provider-keys/anthropic/test", {})).body).toMatchObject({ ok: true });

  const answers = [await ask("GET provider-keys"), await ask("GET settings"), await ask("GET audit")];
  expect(JSON.stringify(answers)).not.toContain("4711");
  expect(JSON.stringify(answers[2])).toContain("setProviderKey");
  const files = readdirSync(trial.dataDir, { withFileTypes: true }).filter((file) => file.isFile());
  for (const { name } of files) expect(readFileSync(join(trial.dataDir, name), "latin1")).not.toContain("4711-0815");

  expect((await ask("DELETE provider-keys/anthropic")).body).toMatchObject({ sentence: expect.any(String) });
  expect(await listed("anthropic")).toMatchObject({ available: false, source: null, has_key: false, base_url: null });
  expect(await ask("DELETE provider-keys/anthropic")).toEqual(
    problem(404, "No key or address is saved here for Anthropic."),
  );
});

test("a wrong key, address or provider gives an error, and a stored key is never sent to another address", async () => {
  const { provider, ask, listed } = await start();
  const test = (body: unknown) => ask("POST provider-keys/anthropic/test", body);
  expect((await test({ key: "sk-ant-wrong", base_url: provider.url })).body).toMatchObject({
    ok: false,
    sentence: "Anthropic refused the key: “invalid x-api-key”. Copy it again from the provider's console.",
  });
  expect((await test({ key: KEY, base_url: "http://169.254.169.254" })).body).toMatchObject({
    ok: false,
    sentence: expect.stringContaining("169.254.169.254 is blocked"),
  });
  expect((await test({ key: KEY, base_url: "http://127.0.0.1:1" })).body).toMatchObject({
    ok: false,
    sentence: "Anthropic does not answer at http://127.0.0.1:1 (ECONNREFUSED): check the address.",
  });
  await ask("PUT provider-keys/anthropic", { key: KEY, base_url: provider.url });
  expect(await test({ base_url: "http://evil.example" })).toEqual(problem(409, "given for another address"));
  const set = (name: string, body: unknown) => ask(`PUT provider-keys/${name}`, body);
  expect(await set("anthropic", { base_url: "http://evil.example" })).toEqual(problem(409, "enter the key again"));
  expect(await set("anthropic", { key: "two words" })).toEqual(problem(400, "The key contains characters"));
  expect(await set("anthropic", {})).toEqual(problem(400, "Give the key."));
  expect(await set("ollama", { key: KEY })).toEqual(problem(400, "Ollama needs no key: give its address."));
  expect(await set("openai", { key: KEY, base_url: "nowhere" })).toEqual(problem(400, "Not an address"));
  expect(await set("openai", { key: KEY, model: "anthropic/x" })).toEqual(problem(400, "is not a model of OpenAI"));
  expect(await set("gemini", { key: KEY })).toEqual(problem(404, `Providers: ${PROVIDER_NAMES.join(", ")}`));
  expect(await listed("anthropic")).toMatchObject({ base_url: provider.url });
});

test("the environment overrides all stored settings of a provider, and the answer says so", async () => {
  const { ask, listed } = await start({ work: false, env: { ANTHROPIC_API_KEY: "sk-ant-of-the-environment-1234" } });
  expect(await listed("anthropic")).toMatchObject({ source: "environment", last_four: "1234", is_kept: false });
  const set = await ask("PUT provider-keys/anthropic", { key: KEY, base_url: "http://127.0.0.1:1" });
  expect(set.body).toMatchObject({ sentence: expect.stringContaining("in the environment takes precedence") });
  expect(await listed("anthropic")).toMatchObject({ source: "environment", last_four: "1234", is_kept: true });
  expect(await listed("anthropic")).toMatchObject({ base_url: null });
});

test("with only an address in the environment, a key saved for this address is used with it, and no other key", async () => {
  const { trial, provider, ask, listed } = await start({ work: true }, (url) => ({ ANTHROPIC_BASE_URL: `${url}/` }));
  expect(await listed("anthropic")).toMatchObject({ available: false, source: "environment", is_kept: false });
  expect(await listed("anthropic")).toMatchObject({ base_url: `${provider.url}/`, fixed_address: `${provider.url}/` });
  const elsewhere = await ask("PUT provider-keys/anthropic", { key: KEY, base_url: "http://127.0.0.1:1" });
  expect(elsewhere.body).toMatchObject({
    sentence: `Saved for Anthropic, but not used: ANTHROPIC_BASE_URL in the environment sends calls to ${provider.url}/. To use the key there, save it with that address.`,
  });
  expect(await listed("anthropic")).toMatchObject({ available: false, source: "environment", has_key: false });

  const set = await ask("PUT provider-keys/anthropic", { key: KEY, base_url: `${provider.url}/`, model: MODEL });
  expect(set.body).toMatchObject({ sentence: expect.stringContaining("used from now on") });
  expect(await listed("anthropic")).toMatchObject({
    available: true,
    source: "page",
    has_key: true,
    last_four: "wxyz",
  });
  const tree = await trial.submit({ task: "Look", agent: "worker" });
  expect(await trial.ended(tree.id)).toMatchObject({ status: "succeeded" });
  expect(new Set(provider.requests.map(({ headers }) => headers["x-api-key"]))).toEqual(new Set([KEY]));
  const removed = await ask("DELETE provider-keys/anthropic");
  expect(removed.body).toMatchObject({ sentence: expect.stringContaining("Tasks that need it fail.") });
});
