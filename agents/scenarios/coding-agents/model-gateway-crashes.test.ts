/** Kills a worker by SIGKILL while its agent uses models, after each commit and in the middle of an answer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { readSettings } from "@/lib/env";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, taskScript } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const MAIN = "tests/agents/model-gateway-main.ts";
const CAP = 900_000;
const USED = 107;
/** 500 tokens of output, and a request of fewer bytes than this. */
const MOST_RESERVED = 500 + 400;

let provider: ScriptedProvider;
let answered = 0;
let stalls = false;
beforeAll(async () => {
  const tasks = taskScript({ root: [call("coding_agent", { what: "it" }), endTask("done")], "*": endTask("noted") });
  provider = await startScriptedProvider(
    (request) => {
      if (request.instruction !== "agent") return tasks(request);
      answered += 1;
      const usage = { inputTokens: 100, outputTokens: 7 };
      return { text: "Hello.", usage, ...(stalls && { fault: { type: "stall", afterEvents: 2 } as const }) };
    },
    { record: false },
  );
});
afterAll(() => provider.close());

/** Prepares a data folder with one tree, and returns its id. */
async function prepare({ template }: Crashing): Promise<string> {
  const trial = await startTrial({ provider, dataDir: template, work: false });
  await changeAgent(trial, "worker", { tools: ["coding_agent"] });
  const { id } = await trial.submit({ task: "root", agent: "worker", grant: { tokens: CAP } });
  await trial.close();
  return id;
}

async function inspect(dataDir: string, treeId: string) {
  const program = process.cwd();
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, program);
  const { queries, store, close } = openReadRuntime({ settings, program, checkout: program, version: "test" });
  const tree = await queries.getTree(treeId);
  const log = await logOf(queries, tree.root_task_id);
  const broken = store.client.sqlite
    .prepare(
      `SELECT count(*) FROM tasks WHERE reserved_tokens > 0 OR
        tokens_in + tokens_out + given_tokens > grant_tokens`,
    )
    .pluck()
    .get();
  await close();
  const sumOf = (type: string) =>
    log
      .filter(({ content }) => content.type === type)
      .reduce(
        (sum, { content }) => sum + Number(content.tokens ?? Number(content.tokensIn) + Number(content.tokensOut)),
        0,
      );
  return { tree, broken, reported: sumOf("tool_charged"), unconfirmed: sumOf("unconfirmed") };
}

test("killed after each commit and in a stream, each request is charged once, and the agent runs once", async () => {
  const crashing = await prepareCrashes(() => provider.url, {}, MAIN);
  const treeId = await prepare(crashing);
  const whole = await crashing.run(crashing.freshFolder("whole"), 0, treeId);
  expect([whole.signal, whole.errors, answered]).toEqual([null, "", 4]);
  const deaths = Array.from({ length: 8 }, (_, at) => ({ at: at + 1, env: {} as Record<string, string> }));
  for (const { at, env } of [...deaths, { at: 0, env: { BANYAN_TEST_DIE: "stream" } }]) {
    const dataDir = crashing.freshFolder(`at-${at}`);
    answered = 0;
    stalls = env.BANYAN_TEST_DIE !== undefined;
    const killed = await crashing.run(dataDir, at, treeId, env);
    expect([at, killed.signal]).toEqual([at, "SIGKILL"]);
    const next = await crashing.run(dataDir, 0, treeId);
    expect([at, next.signal, next.errors]).toEqual([at, null, ""]);
    const { tree, broken, reported, unconfirmed } = await inspect(dataDir, treeId);
    expect([at, tree.status, broken]).toEqual([at, "succeeded", 0]);
    expect(readFileSync(join(dataDir, "effects.log"), "utf8")).toBe("agent\n");
    // What the provider has answered is charged, as reported or by its reservation, and no request twice.
    expect(reported + unconfirmed).toBeGreaterThanOrEqual(answered * USED);
    expect(reported / USED + unconfirmed / MOST_RESERVED).toBeLessThanOrEqual(4);
    if (env.BANYAN_TEST_DIE) expect([reported, unconfirmed > 500]).toEqual([0, true]);
  }
  crashing.remove();
}, 600_000);
