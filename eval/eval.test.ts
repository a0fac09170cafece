/** The evaluation tests itself: with a scripted model each task passes when it is done, and its check refuses a wrong ending. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Reply, type ScriptedRequest, UnscriptedRequest } from "@/tests/agents/provider-script";
import { endTask, passed, startSubtask } from "@/tests/agents/replies";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { main } from "./eval";
import { reportOf, tableOf } from "./report";
import { type Outcome, runTask } from "./run-task";
import { configuredAccess, type EvalRuntime, startEvalRuntime } from "./runtime";
import { TASKS } from "./tasks/tasks";

const MODEL = "anthropic/claude-haiku-4-5";
const outcomes: Outcome[] = [];
let script: { instruction: string; replies: Reply[] };
let provider: ScriptedProvider;
let world: EvalRuntime;

function reply(request: ScriptedRequest): Reply {
  if (request.agent === "task_evaluator") return passed();
  if (request.agent === "documentation_agent" || request.agent === "summary_agent") return endTask("noted");
  if (request.agent === "agent_selector")
    return startSubtask({ instruction: script.instruction, agent: "worker", title: "chosen" });
  const next = script.replies[request.turn];
  if (!next) throw new UnscriptedRequest(`There is no turn ${request.turn}.`);
  return next;
}

beforeAll(async () => {
  provider = await startScriptedProvider(reply);
  const providers = { anthropic: { key: "test-key", baseUrl: provider.url } };
  world = await startEvalRuntime({ providers, model: MODEL }, process.env, process.cwd());
});
afterAll(async () => {
  await world?.close();
  await provider?.close();
});

test("there are twenty tasks, each with its own name", () => {
  expect(new Set(TASKS.map((task) => task.name)).size).toBe(20);
});

for (const task of TASKS) {
  test(`${task.name}: passes when it is done, and fails with a likely wrong ending`, async () => {
    script = { instruction: task.instruction, replies: task.scripts.pass };
    const done = await runTask(world, task);
    expect(done).toMatchObject({ outcome: "passed", why: null });
    outcomes.push(done);
    script = { instruction: task.instruction, replies: task.scripts.wrong };
    const undone = await runTask(world, task);
    expect(undone).toMatchObject({ outcome: "failed", why: expect.stringMatching(/\.$/) });
  });
}

test("the command runs a task of a model that the environment configures, and prints its report", async () => {
  const task = TASKS.find((task) => task.name === "survey");
  script = { instruction: task?.instruction ?? "", replies: task?.scripts.pass ?? [] };
  const env = { ...process.env, ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: provider.url };
  const args = ["scripts/run-ts.mjs", "eval/eval.ts", "--model", MODEL, "--only", "survey", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...env, BANYAN_DATA_DIR: join(world.folder, "none") },
  });
  expect(JSON.parse(stdout)).toMatchObject({
    model: MODEL,
    passed: 1,
    of: 1,
    tasks: [{ task: "survey", outcome: "passed" }],
  });
});

test("a task that does not exist is refused before anything starts", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  expect(await main(["--model", MODEL, "--only", "nothing"])).toBe(2);
  expect(said.mock.lastCall?.[0]).toContain("There is no task nothing");
});

test("the report counts the tasks that passed, and what each agent used", () => {
  const [first] = outcomes;
  if (!first) throw new Error("No task has passed.");
  const failed: Outcome = { ...first, task: "other", outcome: "failed", why: "It is wrong." };
  const report = reportOf(MODEL, [...outcomes, failed, { ...failed, outcome: "skipped" }]);
  expect(report).toMatchObject({ passed: outcomes.length, of: outcomes.length + 1 });
  expect(report.total.turns).toBe(Object.values(report.agents).reduce((sum, { turns }) => sum + turns, 0));
  expect(report.total.cost_usd).toBeGreaterThan(0);
  expect(Object.keys(report.agents)).toContain("agent_selector");
  expect(tableOf(report)).toMatch(/\| other +\| failed .*It is wrong\./);
});

test("settings of AWS in the environment reach the models", async () => {
  const aws = { AWS_PROFILE: "dev", AWS_CONFIG_FILE: "/none", AWS_REGION: "eu-west-1" };
  const env = { ...aws, BANYAN_DATA_DIR: join(world.folder, "none"), BANYAN_MODEL: "bedrock/model" };
  const { providers, model } = await configuredAccess(env, process.cwd());
  expect([model, providers.bedrock?.settings]).toEqual(["bedrock/model", aws]);
});
