/** Kills a worker's process by SIGKILL while ended trees are replayed, and while a trial ends; then restarts it. */
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { doesDecide } from "@/core/rules/replays";
import { readSettings } from "@/lib/env";
import { prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask } from "@/tests/agents/replies";
import { taskScript, tester, toldIn } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import type { ScriptedRequest } from "@/tests/agents/services/script";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const CANDIDATE = "Count the spoons twice.";
const isCandidate = ({ system }: ScriptedRequest) => system.includes(CANDIDATE);

/** While true the live version is wrong in half of the trees and the candidate never; else the candidate is always wrong. */
let isBetter = false;

const script = taskScript({
  root: ({ turn }) =>
    turn === 0
      ? call("propose_agent", { name: "coder", instruction: CANDIDATE, why: "Wrong.", wait: false })
      : endTask("proposed"),
  "@coder": (request) => {
    const isEven = Number(/work (\d+)/.exec(request.instruction)?.[1]) % 4 < 2;
    const isRight = isBetter ? isCandidate(request) || isEven : !isCandidate(request);
    return endTask(isRight ? "The spoons are right." : "The spoons are wrong.");
  },
  "@task_evaluator": (request) => {
    const outcome = toldIn(request).includes("The spoons are wrong") ? "fail" : "pass";
    return endTask(JSON.stringify({ outcome, reasons: ["It was counted."] }));
  },
});

let provider: ScriptedProvider;

beforeAll(async () => {
  provider = await startScriptedProvider(script, { record: false });
});
afterAll(() => provider.close());

/** Runs trees, and a task that proposes; `isEnough` says when there are enough of them. */
async function proposed(trial: Trial, isEnough: (ended: string[]) => boolean): Promise<void> {
  await changeAgent(trial, "worker", { tools: ["propose_agent"] });
  await changeAgent(trial, "coder", { finishing: { evaluate: "always", summarize: "never", document: "never" } });
  const ended: string[] = [];
  while (!isEnough(ended)) {
    const { id } = await trial.submit({ task: `work ${ended.length}`, agent: "coder" });
    await trial.ended(id);
    ended.push(id);
  }
  await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
}

/** Approves the proposal without a worker. Resolves with the trial's id. */
async function approve(trial: Trial): Promise<string> {
  const { commands, queries } = trial.runtime.application;
  const { items } = await queries.listReviews({ open: true });
  await commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester);
  return (await queries.listTrials())[0]?.id ?? "";
}

async function inspect(dataDir: string, id: string) {
  const program = process.cwd();
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, program);
  const readRuntime = openReadRuntime({ settings, program, checkout: program, version: "test" });
  const trial = await readRuntime.queries.getTrial(id);
  const audit = await readRuntime.queries.listAudit({ action: "trialEnded" });
  const { instruction } = await readRuntime.queries.getAgent("coder");
  const { sqlite } = readRuntime.store.client;
  const trees = sqlite.prepare("SELECT uid FROM trees WHERE created_by = 'Banyan (replay)'").pluck().all();
  const damage = sqlite.pragma("integrity_check", { simple: true });
  await readRuntime.close();
  return { trial, ends: audit.items.length, isLive: instruction.includes(CANDIDATE), trees, damage };
}

test("killed after each step of the replays and restarted, each ended tree is replayed once with each version", async () => {
  isBetter = false;
  const crashing = await prepareCrashes(() => provider.url, { BANYAN_TEST_BOUNDARIES: "trials" });
  const { template } = crashing;
  const first = await startTrial({ provider, dataDir: template });
  await proposed(first, (ended) => ended.filter(doesDecide).length >= 2 && !ended.every(doesDecide));
  await first.close();
  const second = await startTrial({ provider, dataDir: template, work: false, env: { BANYAN_TRIAL_REPLAYS: "4" } });
  const id = await approve(second);
  const sources = (await second.runtime.application.queries.getTrial(id)).replays?.trees.length ?? 0;
  await second.close();
  const env = { BANYAN_TEST_TRIAL: id };

  const check = async (dataDir: string) => {
    const { trial, ends, isLive, trees, damage } = await inspect(dataDir, id);
    expect(trial).toMatchObject({ status: "bad", outcome: "replays", live: { started: 0 }, candidate: { started: 0 } });
    const found = trial.replays?.trees ?? [];
    expect(found.map(({ live }) => live.status)).toEqual(Array(sources).fill("passed"));
    expect(found.map(({ candidate }) => candidate.status)).toEqual(Array(sources).fill("failed"));
    expect([ends, isLive, trees.length, damage]).toEqual([1, false, 2 * sources, "ok"]);
  };
  const whole = crashing.freshFolder("whole");
  const { passed, errors } = await crashing.run(whole, 0, "", env);
  expect(errors).toBe("");
  await check(whole);
  // Steps of two replays may share a commit.
  expect(passed).toBeGreaterThanOrEqual(4 * sources);
  const points = Array.from({ length: passed }, (_, index) => index + 1);
  const sweep = async () => {
    for (let at = points.shift(); at !== undefined; at = points.shift()) {
      const dataDir = crashing.freshFolder(`at-${at}`);
      const { signal } = await crashing.run(dataDir, at, "", env);
      if (signal === "SIGKILL") expect([at, (await crashing.run(dataDir, 0, "", env)).signal]).toEqual([at, null]);
      await check(dataDir).catch((error: Error) => {
        throw new Error(`Killed at boundary ${at} of ${passed}: ${error.message}`, { cause: error });
      });
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
  await Promise.all([sweep(), sweep()]);
  crashing.remove();
}, 600_000);

test("killed within the transaction that ends a trial, the trial goes on, and ends once after the restart", async () => {
  isBetter = true;
  const crashing = await prepareCrashes(() => provider.url);
  const { template } = crashing;
  const env = { BANYAN_TRIAL_REPLAYS: "0", MAX_CONCURRENT_AGENTS: "8" };
  const first = await startTrial({ provider, dataDir: template, env });
  await proposed(first, () => true);
  const id = await approve(first);
  const made: string[] = [];
  for (let number = 0; number < 40; number += 1)
    made.push((await first.submit({ task: `work ${number}`, agent: "coder" })).id);
  for (const tree of made) await first.ended(tree);
  await first.close();

  const before = await inspect(template, id);
  expect(before.trial).toMatchObject({ status: "trial", live: { trees: 20 }, candidate: { trees: 20, passed: 20 } });
  for (const statement of ["UPDATE ON trials", "UPDATE ON agents", "INSERT ON audit"]) {
    const dataDir = crashing.freshFolder(statement.replaceAll(" ", "-"));
    const own = { BANYAN_TEST_TRIAL: id, BANYAN_TEST_DIE: statement };
    expect([statement, (await crashing.run(dataDir, 0, "", own)).signal]).toEqual([statement, "SIGKILL"]);
    expect(await inspect(dataDir, id)).toMatchObject({
      trial: { status: "trial" },
      ends: 0,
      isLive: false,
      damage: "ok",
    });
    expect((await crashing.run(dataDir, 0, "", { BANYAN_TEST_TRIAL: id })).signal).toBeNull();
    const after = await inspect(dataDir, id);
    expect(after).toMatchObject({
      trial: { status: "permanent", outcome: "better" },
      ends: 1,
      isLive: true,
      damage: "ok",
    });
  }
  crashing.remove();
}, 600_000);
