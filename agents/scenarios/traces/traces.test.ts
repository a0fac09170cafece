/** A tree as a trace: its spans, what they tell and what they never tell, and a collector that is away. */
import { afterEach, expect, test } from "vitest";
import { call, endTask, passed } from "@/tests/agents/replies";
import { taskScript } from "@/tests/agents/scenario";
import { type Collector, type ReceivedSpan, startCollector, tracedBy } from "@/tests/agents/traces/collector";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const WORDS = ["Plum jam", "secret recipe", "printf pear", "pear", "Done with plums", "sk-ant-test"];

const SCRIPT = taskScript({
  "Plum jam for all": [
    call("use_terminal", { command: "printf pear; exit 3" }),
    call("start_subtask", { instruction: "the secret recipe", agent: "worker" }),
    call("no_such_plum", {}),
    endTask("Done with plums"),
  ],
  "the secret recipe": endTask("Done with plums too"),
  "*": [passed()],
});

async function startTraced(
  more: Record<string, string> = {},
  now: () => number = Date.now,
): Promise<{ trial: Trial; collector: Collector }> {
  const collector = await startCollector();
  open.push(collector);
  const trial = await startTrial({
    script: SCRIPT,
    runtime: { now },
    env: { BANYAN_MODEL: "anthropic/claude-haiku-4-5", ...tracedBy(collector, more) },
  });
  open.push(trial);
  const finishing = { evaluate: "never", summarize: "never", document: "never" } as const;
  await changeAgent(trial, "worker", { tools: ["use_terminal", "start_subtask"], finishing });
  return { trial, collector };
}

async function runTree(trial: Trial) {
  const { id } = await trial.submit({ task: "Plum jam for all", agent: "worker" });
  const tree = await trial.ended(id);
  await trial.worker?.traces.check();
  return tree;
}

function parentOf(spans: readonly ReceivedSpan[], span: ReceivedSpan): string | undefined {
  return spans.find(({ spanId }) => spanId === span.parentSpanId)?.name;
}

test("a tree is one trace of tasks, turns, model calls, tools and commands, each span once", async () => {
  const { trial, collector } = await startTraced();
  const tree = await runTree(trial);
  const { spans } = collector;
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  const told = spans.map((span) => `${parentOf(spans, span) ?? "-"} > ${span.name}`).sort();
  expect(told).toEqual(
    [
      "- > tree",
      "tree > invoke_agent worker",
      "invoke_agent worker > invoke_agent worker",
      ...Array(5).fill("invoke_agent worker > turn"),
      ...Array(5).fill("turn > chat claude-haiku-4-5"),
      "turn > execute_tool use_terminal",
      "execute_tool use_terminal > command",
      "turn > execute_tool start_subtask",
      "turn > execute_tool unknown",
      ...Array(2).fill("turn > execute_tool end_task"),
    ].sort(),
  );
  const command = spans.find(({ name }) => name === "command");
  expect([command?.attributes["process.exit.code"], command?.error]).toEqual([3, "failed"]);
  const chat = spans.find(({ name }) => name.startsWith("chat"));
  expect(chat).toMatchObject({
    kind: 3,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "claude-haiku-4-5",
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
    },
  });
  // A search by the model finds the tasks and the calls alike.
  const agent = spans.find(({ name }) => name === "invoke_agent worker");
  for (const key of ["gen_ai.provider.name", "gen_ai.request.model", "gen_ai.conversation.id"])
    expect(
      spans.some(({ name, attributes }) => name.startsWith("chat") && attributes[key] === agent?.attributes[key]),
    ).toBe(true);
  const root = spans.find(({ name }) => name === "tree");
  expect(root?.attributes).toMatchObject({ "banyan.tree.id": tree.id, "banyan.status": "succeeded" });
  expect(root?.to).toBe(Date.parse(tree.ended_at ?? ""));
  for (const span of spans) expect(span.to).toBeGreaterThanOrEqual(span.from);
  expect(collector.resource).toMatchObject({ "service.name": "banyan", "service.version": "test" });
  expect(trial.faults).toEqual([]);
});

test("a span holds no text of people, models or tools unless content is asked for", async () => {
  const { trial, collector } = await startTraced();
  await runTree(trial);
  const sent = Buffer.concat(collector.bodies).toString();
  expect(collector.spans.length).toBeGreaterThan(10);
  for (const word of [...WORDS, "no_such_plum"]) expect(sent).not.toContain(word);
  const asked = await startTraced({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" });
  await runTree(asked.trial);
  const whole = Buffer.concat(asked.collector.bodies).toString();
  for (const word of ["Plum jam", "secret recipe", "printf pear", "Done with plums"]) expect(whole).toContain(word);
});

test("while the collector is away nothing is lost, and it is said once", async () => {
  const { trial, collector } = await startTraced();
  collector.answer.status = 503;
  await runTree(trial);
  await trial.worker?.traces.check();
  expect(collector.spans).toEqual([]);
  expect(trial.faults).toEqual([expect.stringContaining("takes no spans now: HTTP 503. They are sent later.")]);
  collector.answer.status = 200;
  await expect.poll(() => collector.spans.some(({ name }) => name === "tree"), { timeout: 30_000 }).toBe(true);
  expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length);
  expect(trial.faults).toHaveLength(1);
});

test("a collector that was away is asked at once when the clock is set back", async () => {
  let shiftMs = 0;
  const { trial, collector } = await startTraced({}, () => Date.now() + shiftMs);
  collector.answer.status = 503;
  await runTree(trial);
  shiftMs -= 3_600_000;
  collector.answer.status = 200;
  await trial.worker?.traces.check();
  expect(collector.spans.some(({ name }) => name === "tree")).toBe(true);
});

test("a collector that is busy is asked again when it says so, however often it was away before", async () => {
  let shiftMs = 0;
  const { trial, collector } = await startTraced({}, () => Date.now() + shiftMs);
  collector.answer = { status: 503 };
  await runTree(trial);
  for (let tries = 0; tries < 6; tries += 1) {
    shiftMs += 300_000;
    await trial.worker?.traces.check();
  }
  collector.answer = { status: 429, headers: { "retry-after": "60" } };
  shiftMs += 300_000;
  await trial.worker?.traces.check();
  collector.answer = { status: 200 };
  shiftMs += 30_000;
  await trial.worker?.traces.check();
  expect(collector.spans).toEqual([]);
  shiftMs += 31_000;
  await expect
    .poll(async () => {
      await trial.worker?.traces.check();
      return collector.spans.some(({ name }) => name === "tree");
    })
    .toBe(true);
});

test("spans that the collector cannot read are left out, so that later ones arrive", async () => {
  const { trial, collector } = await startTraced();
  // A request without spans is shorter.
  collector.answer = { status: 200, mostBytes: 100, tooLong: 400 };
  await runTree(trial);
  expect(trial.faults.join()).toMatch(/refused \d+ spans: HTTP 400. They are left out./);
  collector.answer = { status: 200 };
  await runTree(trial);
  expect(collector.spans.filter(({ name }) => name === "tree")).toHaveLength(1);
});

test("a server that refuses even a request without spans has the wrong address, and nothing is lost", async () => {
  let shiftMs = 0;
  const { trial, collector } = await startTraced({}, () => Date.now() + shiftMs);
  collector.answer = { status: 400 };
  await runTree(trial);
  expect(trial.faults).toEqual([expect.stringContaining("takes no spans now: HTTP 400. They are sent later.")]);
  collector.answer = { status: 200 };
  shiftMs += 300_000;
  await trial.worker?.traces.check();
  expect(collector.spans.filter(({ name }) => name === "tree")).toHaveLength(1);
});

test("the tasks of a runbook tell its name", async () => {
  const { trial, collector } = await startTraced();
  const { id } = await trial.submit({ task: "Survey this folder.", runbook: "repository-survey" });
  await trial.ended(id);
  await trial.worker?.traces.check();
  const tasks = collector.spans.filter(({ name }) => name.startsWith("invoke_agent"));
  const root = tasks.find((span) => parentOf(collector.spans, span) === "tree");
  expect(root?.attributes).toMatchObject({
    "banyan.runbook": "repository-survey",
    "gen_ai.provider.name": "banyan",
    "gen_ai.request.model": "runbook",
  });
  const agents = await startTraced();
  await runTree(agents.trial);
  for (const span of agents.collector.spans) expect(span.attributes).not.toHaveProperty("banyan.runbook");
});

test("the collector gets its headers, and where traces are off it gets nothing", async () => {
  const { trial, collector } = await startTraced({ OTEL_EXPORTER_OTLP_HEADERS: "x-key=abc%20def" });
  await runTree(trial);
  expect(collector.headers[0]).toMatchObject({ "x-key": "abc def", "content-type": "application/json" });
  const off = await startTraced({ OTEL_TRACES_EXPORTER: "none" });
  await runTree(off.trial);
  expect(off.collector.spans).toEqual([]);
  expect(off.trial.runtime.store.traces.read()).toBeNull();
});
