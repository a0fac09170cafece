/**
 * Traces on the wire: the default form, a collector that takes little at a time, secrets, tries, forks, and requests to
 * servers.
 */
import { afterEach, expect, test } from "vitest";
import { modernState, startModern } from "@/lib/mcp/testing/modern-server";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, taskScript, tester } from "@/tests/agents/scenario";
import type { ProviderScript } from "@/tests/agents/services/script";
import { type Collector, startCollector, tracedBy } from "@/tests/agents/traces/collector";
import { spansOfProtobuf } from "@/tests/agents/traces/protobuf";
import { startTrial, type Trial, type TrialOptions } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const root = (...replies: object[]) => taskScript({ root: replies as never, "*": endTask("noted") });

interface Options {
  env?: Record<string, string>;
  script?: ProviderScript;
  tools?: string[];
  runtime?: TrialOptions["runtime"];
}

async function startTraced({
  env = {},
  script = root(endTask("done")),
  tools = ["use_terminal"],
  runtime,
}: Options): Promise<{ trial: Trial; collector: Collector }> {
  const collector = await startCollector();
  open.push(() => collector.close());
  const model = { BANYAN_MODEL: "anthropic/claude-haiku-4-5" };
  const trial = await startTrial({
    script,
    env: { ...model, ...tracedBy(collector), ...env },
    ...(runtime && { runtime }),
  });
  open.push(() => trial.close());
  const finishing = { evaluate: "never", summarize: "never", document: "never" } as const;
  await changeAgent(trial, "worker", { tools, finishing });
  return { trial, collector };
}

async function runTree(trial: Trial) {
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const tree = await trial.ended(id);
  await trial.worker?.traces.check();
  return tree;
}

test("without a setting, spans are sent as protobuf", async () => {
  const { trial, collector } = await startTraced({ env: { OTEL_EXPORTER_OTLP_PROTOCOL: "" } });
  const tree = await runTree(trial);
  expect(collector.headers[0]).toMatchObject({ "content-type": "application/x-protobuf" });
  const spans = collector.bodies.flatMap(spansOfProtobuf);
  const names = ["tree", "invoke_agent worker", "turn", "chat claude-haiku-4-5", "execute_tool end_task"];
  expect(spans.map(({ name }) => name).sort()).toEqual(names.sort());
  const [whole] = spans.filter(({ name }) => name === "tree");
  expect(whole).toMatchObject({ parentSpanId: "", toMs: Date.parse(tree.ended_at ?? "") });
  expect(whole?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([whole?.traceId]));
  expect(spans.filter(({ parentSpanId }) => parentSpanId === whole?.spanId)).toHaveLength(1);
  expect(trial.faults).toEqual([]);
});

test("a collector that takes few spans at a time gets all of them, each once", async () => {
  const lines = Array.from({ length: 12 }, (_, at) => call("use_terminal", { command: `echo ${at}` }));
  const { trial, collector } = await startTraced({ script: root(...lines, endTask("done")) });
  collector.answer.mostBytes = 6_000;
  await runTree(trial);
  expect(collector.refused).toBeGreaterThan(0);
  expect(collector.bodies.length).toBeGreaterThan(2);
  const ids = collector.spans.map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(collector.spans.filter(({ name }) => name === "command")).toHaveLength(12);
  expect(collector.spans.filter(({ name }) => name === "tree")).toHaveLength(1);
  expect(trial.faults).toEqual([]);
});

test("a collector that calls itself busy while a batch is too large for it gets smaller ones", async () => {
  const lines = Array.from({ length: 12 }, (_, at) => call("use_terminal", { command: `echo ${at}` }));
  let shiftMs = 0;
  const runtime = { now: () => Date.now() + shiftMs };
  const { trial, collector } = await startTraced({ script: root(...lines, endTask("done")), runtime });
  collector.answer = { status: 503 };
  await runTree(trial);
  collector.answer = { status: 200, mostBytes: 6_000, tooLong: 429 };
  for (let tries = 0; tries < 30 && !collector.spans.some(({ name }) => name === "tree"); tries += 1) {
    shiftMs += 300_000;
    await trial.worker?.traces.check();
  }
  expect(collector.refused).toBeGreaterThan(1);
  expect(trial.faults).toHaveLength(1);
  const ids = collector.spans.map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(collector.spans.filter(({ name }) => name === "command")).toHaveLength(12);
});

test("spans that a collector refuses with a success are told, and not sent again", async () => {
  const { trial, collector } = await startTraced({});
  collector.answer = { status: 200, body: '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"trace too large"}}' };
  await runTree(trial);
  expect(trial.faults.join()).toMatch(/refused 2 spans: trace too large\. They are left out\./);
  const ids = collector.spans.map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("long texts are cut inside their JSON, so that a page of the collector can show them", async () => {
  const result = "plums and pears ".repeat(2_000);
  const content = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" };
  const reply = { text: result, ...endTask(result) };
  const { trial, collector } = await startTraced({ script: root(reply), env: content });
  await runTree(trial);
  const told = (key: string) =>
    collector.spans.map(({ attributes }) => attributes[key]).find((value) => value !== undefined) as string;
  const [message] = JSON.parse(told("gen_ai.output.messages"));
  expect(message).toMatchObject({ role: "assistant", parts: [{ type: "text" }] });
  expect(message.parts[0].content).toMatch(/^plums and pears/);
  expect(JSON.parse(told("gen_ai.tool.call.arguments"))).toMatchObject({ status: "success" });
  expect(told("gen_ai.output.messages").length).toBeLessThanOrEqual(8_000);
});

test("with content, spans hold no secret", async () => {
  const secret = "sk-ant-api03-5tKq8Zw2Lx9Rb4Nd7Vy1";
  const script = root(call("use_terminal", { command: `echo ${secret} is plain` }), endTask(`It is ${secret}.`));
  const content = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" };
  const { trial, collector } = await startTraced({ script, env: { ANTHROPIC_API_KEY: secret, ...content } });
  await runTree(trial);
  const sent = Buffer.concat(collector.bodies).toString();
  expect(sent).toContain("is plain");
  expect(sent).not.toContain(secret);
});

test("each try of a model call is a span, and the failed ones say why", async () => {
  let tries = 0;
  const answers = root(endTask("done"));
  const { trial, collector } = await startTraced({
    script: (request) => {
      tries += 1;
      return tries <= 2 ? { fault: { type: "server_error" } } : answers(request);
    },
  });
  expect((await runTree(trial)).status).toBe("succeeded");
  const chats = collector.spans.filter(({ name }) => name.startsWith("chat"));
  expect(chats.map(({ error }) => error)).toEqual(["retry", "retry", null]);
  expect(new Set(chats.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
});

test("a fork is a trace of its own, which begins where its own work begins", async () => {
  const script = root(call("use_terminal", { command: "echo one" }), endTask("done"));
  const { trial, collector } = await startTraced({ script });
  const tree = await runTree(trial);
  const before = collector.spans.length;
  const requests = trial.provider?.requests.length;
  const log = await logOf(trial, tree.root_task_id);
  const end = log.findLast(({ kind }) => kind === "tool_call");
  const fork = await trial.runtime.application.commands.fork({ id: tree.root_task_id, at: end?.seq }, tester);
  await trial.ended(fork.id);
  await trial.worker?.traces.check();
  const own = collector.spans.slice(before);
  expect(own.filter(({ name }) => name === "tree").map(({ attributes }) => attributes["banyan.tree.id"])).toEqual([
    fork.id,
  ]);
  const traces = new Set(own.map(({ traceId }) => traceId));
  expect(traces.size).toBe(1);
  expect(traces).not.toContain(collector.spans[0]?.traceId);
  // What was copied is in the first tree's trace.
  expect(own.filter(({ name }) => name === "command")).toEqual([]);
  const asked = trial.provider?.requests.slice(requests).map(({ headers }) => String(headers.traceparent));
  const chats = own.filter(({ name }) => name.startsWith("chat"));
  expect(asked).toEqual(chats.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
});

test("a call of an MCP server over HTTP carries the span of the call", async () => {
  const state = modernState();
  const server = await startModern(state);
  open.push(() => server.stop());
  const { trial, collector } = await startTraced({
    script: root(call("modern__echo", { text: "hello" }), endTask("done")),
    env: { BANYAN_PRIVATE_HOSTS: server.host, BANYAN_ALLOWED_HOSTS: server.host },
  });
  const text = JSON.stringify({ mcpServers: { modern: { url: server.url } } });
  await trial.runtime.application.commands.importServers({ text }, tester);
  await changeAgent(trial, "worker", { tools: ["modern"] });
  expect((await runTree(trial)).status).toBe("succeeded");
  const span = collector.spans.find(({ name }) => name.startsWith("execute_tool modern"));
  expect(span).toBeDefined();
  expect(state.headers?.get("traceparent")).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
});
