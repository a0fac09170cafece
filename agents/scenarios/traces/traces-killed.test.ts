/** A worker that is killed by SIGKILL, twice: one trace, each span once, and links over the kills. */
import { cpSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelPort } from "@/core/log/model";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, sub, taskScript, until } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { type Collector, type ReceivedSpan, startCollector, tracedBy } from "@/tests/agents/traces/collector";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent, offerTool } from "@/tests/agents/world-tool";

const MODEL = "anthropic/claude-haiku-4-5";
let crashing: Crashing;
let provider: ScriptedProvider;
let collector: Collector;
let treeId = "";
/** The model gives its last answer when this resolves. */
let lastAnswer: Promise<void> | null = null;

const script = taskScript({
  root: [
    { text: "First.", calls: ["often", "once"].map((name) => ({ name, input: { what: `root ${name}` } })) },
    startSubtask(sub("works")),
    { ...endTask("the whole"), beforeFrame: async () => void (await lastAnswer) },
  ],
  works: [call("once", { what: "works" }), endTask("worked")],
});

beforeAll(async () => {
  collector = await startCollector();
  crashing = await prepareCrashes(() => provider.url, tracedBy(collector));
  provider = await startScriptedProvider(script, { record: false });
  const env = { BANYAN_MODEL: MODEL, ...tracedBy(collector) };
  const trial = await startTrial({ provider, dataDir: crashing.template, env, work: false });
  const finishing = { evaluate: "never", summarize: "never", document: "never" };
  await offerTool(trial, "once", "auto");
  await changeAgent(trial, "worker", { tools: ["once", "often"], finishing });
  treeId = (await trial.submit({ task: "root", agent: "worker", grant: { tokens: 2_000_000 } })).id;
  await trial.close();
});

afterAll(async () => {
  await provider.close();
  await collector.close();
  crashing.remove();
});

const byId = (spans: readonly ReceivedSpan[]) => new Map(spans.map((span) => [span.spanId, span]));

type Kill = [effect: "model call" | "tool call", nth: number];

/**
 * Returns the boundary after the nth effect of this kind from here on, which a worker passes in a copy of the folder
 * without traces.
 */
async function boundaryOf(dataDir: string, [kind, nth]: Kill): Promise<number> {
  const copy = `${dataDir}-probe`;
  cpSync(dataDir, copy, { recursive: true });
  const { kinds } = await crashing.run(copy, 0, treeId, { OTEL_TRACES_EXPORTER: "none" });
  return kinds.flatMap((passed, at) => (passed === kind ? [at + 1] : []))[nth - 1] ?? 0;
}

/** Kills one worker after the other, each after such an effect, and lets the last one finish. */
async function runKilled(name: string, kills: readonly Kill[]): Promise<ReceivedSpan[]> {
  const dataDir = crashing.freshFolder(name);
  collector.spans.length = 0;
  for (const kill of kills) {
    const at = await boundaryOf(dataDir, kill);
    expect((await crashing.run(dataDir, at, treeId)).signal).toBe("SIGKILL");
  }
  const last = await crashing.run(dataDir, 0, treeId);
  expect([last.signal, last.errors]).toEqual([null, ""]);
  // The program of these tests exits without a word as soon as the tree has ended, so a server sends the rest.
  const trial = await startTrial({ provider, dataDir, env: { BANYAN_MODEL: MODEL, ...tracedBy(collector) } });
  await trial.worker?.traces.check();
  expect(trial.faults).toEqual([]);
  await trial.close();
  return [...collector.spans];
}

test("a tree whose worker is killed in a model call and in a tool call is one trace with links over both kills", async () => {
  const spans = await runKilled("twice", [
    ["model call", 1],
    ["tool call", 1],
  ]);
  const known = byId(spans);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  // At least once: what the killed process had sent may come again, as the same span.
  const names = [...known.values()].map(({ name, error }) => `${name}${error ? ` (${error})` : ""}`).sort();
  expect(names.filter((name) => name === "tree")).toHaveLength(1);
  expect(names.filter((name) => name === "invoke_agent worker")).toHaveLength(2);
  const interrupted = [...known.values()].filter(({ error }) => error === "interrupted");
  expect(interrupted.map(({ name }) => name).sort()).toEqual(
    ["chat claude-haiku-4-5", "execute_tool often", "turn", "turn"].sort(),
  );
  for (const turn of interrupted.filter(({ name }) => name === "turn")) {
    const next = [...known.values()].filter(({ name, links }) => name === "turn" && links[0]?.spanId === turn.spanId);
    expect(next).toHaveLength(1);
    expect(next[0]?.from).toBeGreaterThanOrEqual(turn.to);
  }
  // Every span but the root has its parent in the trace.
  const orphans = spans.filter(({ parentSpanId, name }) => name !== "tree" && !known.has(parentSpanId));
  expect(orphans).toEqual([]);
  const root = [...known.values()].find(({ attributes }) => attributes["banyan.interruptions"] !== undefined);
  expect(root?.attributes["banyan.interruptions"]).toBe(2);
});

test("a call that must run once and was interrupted has one span, and what follows has its own", async () => {
  const spans = await runKilled("once", [["tool call", 2]]);
  const once = [...byId(spans).values()].filter(({ name }) => name === "execute_tool once");
  // That of the subtask ran to its end.
  expect(once.map(({ error }) => error)).toEqual(["interrupted", null]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
});

test("what a frozen worker did ends as interrupted when another one takes its tasks", async () => {
  collector.spans.length = 0;
  const answers: (() => void)[] = [];
  const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
  const models: ModelPort = {
    async respond() {
      await new Promise<void>((resolve) => answers.push(resolve));
      const over = { id: `e${answers.length}`, name: "end_task", input: { status: "success", result: "over" } };
      return { parts: [{ type: "call", id: over.id }], calls: [over], usage, stopReason: "tool_calls" };
    },
  };
  const env = { BANYAN_MODEL: MODEL, ...tracedBy(collector) };
  const trial = await startTrial({ work: false, env, runtime: { models } });
  const { runtime } = trial;
  await changeAgent(trial, "worker", { finishing: { evaluate: "never", summarize: "never", document: "never" } });
  // It writes no heartbeat, as if its process stood still in its model call.
  const never = { pollMs: 3_600_000, heartbeatMs: 3_600_000 };
  const frozen = await runtime.startWorker({ role: "worker", ...never });
  const { id } = await trial.submit({ task: "It freezes", agent: "worker" });
  await expect.poll(() => answers.length).toBe(1);
  let clock = 0;
  // Its programs are those of this test, so the other one must not end them.
  const seeing = { liveness: () => "unknown" as const, monotonic: () => clock, pollMs: 20, heartbeatMs: 20 };
  const other = await runtime.startWorker({ role: "worker", ...seeing });
  const beats = () => runtime.store.workers.list().find((row) => row.id === other.id)?.heartbeat ?? 0;
  await expect.poll(beats).toBeGreaterThan(1);
  clock = 31_000;
  await expect.poll(() => answers.length).toBe(2);
  for (const answer of answers) answer();
  expect((await trial.ended(id)).status).toBe("succeeded");
  await other.traces.check();
  const turns = collector.spans.filter(({ name }) => name === "turn");
  const [cut, next] = turns;
  expect(turns.map(({ error }) => error)).toEqual(["interrupted", null]);
  expect(next?.links.map(({ spanId }) => spanId)).toEqual([cut?.spanId]);
  const chats = collector.spans.filter(({ name }) => name.startsWith("chat "));
  expect(chats.map(({ error, parentSpanId }) => [error, parentSpanId])).toEqual([
    ["interrupted", cut?.spanId],
    [null, next?.spanId],
  ]);
  const attempt = collector.spans.find(({ name }) => name === "invoke_agent worker");
  expect(attempt?.attributes["banyan.interruptions"]).toBe(1);
  await frozen.stop(1_000);
  await other.stop(1_000);
  await trial.close();
});

test("a tree that ends while the collector takes its kill is still one trace", async () => {
  const dataDir = crashing.freshFolder("slow");
  collector.spans.length = 0;
  const at = await boundaryOf(dataDir, ["tool call", 2]);
  expect((await crashing.run(dataDir, at, treeId)).signal).toBe("SIGKILL");
  const [last, answered] = [gate(), gate()];
  lastAnswer = last.opened;
  collector.answer.held = answered.opened;
  const known = () => byId(collector.spans);
  const trial = await startTrial({ provider, dataDir, env: { BANYAN_MODEL: MODEL, ...tracedBy(collector) } });
  await until(() => [...known().values()].some(({ error }) => error === "interrupted"), "the kill is on its way");
  last.open();
  await trial.ended(treeId);
  collector.answer = { status: 200 };
  answered.open();
  await trial.worker?.traces.check();
  await trial.worker?.traces.check();
  const killed = [...known().values()].filter(({ attributes }) => attributes["banyan.interruptions"] === 1);
  expect(killed.map(({ name }) => name)).toEqual(["invoke_agent worker"]);
  const orphans = [...known().values()].filter(
    ({ parentSpanId, name }) => name !== "tree" && !known().has(parentSpanId),
  );
  expect(orphans.map(({ name }) => name)).toEqual([]);
  expect(trial.faults).toEqual([]);
  await trial.close();
});
