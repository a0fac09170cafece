import { expect, onTestFinished, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, startSubtask } from "@/tests/agents/replies";
import { sub, tester, whenTask } from "@/tests/agents/scenario";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { ProviderScript } from "@/tests/agents/services/script";
import { startTrial, type Trial, type TrialOptions } from "@/tests/agents/trial";

const NAMES = ["claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-4-5-20251001"];

interface StartOptions extends TrialOptions {
  /** The replies of the worker. */
  worker?: ProviderScript;
}

/** A runtime whose provider lists these models. */
async function start(names: string[] | null = NAMES, { worker, ...options }: StartOptions = {}) {
  const script = agentScript({ worker: worker ?? endTask("Looked."), "*": endTask("pass") });
  const provider = await startScriptedProvider(script, names ? { models: { names } } : {});
  onTestFinished(() => provider.close());
  const env = { ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: provider.url, ...options.env };
  const trial = await startTrial({ ...options, provider, env });
  onTestFinished(() => trial.close());
  await trial.runtime.refreshModels();
  const { commands, queries } = trial.runtime.application;
  return { trial, provider, commands, queries };
}

/** Gives the agent a model without the checks of a command, as if the model had gone later. */
async function live({ runtime: { store, configuration } }: Trial, name: string, model: string): Promise<void> {
  const { version: _, ...body } = configuration.agents().find((agent) => agent.name === name) as object & {
    version: number;
  };
  const description = "Does the task.";
  await store.configuration.save(
    { kind: "agent", name, description, body: { ...body, model } },
    { by: "ann", why: "" },
  );
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
  const { trial, queries } = await start(NAMES, { env: { BANYAN_MODEL: "anthropic/claude-opus-4-1" } });
  const gone = "anthropic/claude-opus-4-1 no longer exists. Switch to anthropic/claude-opus-5-5.";
  await expect(trial.submit({ task: "Look", agent: "worker" })).rejects.toThrow(gone);
  await live(trial, "worker", "anthropic/claude-sonnet-4-6");
  await expect(trial.submit({ task: "Look", agent: "worker", model: "anthropic/claude-opus-5-5" })).rejects.toThrow(
    "anthropic/claude-sonnet-4-6 no longer exists.",
  );
  expect((await queries.getStatus()).model_notes).toEqual([
    `Default model: ${gone}`,
    "Agent worker: anthropic/claude-sonnet-4-6 no longer exists. Switch to anthropic/claude-sonnet-5-5.",
  ]);
});

test("An agent is saved only with a model that somebody lists, with one sentence for page, file and earlier version", async () => {
  const { trial, commands, queries } = await start();
  const { fields } = (await queries.getEntry("agent", "worker")) as { fields: object };
  const save = (model: string) => commands.saveEntry({ kind: "agent", fields: { ...fields, model } }, tester);
  const gone = "anthropic/claude-sonnet-4-6 no longer exists. Switch to anthropic/claude-sonnet-5-5.";
  await expect(save("anthropic/claude-sonnet-4-6")).rejects.toThrow(gone);
  const unheard = "No list has the model google/gemini-77-flash: ";
  await expect(save("google/gemini-77-flash")).rejects.toThrow(unheard);
  const files = (await queries.exportEntries("agent", "worker")).map(({ file, text }) => {
    return {
      file,
      text: text.replace(/^---\n/, "---\nmodel: anthropic/claude-sonnet-4-6\n").replace(/^model: inherit\n/m, ""),
    };
  });
  await expect(commands.importFiles({ kind: "agent", files }, tester)).rejects.toThrow(gone);
  expect(await queries.previewImport("agent", files)).toMatchObject([{ does: "fails", problem: gone }]);
  await live(trial, "worker", "anthropic/claude-sonnet-4-6");
  const { version } = await queries.getEntry("agent", "worker");
  await expect(save("inherit")).resolves.toMatchObject({ name: "worker" });
  await expect(commands.restoreVersion({ kind: "agent", name: "worker", version }, tester)).rejects.toThrow(gone);
  await commands.setModel({ id: "google/gemini-77-flash", limit: { context: 64_000 } }, tester);
  for (const model of ["google/gemini-77-flash", "anthropic/claude-haiku-4-5", "ollama/qwen3:8b"])
    await expect(save(model)).resolves.toMatchObject({ name: "worker" });
});

test("An ended task whose model is gone is not retried with it", async () => {
  const names = [...NAMES];
  let nowMs = Date.now();
  const { trial, commands } = await start(names, {
    worker: () => endTask("Nothing found.", { status: "failure" }),
    runtime: { now: () => nowMs },
  });
  const { id, root_task_id } = await trial.submit({
    task: "Look",
    agent: "worker",
    model: "anthropic/claude-opus-5-5",
  });
  await trial.ended(id);
  names.splice(1, 1, "claude-opus-5-6");
  nowMs += 2 * 24 * 3_600_000;
  await trial.runtime.refreshModels();
  await expect(commands.retry({ id: root_task_id }, tester)).rejects.toThrow("Switch to anthropic/claude-opus-5-6.");
});

test("One command switches all tasks of a tree whose model is gone", async () => {
  let isGone = true;
  const { trial, commands, queries } = await start(NAMES, {
    worker: ({ instruction, turn }) => {
      const isRoot = instruction.startsWith("Look");
      if (isRoot && turn === 0) return startSubtask(sub("one"), sub("two"));
      return isGone && !isRoot ? { fault: { type: "unknown_model" } } : endTask("Done.");
    },
  });
  const { id } = await trial.submit({ task: "Look", agent: "worker" });
  const task = await whenTask(trial, id, "one", (task) => task.status === "parked");
  await whenTask(trial, id, "two", (task) => task.status === "parked");
  isGone = false;
  const to = { model: "anthropic/claude-opus-5-5" };
  const { sentence } = await commands.change({ id: task.id, ...to, alike: true }, tester);
  expect(sentence).toBe(
    "Changed: the model to anthropic/claude-opus-5-5. From its next turn. 1 other task of the tree got the same model.",
  );
  await trial.ended(id);
  const { tasks } = await queries.getTree(id);
  expect(tasks.filter(({ title }) => title !== "Look" && title.length === 3).map(({ model }) => model)).toEqual([
    to.model,
    to.model,
  ]);
});

test("A running task switches only to a model that its provider lists", async () => {
  const { trial, commands } = await start(NAMES, { work: false });
  const { root_task_id } = await trial.submit({ task: "Look", agent: "worker" });
  const change = (model: string) => commands.change({ id: root_task_id, model }, tester);
  await expect(change("anthropic/claude-sonnet-4-5")).rejects.toThrow("Switch to anthropic/claude-sonnet-5-5.");
  expect(await change("anthropic/claude-opus-5-5")).toEqual({
    sentence: "Changed: the model to anthropic/claude-opus-5-5. From its next turn.",
  });
});

test("A task whose model goes in the middle names its replacement from a fresh list, and a switch to it goes on", async () => {
  const names = ["claude-sonnet-4-6", "claude-haiku-4-5-20251001"];
  let isGone = true;
  let nowMs = Date.now();
  const { trial, commands, queries } = await start(names, {
    worker: () => (isGone ? { fault: { type: "unknown_model" } } : endTask("Looked.")),
    env: { BANYAN_MODEL: "anthropic/claude-sonnet-4-6" },
    runtime: { now: () => nowMs },
  });
  names[0] = "claude-sonnet-5";
  nowMs += 120_000;
  const { id, root_task_id } = await trial.submit({ task: "Look", agent: "worker" });
  const parked = await whenTask(trial, id, "Look", (task) => task.status === "parked");
  expect(parked).toMatchObject({ parked_by: "model_gone", switch_to: "anthropic/claude-sonnet-5" });
  expect(parked.reason_detail).toMatch(/^Anthropic does not know .*\. Switch to anthropic\/claude-sonnet-5\.$/);
  expect((await queries.getTask(root_task_id)).switch_to).toBe("anthropic/claude-sonnet-5");
  isGone = false;
  await commands.change({ id: root_task_id, model: "anthropic/claude-sonnet-5" }, tester);
  expect(await trial.ended(id)).toMatchObject({ status: "succeeded" });
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
  await commands.setModel({ id: "anthropic/local-model", ...settings }, tester);
  const tree = await trial.submit({ ...task, grant: { cost_usd: 1_000 } });
  const root = await whenTask(trial, tree.id, "Look", (task) => task.ended_at !== null);
  expect(root.spent.cost_usd).toBeGreaterThan(0);
  const listed = async () => (await queries.listModels({ provider: "anthropic" })).items;
  expect((await listed()).find((model) => model.name === "anthropic/local-model")).toMatchObject({
    context_tokens: 64_000,
    max_output_tokens: 8_000,
    limits_from: "own",
    price_from: "own",
    listed: true,
    price: { input: 1_000, output: 0, cache_read: 1_000, cache_write: 1_000 },
    standing: "current",
  });
  await commands.removeModel({ id: "anthropic/local-model" }, tester);
  await expect(commands.removeModel({ id: "anthropic/local-model" }, tester)).rejects.toThrow("Nothing is set for");
  await expect(commands.setModel({ id: "local-model", ...settings }, tester)).rejects.toThrow(
    "There is no model local-model",
  );
  await expect(commands.setModel({ id: "openai/x", limit: { context: 10 } }, tester)).rejects.toThrow(
    "openai/x: limit.context must be a whole number of tokens from 1000",
  );
});

test("After a new key, tasks that wait for the old key's quota go on, and others do not wait for it", async () => {
  const worker: ProviderScript = ({ headers }) =>
    headers["x-api-key"] === "second-key" ? endTask("Looked.") : { fault: { type: "quota", retryAfter: 7_200 } };
  // Without the environment's settings, which would take precedence.
  const env = { ANTHROPIC_API_KEY: "", ANTHROPIC_BASE_URL: "" };
  const { trial, provider, commands } = await start(NAMES, { worker, env });
  const save = (key: string) => commands.setProviderKey({ id: "anthropic", key, base_url: provider.url }, tester);
  const submission = { agent: "worker", model: "anthropic/claude-sonnet-5-5" };
  await save("first-key");
  const { id } = await trial.submit({ ...submission, task: "Look" });
  await whenTask(trial, id, "Look", (task) => task.status === "parked");
  // The same key again changes nothing.
  expect((await save("first-key")).sentence).not.toContain("parked");
  expect((await save("second-key")).sentence).toMatch(/ 1 parked task retries now\.$/);
  const other = await trial.submit({ ...submission, task: "Look again" });
  expect((await trial.ended(other.id)).status).toBe("succeeded");
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(trial.faults).toEqual([]);
});

test("A new key promises no retry now for a task that is paused, and it retries when it is resumed", async () => {
  const worker: ProviderScript = ({ headers }) =>
    headers["x-api-key"] === "first-key" ? { fault: { type: "quota", retryAfter: 7_200 } } : endTask("Looked.");
  const env = { ANTHROPIC_API_KEY: "", ANTHROPIC_BASE_URL: "" };
  const { trial, provider, commands } = await start(NAMES, { worker, env });
  const save = (key: string) => commands.setProviderKey({ id: "anthropic", key, base_url: provider.url }, tester);
  await save("first-key");
  const model = "anthropic/claude-sonnet-5-5";
  const { id } = await trial.submit({ agent: "worker", model, task: "Look" });
  await whenTask(trial, id, "Look", (task) => task.status === "parked");
  await commands.pauseEverything({ reason: "" }, tester);
  expect((await save("second-key")).sentence).toMatch(/ 1 parked task retries when it is resumed\.$/);
  await commands.resumeEverything({}, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});
