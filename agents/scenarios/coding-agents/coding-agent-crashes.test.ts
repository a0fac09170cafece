/** Kills a worker's process at the boundaries of a coding agent's work: it goes on, and nothing of it runs twice. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import type { Message } from "@/core/shapes/shapes";
import { readSettings } from "@/lib/env";
import { TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, responsesOf, taskScript } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const ENV = { BANYAN_CODING_AGENTS: TEST_AGENTS };
const PROMPT = [
  "model What next?",
  "run echo one >> done.txt",
  "permit other Use the tool",
  "run echo two >> done.txt",
  "edit a.txt made",
  "say It is done.",
].join("\n");

let provider: ScriptedProvider;
const opened: Crashing[] = [];

beforeAll(async () => {
  const work = (agent: string) => [call("run_coding_agent", { agent, prompt: PROMPT }), endTask("done")];
  const script = taskScript({ test: work("test"), forgetful: work("forgetful"), "*": endTask("noted") });
  const usage = { inputTokens: 100, outputTokens: 7 };
  provider = await startScriptedProvider((request) =>
    request.instruction.startsWith("agent ") ? { text: "Go on.", usage } : script(request),
  );
});

afterAll(async () => {
  for (const trial of opened) trial.remove();
  await provider.close();
});

/** Returns a data folder to copy, with a tree whose root gives the prompt to this agent. */
async function prepare(agent: string): Promise<Prepared> {
  const crashing = await prepareCrashes(() => provider.url, { ...ENV, BANYAN_TEST_TOOLS: "all" });
  opened.push(crashing);
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false, env: ENV });
  await changeAgent(trial, "worker", { tools: ["run_coding_agent"] });
  const { id, workspace } = await trial.submit({ task: agent, agent: "worker", grant: { tokens: 2_000_000 } });
  await trial.close();
  return {
    treeId: id,
    run: (dataDir, killAt) => crashing.run(dataDir, killAt, id),
    // The copies of the data folder name the same folder of the tree.
    freshFolder(name) {
      for (const file of readdirSync(workspace)) rmSync(join(workspace, file), { recursive: true });
      return crashing.freshFolder(name);
    },
  };
}

interface Prepared {
  treeId: string;
  run(dataDir: string, killAt: number): ReturnType<Crashing["run"]>;
  freshFolder: Crashing["freshFolder"];
}

/** Returns the log of the root, after a look at what must hold however often the worker was killed. */
async function checked(dataDir: string, treeId: string): Promise<Message[]> {
  const program = process.cwd();
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, program);
  const { queries, close } = openReadRuntime({ settings, program, checkout: program, version: "test" });
  const tree = await queries.getTree(treeId);
  const log = await logOf(queries, tree.root_task_id);
  const open = await queries.listReviews({ open: true });
  await close();
  expect([tree.status, open.items]).toEqual(["succeeded", []]);
  const answer = JSON.parse(responsesOf(log)[0] ?? "") as { stop_reason: string | null; problem?: string };
  expect([answer.problem, answer.stop_reason]).toEqual([undefined, "end_turn"]);
  const lines = readFileSync(join(tree.workspace, "done.txt"), "utf8").trim().split("\n");
  expect(lines).toEqual([...new Set(lines)]);
  const asked = log.filter(({ content }) => content.type === "call_asked");
  const used = log.filter(({ content }) => content.type === "answer_used");
  // An answer that was taken and not yet given to the agent is lost with the process, and it asks again.
  expect([asked.length === used.length, asked.length <= 2]).toEqual([true, true]);
  return log;
}

const titlesIn = (log: Message[]) =>
  log.filter(({ content }) => content.type === "executor_call").map(({ content }) => content.title);

test("killed after any step, the agent's session goes on, and nothing of it runs twice", async () => {
  const { run, freshFolder, treeId } = await prepare("test");
  const whole = freshFolder("whole");
  const { passed, kinds } = await run(whole, 0);
  const log = await checked(whole, treeId);
  expect(titlesIn(log)).toHaveLength(5);
  expect(passed).toBeGreaterThan(10);
  const step = process.env.BANYAN_CRASH_ALL ? 1 : 4;
  // Two steps beyond the agent's call. How many follow is not always the same, and they are those of any task.
  const last = kinds.lastIndexOf("tool call") + 3;
  for (let killAt = 2; killAt <= last; killAt += step) {
    const dataDir = freshFolder(`killed-${killAt}`);
    const killed = await run(dataDir, killAt);
    expect([killAt, killed.signal]).toEqual([killAt, "SIGKILL"]);
    const next = await run(dataDir, 0);
    expect([killAt, next.signal, next.errors]).toEqual([killAt, null, ""]);
    const titles = titlesIn(await checked(dataDir, treeId));
    expect([killAt, titles]).toEqual([killAt, [...new Set(titles)]]);
  }
}, 600_000);

test("an agent that cannot load its session gets a new one, which is told what it had done", async () => {
  const { run, freshFolder, treeId } = await prepare("forgetful");
  const whole = freshFolder("forgetful");
  const { kinds } = await run(whole, 0);
  const dataDir = freshFolder("forgotten");
  // The second thing that it did is stored, and more is to come: how many steps follow is not always the same.
  const stored = kinds.flatMap((kind, at) => (kind.includes("executor_call") ? [at + 1] : []));
  const killed = await run(dataDir, stored[1] ?? 0);
  expect(killed.signal).toBe("SIGKILL");
  const next = await run(dataDir, 0);
  expect([next.signal, next.errors]).toEqual([null, ""]);
  const program = process.cwd();
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, program);
  const { queries, close } = openReadRuntime({ settings, program, checkout: program, version: "test" });
  const tree = await queries.getTree(treeId);
  const log = await logOf(queries, tree.root_task_id);
  await close();
  expect(tree.status).toBe("succeeded");
  const began = log.filter(({ content }) => content.type === "executor_started");
  expect(began.map(({ content }) => content.isLoaded)).toEqual([false, false]);
  const told = titlesIn(log).find((title) => String(title).startsWith("You were cut off"));
  expect(told).toContain("run echo one >> done.txt (completed)");
}, 300_000);
