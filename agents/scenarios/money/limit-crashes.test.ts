/** Kills the process of a governor by SIGKILL within its writes; then restarts it, while the disk is as full as before. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import { readSettings } from "@/lib/env";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { startHookReceiver } from "@/tests/agents/limits/hook-receiver";
import { endTask } from "@/tests/agents/replies";
import { taskScript, tester } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";

type Hook = Awaited<ReturnType<typeof startHookReceiver>>;

const script = taskScript({ "Fill it": endTask("Filled."), "*": endTask("noted") });
let provider: ScriptedProvider;
let requests = 0;
let hook: Hook;
let crashing: Crashing;
beforeAll(async () => {
  const counted: typeof script = (request) => {
    requests += 1;
    return script(request);
  };
  provider = await startScriptedProvider(counted, { record: false });
  hook = await startHookReceiver();
  crashing = await prepareCrashes(
    () => provider.url,
    { BANYAN_PRIVATE_HOSTS: hook.host },
    "tests/agents/limits/limits-main.ts",
  );
  const env = { BANYAN_PRIVATE_HOSTS: hook.host, BANYAN_KEY_FILE: crashing.keyFile };
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false, env });
  await trial.runtime.application.commands.addWebhook({ url: hook.url, events: ["limit"] }, tester);
  await trial.close();
});
afterAll(async () => {
  crashing.remove();
  await hook.close();
  await provider.close();
});

async function inspect(dataDir: string) {
  const program = process.cwd();
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir }, program);
  const readRuntime = openReadRuntime({ settings, program, checkout: program, version: "test" });
  const { store, queries } = readRuntime;
  const limits = await queries.getLimits();
  const { items } = await queries.listAudit({ actor: "governor", limit: 100 });
  const found = {
    limits,
    events: limits.events.map(({ kind, level }) => (kind === "level" ? level : kind)).reverse(),
    violations: limits.limits.find(({ name }) => name === "disk")?.violations,
    audit: items.map(({ action }) => action).reverse(),
    halt: store.halts.current(),
    isAuditWhole: (await queries.verifyAudit()).ok,
    damage: store.client.sqlite.pragma("integrity_check", { simple: true }),
  };
  await readRuntime.close();
  return found;
}

/** What was told: each message once, however often it was sent. */
function toldSince(from: number): string[] {
  const messages = new Map(hook.received.slice(from).map(({ headers, body }) => [headers["webhook-id"], body]));
  return [...messages.values()].map(({ limit }) => limit?.level ?? "");
}

const FIVE_TIMES = "100,10,100,10,100,10,100,10,100";
const LEVELS = [...Array(4).fill(["limit", "ok"]).flat(), "limit"];
const ROWS = [...Array(4).fill(["limitReached", "limitOver"]).flat(), "limitReached"];

/** Where the process dies, how many events are stored then, and whether everything is paused. */
const DEATHS: [statement: string, events: number, isPaused: boolean][] = [
  ["INSERT ON limit_events", 0, false],
  ["INSERT ON audit", 0, false],
  ["UPDATE ON facts WHEN new.name = 'limit_readings' AND (SELECT count(*) FROM limit_events) = 3", 3, false],
  ["INSERT ON limit_events WHEN (SELECT count(*) FROM limit_events) = 6", 5, false],
  ["INSERT ON limit_events WHEN new.kind = 'stop'", 8, false],
  // Between the event and the pause, which are one.
  ["INSERT ON facts WHEN new.name = 'halt'", 8, false],
  ["UPDATE ON facts WHEN new.name = 'limit_readings' AND (SELECT count(*) FROM limit_events) = 10", 10, true],
  ["INSERT ON webhook_deliveries WHEN new.body LIKE '%stopped%'", 10, true],
  // The receiver has answered.
  ["UPDATE ON webhook_deliveries WHEN new.status = 'delivered' AND new.body LIKE '%stopped%'", 10, true],
];

test.each(DEATHS)(
  "killed after %s, the next process counts on, pauses once and tells nothing twice",
  async (statement, events, isPaused) => {
    const dataDir = crashing.freshFolder(statement.replaceAll(/\W+/g, "-"));
    const from = hook.received.length;
    const env = { BANYAN_TEST_DISK: FIVE_TIMES };
    expect((await crashing.run(dataDir, 0, "", { ...env, BANYAN_TEST_DIE: statement })).signal).toBe("SIGKILL");
    const left = await inspect(dataDir);
    expect([left.events.length, left.halt !== null]).toEqual([events, isPaused]);
    expect(left.violations).toBe(isPaused ? 0 : Math.ceil(events / 2));

    expect(await crashing.run(dataDir, 0, "", env)).toMatchObject({ signal: null, errors: "" });
    const { halt, audit, ...found } = await inspect(dataDir);
    expect(found.events).toEqual([...LEVELS, "stop"]);
    expect(audit).toEqual([...ROWS, "pauseEverything"]);
    expect(halt).toMatchObject({ by: "governor", reason: expect.stringContaining("5 times within 10 minutes") });
    expect([found.isAuditWhole, found.damage, found.violations]).toEqual([true, "ok", 0]);
    // The later ones came too soon after the first to be told again.
    expect(toldSince(from).sort()).toEqual(["limit", "ok", "stopped"]);
  },
);

test("killed at a limit, the next process starts no task, and goes on once it is over", async () => {
  const dataDir = crashing.freshFolder("held");
  const death = { BANYAN_TEST_DISK: "100", BANYAN_TEST_DIE: "INSERT ON webhook_deliveries" };
  expect((await crashing.run(dataDir, 0, "", death)).signal).toBe("SIGKILL");
  const trial = await startTrial({ provider, dataDir, work: false });
  const { id } = await trial.submit({ task: "Fill it", agent: "worker" });
  await trial.close();
  const before = requests;
  await crashing.run(dataDir, 0, "", { BANYAN_TEST_DISK: "95" });
  expect(requests).toBe(before);
  const ended = await crashing.run(dataDir, 0, id, { BANYAN_TEST_DISK: "95,95,50" });
  expect([ended.signal, ended.errors]).toEqual([null, ""]);
  const allowed = readFileSync(join(dataDir, "claiming.log"), "utf8").trim().split("\n");
  expect(allowed).toEqual(["all", "none", "none"]);
  const { limits } = await inspect(dataDir);
  expect(limits.claiming).toBe("all");
});
