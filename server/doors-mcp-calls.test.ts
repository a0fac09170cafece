/** Calls of `/mcp` that take long: their streams, their forms, and what they tell of approvals. */
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { heldModel } from "@/tests/agents/services/held-model";
import { ask, type Doors, startDoors } from "./testing/doors";

const LONG_MS = 400_000;
/** With it, the test of silent calls takes the server's own times, and a call that is silent for 75 s. */
const isReal = process.env.BANYAN_SILENT_CALL === "1";
const SHORT = isReal ? { waitMs: 600_000 } : { keepAliveMs: 20, patienceMs: 20 };
const COMMENTS = 5;
/** MCP clients were seen to give up after so long without a byte. */
const QUIET_MS = 60_000;

const VERSION = "2026-07-28";
const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": VERSION,
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const MODERN = { "mcp-protocol-version": VERSION, "mcp-method": "tools/call", "mcp-name": "run_task" };
const ERAS = [
  ["before 2026", {}, {}],
  [VERSION, MODERN, { _meta: ENVELOPE }],
] as const;

const runTask = (more: object) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "run_task", arguments: { task: "Paint", agent: "worker" }, ...more },
  });

/** Sends a request as a client does that hangs up when it hears nothing. Returns what it heard. */
function listen(url: string, headers: Record<string, string>, body: string, heard: (text: string) => void) {
  return new Promise<{ answer: IncomingMessage; text: string }>((resolve, reject) => {
    const asked: ClientRequest = request(url, { method: "POST", headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
        heard(text);
      });
      answer.on("end", () => resolve({ answer, text }));
      answer.on("error", reject);
    });
    asked.setTimeout(QUIET_MS, () => asked.destroy(new Error("The server was silent for too long.")));
    asked.on("error", reject);
    asked.end(body);
  });
}

const JSON_TYPE = { "content-type": "application/json" };
const BOTH = { ...JSON_TYPE, accept: "application/json, text/event-stream" };

test.each(ERAS)(
  "a call that is silent for long stays alive by comments, with a client of %s",
  async (_name, headers, more) => {
    const { script, letGo } = heldModel();
    const doors = await startDoors({ script }, undefined, SHORT);
    const token = await doors.token("operator");
    const { answer, text } = await listen(
      `${doors.server.url}/mcp`,
      { ...BOTH, ...token, ...headers },
      runTask(more),
      (so_far) => {
        if (so_far.split(": keepalive").length > COMMENTS) letGo();
      },
    );
    expect(answer.headers["content-type"]).toContain("text/event-stream");
    const data = text.split("\n").filter((line) => line.startsWith("data: "));
    const result = JSON.parse(data.at(-1)?.slice("data: ".length) ?? "").result;
    expect(result.structuredContent).toMatchObject({ status: "succeeded", result: "Painted." });
  },
  LONG_MS,
);

test("a client that takes no streams gets one JSON document, also after a long wait", async () => {
  const doors = await startDoors({ script: heldModelThatGoes() }, undefined, { keepAliveMs: 5, patienceMs: 0 });
  const headers = { ...JSON_TYPE, accept: "application/json", ...MODERN, ...(await doors.token("operator")) };
  const body = runTask({ _meta: { ...ENVELOPE, progressToken: 7 } });
  const answer = await ask(`${doors.server.url}/mcp`, { method: "POST", headers, body });
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
  expect(JSON.parse(answer.text).result.structuredContent).toMatchObject({ status: "succeeded" });
});

const heldModelThatGoes = () => {
  const { script, letGo } = heldModel();
  letGo();
  return script;
};

async function clientOf(doors: Doors): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: { pin: VERSION } } });
  const requestInit = { headers: await doors.token("operator") };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${doors.server.url}/mcp`), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

const structured = (result: unknown) => (result as { structuredContent: Record<string, unknown> }).structuredContent;

test("a call that is cancelled, or whose time is over, leaves the task at work", async () => {
  const { script, letGo } = heldModel();
  const doors = await startDoors({ script }, undefined, { waitMs: 50 });
  const client = await clientOf(doors);
  const args = { task: "Paint", agent: "worker" };
  const late = structured(await client.callTool({ name: "run_task", arguments: args }));
  expect(late).toMatchObject({ ended_at: null, result: null });
  expect(late.next).toContain(`task_result with {"id": "${late.id}"}`);

  const patient = await startDoors({ script });
  const other = await clientOf(patient);
  const stop = new AbortController();
  const cancelled = other.callTool(
    { name: "run_task", arguments: args },
    { signal: stop.signal, onprogress: () => stop.abort() },
  );
  await expect(cancelled).rejects.toThrow();
  const [tree] = (await patient.trial.runtime.application.queries.listTrees()).items;
  expect(tree?.ended_at).toBeNull();
  letGo();
  expect(await patient.trial.ended(tree?.id ?? "")).toMatchObject({ status: "succeeded" });
  expect(await doors.trial.ended(String(late.id))).toMatchObject({ status: "succeeded" });
});

test("an approval is not told to callers: they learn at once that a person decides in Banyan", async () => {
  const script = agentScript({
    worker: [call("write_file", { path: "secret-plan.txt", content: "x" }), endTask("Written.")],
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const doors = await startDoors({ script }, undefined, { waitMs: 2 * LONG_MS });
  const { commands, queries } = doors.trial.runtime.application;
  await commands.setToolPolicy({ id: "write_file", policy: "ask" }, ownerCalled("ann"));
  const client = await clientOf(doors);
  const { id } = structured(
    await client.callTool({ name: "run_task_async", arguments: { task: "Write", agent: "worker" } }),
  );
  await expect.poll(async () => (await queries.listReviews({ open: true })).items).toHaveLength(1);
  for (const name of ["task_status", "task_result"]) {
    const told = structured(await client.callTool({ name, arguments: { id } }));
    expect(told).toMatchObject({
      status: "waiting",
      questions: [],
      needs_person: true,
      says: expect.stringContaining("review queue"),
    });
    expect(JSON.stringify(told)).not.toContain("secret-plan");
  }
  expect(structured(await client.callTool({ name: "list_reviews", arguments: {} })).items).toEqual([]);
});

test("autonomous_build starts a goal with what was given, and claude_autonomous is its other name", async () => {
  const doors = await startDoors();
  const client = await clientOf(doors);
  const build = {
    goal: "Make the tests pass",
    validation_command: "npm test",
    model: "anthropic/claude-sonnet-4-5",
    success_criteria: ["It is fast", { statement: "It adds", command: "true", weight: 2 }],
    max_iterations: 7,
    max_time_minutes: 5,
    success_threshold: 0.8,
    idempotency_key: "b-1",
    scope: ["src/**", "*.md"],
    hidden: ["test/hidden/**"],
    hidden_share: 0.25,
  };
  const made = await client.callTool({ name: "autonomous_build", arguments: build });
  expect(made).not.toHaveProperty("isError", true);
  const { id, progress, scope, put_back } = structured(made);
  expect([scope, put_back]).toEqual([["src/**", "*.md"], []]);
  expect(progress).toMatchObject({ score: null, round: 0, rounds_max: 7 });
  const goal = await doors.trial.runtime.application.queries.getGoal(String(id));
  expect(goal).toMatchObject({
    mode: "autonomous",
    threshold: 0.8,
    iterations_max: 7,
    minutes_max: 5,
    validation_command: "npm test",
    scope: ["src/**", "*.md"],
    scope_proposed: false,
    hidden: ["test/hidden/**"],
    hidden_share: 0.25,
    criteria: [{ statement: "It is fast" }, { statement: "It adds", command: "true", weight: 2 }],
  });
  expect(structured(await client.callTool({ name: "claude_autonomous", arguments: build })).id).toBe(id);
  const status = await client.callTool({ name: "claude_autonomous_status", arguments: { session_id: id } });
  const estimate = { rounds: null, minutes: null, says: "Cannot say yet" };
  expect(structured(status)).toMatchObject({ id, progress: { rounds_max: 7 }, estimate });
  const lesson = await client.callTool({ name: "claude_learn_from_session", arguments: { session_id: id } });
  expect(structured(lesson)).toMatchObject({ id: expect.any(String), estimate: null });
  const refused = await client.callTool({
    name: "autonomous_build",
    arguments: { ...build, idempotency_key: "b-2", auto_deploy: true },
  });
  expect(JSON.stringify(refused)).toContain("delivery_command");
  const reused = await client.callTool({ name: "autonomous_build", arguments: { ...build, goal: "Other" } });
  expect(JSON.stringify(reused)).toContain("used for another request");
});
