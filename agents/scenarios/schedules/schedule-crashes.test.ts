/** Kills a worker's process by SIGKILL between a due time and its tree; then restarts it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { readSettings } from "@/lib/env";
import { freeDeadWorkers } from "@/scripts/cli/context/live-workers";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { endTask } from "@/tests/agents/replies";
import { taskScript, tester, until } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";

const script = taskScript({ "Tidy up": endTask("Tidied."), "@task_evaluator": endTask("pass"), "*": endTask("noted") });
const DAY_MS = 86_400_000;

let provider: ScriptedProvider;
beforeAll(async () => {
  provider = await startScriptedProvider(script, { record: false });
});
afterAll(() => provider.close());

/** Prepares a data folder with a schedule whose only times are days ago. Resolves with its id and the newest time. */
async function prepare({ template }: Crashing): Promise<{ id: string; dueMs: number }> {
  const trial = await startTrial({ provider, dataDir: template, work: false });
  const { commands } = trial.runtime.application;
  const passed = new Date(Date.now() - 10 * DAY_MS);
  const cron = `0 0 ${passed.getUTCDate()} ${passed.getUTCMonth() + 1} *`;
  const submission = { task: "Tidy up", agent: "worker" };
  const { id } = await commands.addSchedule({ cron, zone: "UTC", submission }, tester);
  const dueMs = Date.UTC(passed.getUTCFullYear(), passed.getUTCMonth(), passed.getUTCDate());
  trial.runtime.store.client.sqlite.prepare("UPDATE schedules SET next_at_ms = ? WHERE uid = ?").run(dueMs, id);
  await trial.close();
  return { id, dueMs };
}

async function inspect(dataDir: string, id: string) {
  const program = process.cwd();
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, program);
  const readRuntime = openReadRuntime({ settings, program, checkout: program, version: "test" });
  const trees = (await readRuntime.queries.listTrees()).items;
  const { runs } = await readRuntime.queries.getSchedule(id);
  const damage = readRuntime.store.client.sqlite.pragma("integrity_check", { simple: true });
  await readRuntime.close();
  return { trees, runs, damage };
}

async function checkOnce(dataDir: string, { id, dueMs }: { id: string; dueMs: number }): Promise<void> {
  const { trees, runs, damage } = await inspect(dataDir, id);
  const due_at = new Date(dueMs).toISOString();
  expect(trees).toMatchObject([{ title: "Tidy up", status: "succeeded", schedule: { id, due_at } }]);
  expect(runs).toMatchObject([{ due_at, outcome: "begun", missed: 1, tree: { id: trees[0]?.id } }]);
  expect(damage).toBe("ok");
}

/** Where the process dies, and what is there then: the number of trees, and the outcomes of the runs. */
const DEATHS = [
  ["INSERT ON schedule_runs", 0, []],
  // The claim is committed, and the tree is not.
  ["INSERT ON trees", 0, ["pending"]],
  ["UPDATE ON schedule_runs", 0, ["pending"]],
  ["INSERT ON audit", 1, ["begun"]],
] as const;

test("killed before, between and after the claim and the tree, each due time has exactly one tree", async () => {
  const crashing = await prepareCrashes(() => provider.url);
  const made = await prepare(crashing);
  const env = { BANYAN_TEST_SCHEDULE: made.id };
  for (const [statement, trees, outcomes] of DEATHS) {
    const dataDir = crashing.freshFolder(statement.replaceAll(" ", "-"));
    const killed = await crashing.run(dataDir, 0, "", { ...env, BANYAN_TEST_DIE: statement });
    expect([statement, killed.signal]).toEqual([statement, "SIGKILL"]);
    const left = await inspect(dataDir, made.id);
    expect([statement, left.trees.length, left.runs.map(({ outcome }) => outcome)]).toEqual([
      statement,
      trees,
      outcomes,
    ]);
    const { signal, errors } = await crashing.run(dataDir, 0, "", env);
    expect([statement, signal, errors]).toEqual([statement, null, ""]);
    await checkOnce(dataDir, made);
  }
  crashing.remove();
}, 600_000);

test("a tree that was deleted before the restart is not begun again", async () => {
  const crashing = await prepareCrashes(() => provider.url);
  const made = await prepare(crashing);
  const dataDir = crashing.freshFolder("deleted");
  const env = { BANYAN_TEST_SCHEDULE: made.id, BANYAN_TEST_DIE: "INSERT ON audit" };
  expect((await crashing.run(dataDir, 0, "", env)).signal).toBe("SIGKILL");
  const trial = await startTrial({ provider, dataDir, work: false });
  await freeDeadWorkers(trial.runtime.store);
  const { commands, queries } = trial.runtime.application;
  const [tree] = (await queries.listTrees()).items;
  await commands.deleteTree({ id: tree?.id ?? "" }, tester);
  await trial.close();
  const again = await startTrial({ provider, dataDir });
  await until(() => again.worker?.leads(), "the worker leads");
  await again.worker?.schedules.check();
  const found = again.runtime.application.queries;
  expect((await found.listTrees()).items).toEqual([]);
  expect((await found.getSchedule(made.id)).runs).toMatchObject([
    { outcome: "begun", tree: null, sentence: expect.stringContaining("Its tree was deleted.") },
  ]);
  await again.close();
  crashing.remove();
}, 600_000);
