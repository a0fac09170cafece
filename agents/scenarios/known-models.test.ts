import { expect, onTestFinished, test } from "vitest";
import { agentScript } from "../testing/provider-script";
import { endTask } from "../testing/replies";
import { tester, whenTask } from "../testing/scenario";
import { startScriptedProvider } from "../testing/scripted-provider";
import { startTrial, type TrialOptions } from "../testing/trial";

const NAMES = ["claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-4-5-20251001"];

/** A runtime whose provider lists these models. */
async function start(names: string[] | null = NAMES, options: TrialOptions = {}) {
  const script = agentScript({ worker: endTask("Looked."), "*": endTask("pass") });
  const provider = await startScriptedProvider(script, names ? { models: { names } } : {});
  onTestFinished(() => provider.close());
  const env = { ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: provider.url, ...options.env };
  const trial = await startTrial({ ...options, provider, env });
  onTestFinished(() => trial.close());
  await trial.runtime.refreshModels();
  const { commands, queries } = trial.runtime.application;
  return { trial, provider, commands, queries };
}

test("A task with a model that its provider does not list is refused with the nearest one, and nothing is created", async () => {
  const { trial, queries } = await start();
  const submit = (model: string) => trial.submit({ task: "Look", agent: "worker", model });
  await expect(submit("anthropic/claude-sonnet-4-5")).rejects.toThrow(
    "anthropic/claude-sonnet-4-5 no longer exists. Switch to anthropic/claude-sonnet-5-5.",
  );
  await expect(submit("anthropic/claude-opus-5-6")).rejects.toThrow("Use anthropic/claude-opus-5-5.");
  expect((await queries.listTrees()).items).toEqual([]);
  const tree = await submit("anthropic/claude-haiku-4-5");
  expect(await trial.ended(tree.id)).toMatchObject({ status: "succeeded" });
});

test("The setting BANYAN_MODEL and the models of agents are checked too", async () => {
  const { trial, commands, queries } = await start(NAMES, { env: { BANYAN_MODEL: "anthropic/claude-opus-4-1" } });
  const gone = "anthropic/claude-opus-4-1 no longer exists. Switch to anthropic/claude-opus-5-5.";
  await expect(trial.submit({ task: "Look", agent: "worker" })).rejects.toThrow(gone);
  const { fields, version } = (await queries.getEntry("agent", "worker")) as { fields: object; version: number };
  await commands.saveEntry("agent", { ...fields, model: "anthropic/claude-sonnet-4-6" }, tester, {
    ifVersion: version,
  });
  await expect(trial.submit({ task: "Look", agent: "worker", model: "anthropic/claude-opus-5-5" })).rejects.toThrow(
    "anthropic/claude-sonnet-4-6 no longer exists.",
  );
  expect((await queries.getStatus()).model_notes).toEqual([
    `Default model: ${gone}`,
    "Agent worker: anthropic/claude-sonnet-4-6 no longer exists. Switch to anthropic/claude-sonnet-5-5.",
  ]);
});

test("A running task switches only to a model that its provider lists", async () => {
  const { trial, commands } = await start(NAMES, { work: false });
  const { root_task_id } = await trial.submit({ task: "Look", agent: "worker" });
  const change = (model: string) => commands.change(root_task_id, { model }, tester);
  await expect(change("anthropic/claude-sonnet-4-5")).rejects.toThrow("Switch to anthropic/claude-sonnet-5-5.");
  expect(await change("anthropic/claude-opus-5-5")).toEqual({
    sentence: "Changed: the model to anthropic/claude-opus-5-5. From its next turn.",
  });
});

test("Without a list the task is accepted, and a retired model is said", async () => {
  const { trial, queries } = await start(null, { env: { BANYAN_MODEL: "anthropic/claude-opus-4-1" } });
  const tree = await trial.submit({ task: "Look", agent: "worker" });
  expect(await trial.ended(tree.id)).toMatchObject({ status: "succeeded" });
  expect((await queries.getStatus()).model_notes).toEqual([
    "Default model: anthropic/claude-opus-4-1 was retired on 2026-08-05. Switch to anthropic/claude-opus-4-8.",
  ]);
});

test("The default model is one that the provider lists", async () => {
  const { queries } = await start(["claude-sonnet-4-6", "claude-opus-5-5"]);
  expect((await queries.getStatus()).defaultModel).toBe("anthropic/claude-sonnet-4-6");
  expect((await queries.listProviderKeys())[0]).toMatchObject({ usual_model: "anthropic/claude-sonnet-4-6" });
});

test("A price that a person set allows a cost cap, is charged, and ends with its removal", async () => {
  const { trial, commands, queries } = await start(["local-model"]);
  const task = { task: "Look", agent: "worker", model: "anthropic/local-model", grant: { cost_usd: 1 } };
  await expect(trial.submit(task)).rejects.toThrow("npx banyan models set anthropic/local-model");
  const settings = { limit: { context: 64_000, output: 8_000 }, cost: { input: 1_000, output: 0 } };
  await commands.setModel("anthropic/local-model", settings, tester);
  const tree = await trial.submit({ ...task, grant: { cost_usd: 1_000 } });
  const root = await whenTask(trial, tree.id, "Look", (one) => one.ended_at !== null);
  expect(root.spent.cost_usd).toBeGreaterThan(0);
  const listed = async () => (await queries.listModels({ provider: "anthropic" })).items;
  expect((await listed()).find((one) => one.name === "anthropic/local-model")).toMatchObject({
    ...{ context_tokens: 64_000, max_output_tokens: 8_000, limits_from: "own", price_from: "own", listed: true },
    ...{ price: { input: 1_000, output: 0, cache_read: 1_000, cache_write: 1_000 }, standing: "current" },
  });
  await commands.removeModel("anthropic/local-model", tester);
  await expect(commands.removeModel("anthropic/local-model", tester)).rejects.toThrow("Nothing is set for");
  await expect(commands.setModel("local-model", settings, tester)).rejects.toThrow("There is no model local-model");
  await expect(commands.setModel("openai/x", { limit: { context: 10 } }, tester)).rejects.toThrow(
    "openai/x: limit.context must be a whole number of tokens from 1000",
  );
});
