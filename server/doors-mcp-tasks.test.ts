/** The Tasks extension of MCP over real trees: what a client sees, and that a token sees only its own tasks. */
import { type ClientCapabilities, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { heldModel } from "@/tests/agents/services/held-model";
import { type Doors, startDoors } from "./testing/doors";
import { connectTasksClient } from "./testing/tasks-client";

const MODERN = "2026-07-28";
const PAINT = { task: "Paint", agent: "worker" };
const UNKNOWN = "There is no task";

async function clientOf(doors: Doors, headers: Record<string, string>, capabilities?: ClientCapabilities) {
  const url = new URL(`${doors.server.url}/mcp`);
  return connectTasksClient(new StreamableHTTPClientTransport(url, { requestInit: { headers } }), capabilities);
}

/** Asks so many questions, then ends. */
const asking = (times: number) =>
  agentScript({
    worker: ({ turn }) => (turn < times ? call("ask", { question: `Question ${turn + 1}?` }) : endTask("Painted.")),
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });

test("a call starts a task, whose end and result the client reads later", async () => {
  const { script, letGo } = heldModel();
  const doors = await startDoors({ script });
  const { client, start, get, until } = await clientOf(doors, await doors.token("operator"));
  expect(client.getServerCapabilities()?.extensions).toHaveProperty(["io.modelcontextprotocol/tasks"]);
  const started = await start("run_task", { ...PAINT, idempotency_key: "k-1" });
  expect(started).toMatchObject({ status: "working", ttlMs: null, pollIntervalMs: 2_000 });
  expect(await get(started.taskId)).toMatchObject({ status: "working", statusMessage: expect.any(String) });
  expect((await start("run_task", { ...PAINT, idempotency_key: "k-1" })).taskId).toBe(started.taskId);
  letGo();
  const done = await until(started.taskId, "completed");
  expect(done.result).not.toHaveProperty("isError");
  expect(done.result?.structuredContent).toMatchObject({
    id: started.taskId,
    status: "succeeded",
    result: "Painted.",
    next: null,
    ended_at: expect.any(String),
  });
  const goal = await start("autonomous_build", { goal: "Make the tests pass", validation_command: "npm test" });
  expect(goal.status).toBe("working");
});

test("questions are input that is required: an answer, a refusal and a cancellation are recorded, and no key comes back", async () => {
  const doors = await startDoors({ script: asking(3) });
  const { start, get, until, update } = await clientOf(doors, await doors.token("operator"));
  const { taskId } = await start("run_task", PAINT);
  const keys: string[] = [];
  const answers = [{ action: "accept", content: { answer: "Blue." } }, { action: "decline" }, { action: "cancel" }];
  for (const [at, answer] of answers.entries()) {
    const { inputRequests = {} } = await until(taskId, "input_required");
    const [key = ""] = Object.keys(inputRequests);
    expect(inputRequests).toEqual({
      [key]: { method: "elicitation/create", params: expect.objectContaining({ message: `Question ${at + 1}?` }) },
    });
    expect(keys).not.toContain(key);
    // Answers to questions that are answered, or were never asked, change nothing.
    for (const old of [...keys, "unknown"])
      await update(taskId, { [old]: { action: "accept", content: { answer: "x" } } });
    expect(Object.keys((await get(taskId)).inputRequests ?? {})).toEqual([key]);
    keys.push(key);
    await update(taskId, { [key]: answer });
  }
  await until(taskId, "completed");
  const { items } = await doors.trial.runtime.application.queries.listReviews({ open: false });
  expect(new Map(items.map(({ id, answer }) => [id, answer]))).toEqual(
    new Map([
      [keys[0], "Blue."],
      [keys[1], expect.stringContaining("The caller declined to answer.")],
      [keys[2], expect.stringContaining("The caller cancelled the question.")],
    ]),
  );
});

test("two answers at once are both taken, and one is recorded", async () => {
  const doors = await startDoors({ script: asking(1) });
  const { start, until, update } = await clientOf(doors, await doors.token("operator"));
  const { taskId } = await start("run_task", PAINT);
  const [key = ""] = Object.keys((await until(taskId, "input_required")).inputRequests ?? {});
  const answers = ["Blue.", "Red."].map((answer) =>
    update(taskId, { [key]: { action: "accept", content: { answer } } }),
  );
  await Promise.all(answers);
  await until(taskId, "completed");
  const { items } = await doors.trial.runtime.application.queries.listReviews({ open: false });
  expect(items.map(({ id, answer }) => [id, answer])).toEqual([[key, expect.stringMatching(/^(Blue|Red)\.$/)]]);
});

test("a client that cannot ask its person is told how to answer", async () => {
  const doors = await startDoors({ script: asking(1) });
  const { client, start, get, until } = await clientOf(doors, await doors.token("operator"), {});
  const { taskId } = await start("run_task", PAINT);
  const { application } = doors.trial.runtime;
  await expect.poll(async () => (await application.queries.listReviews({ open: true })).items).toHaveLength(1);
  const [review] = (await application.queries.listReviews({ open: true })).items;
  expect(await get(taskId)).toMatchObject({
    status: "working",
    statusMessage: expect.stringContaining(`Call answer with {"review": "${review?.id}"`),
  });
  await client.callTool({ name: "answer", arguments: { review: review?.id, text: "Blue." } });
  await until(taskId, "completed");
});

test("a failure is completed with an error; a stop is cancelled; what has ended stays, also after a retry", async () => {
  let ends = 0;
  const script = agentScript({
    worker: async ({ instruction }) => {
      if (!instruction.includes("fail")) return call("ask", { question: "Which colour?" });
      ends += 1;
      return ends === 1 ? endTask("No paint.", { status: "failure" }) : endTask("Painted after all.");
    },
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const doors = await startDoors({ script });
  const { start, get, until, cancel } = await clientOf(doors, await doors.token("operator"));
  const failing = await start("run_task", { task: "Paint and fail", agent: "worker" });
  const failed = await until(failing.taskId, "completed");
  expect(failed.result).toMatchObject({ isError: true, structuredContent: { status: "failed", result: "No paint." } });
  await doors.trial.ended(failing.taskId);
  const { commands, queries } = doors.trial.runtime.application;
  const { root_task_id: root } = await queries.getTree(failing.taskId);
  await commands.retry({ id: root }, ownerCalled("ann"));
  await doors.trial.ended(failing.taskId);
  expect((await queries.getTask(root)).result).toBe("Painted after all.");
  const still = await get(failing.taskId);
  expect(still.result).toMatchObject({ isError: true, structuredContent: { status: "failed", result: "No paint." } });

  const stopped = await start("run_task", PAINT);
  await until(stopped.taskId, "input_required");
  await cancel(stopped.taskId);
  expect(await until(stopped.taskId, "cancelled")).not.toHaveProperty("result");
  await cancel(stopped.taskId);
  await cancel(failing.taskId);
});

test("M6: a token sees only its own tasks, whatever its role; the tools follow the role", async () => {
  const doors = await startDoors({ script: asking(1) });
  const owner = await clientOf(doors, await doors.token("operator"));
  const { taskId } = await owner.start("run_task", PAINT);
  const { inputRequests = {} } = await owner.until(taskId, "input_required");
  const [key = ""] = Object.keys(inputRequests);
  const fromPage = await doors.trial.submit(PAINT);
  await expect(owner.get(fromPage.id)).rejects.toThrow(UNKNOWN);
  const before = doors.everything();
  for (const role of ["viewer", "operator", "admin"] as const) {
    const other = await clientOf(doors, await doors.token(role));
    await expect(other.get(taskId)).rejects.toThrow(`${UNKNOWN} ${taskId}.`);
    await expect(other.update(taskId, { [key]: { action: "decline" } })).rejects.toThrow(UNKNOWN);
    await expect(other.cancel(taskId)).rejects.toThrow(UNKNOWN);
    const { structuredContent } = await other.client.callTool({ name: "task_status", arguments: { id: taskId } });
    expect(structuredContent).toMatchObject({ id: taskId });
  }
  const bound = await clientOf(doors, await doors.token("viewer", { task: fromPage.root_task_id }));
  const refusal = `This token may only see task ${fromPage.root_task_id}`;
  await expect(bound.get(taskId)).rejects.toThrow(refusal);
  await expect(bound.client.callTool({ name: "task_status", arguments: { id: taskId } })).rejects.toThrow(refusal);
  await expect(bound.client.readResource({ uri: `banyan://trees/${taskId}` })).rejects.toThrow(refusal);
  expect(count(doors.everything(), "tasks")).toBe(count(before, "tasks"));
  expect((await owner.get(taskId)).status).toBe("input_required");
  // The owners of A2A's tasks are in the same table.
  const { mcpTask, task, list } = doors.store.a2a;
  expect(mcpTask("token:token1", taskId)).toMatchObject({ id: taskId });
  expect([task("token:token1", taskId), list("token:token1", null)]).toEqual([null, []]);
});

const count = (rows: string, table: string) =>
  (JSON.parse(rows) as [string, unknown[]][]).find(([name]) => name === table)?.[1].length;

test("an approval stays inside: the task works, and says that a person decides", async () => {
  const script = agentScript({
    worker: [call("write_file", { path: "secret-plan.txt", content: "x" }), endTask("Written.")],
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const doors = await startDoors({ script });
  const { commands, queries } = doors.trial.runtime.application;
  await commands.setToolPolicy({ id: "write_file", policy: "ask" }, ownerCalled("ann"));
  const { start, get, update } = await clientOf(doors, await doors.token("operator"));
  const { taskId } = await start("run_task", PAINT);
  await expect.poll(async () => (await queries.listReviews({ open: true })).items).toHaveLength(1);
  const [review] = (await queries.listReviews({ open: true })).items;
  const told = await get(taskId);
  expect(told).toMatchObject({ status: "working", statusMessage: expect.stringContaining("review queue") });
  expect(told).not.toHaveProperty("inputRequests");
  expect(JSON.stringify(told)).not.toContain("secret-plan");
  await update(taskId, { [review?.id ?? ""]: { action: "accept", content: { answer: "approve" } } });
  expect((await queries.listReviews({ open: true })).items).toHaveLength(1);
});

test("who has not declared the extension gets results, and its methods answer with what is missing", async () => {
  const doors = await startDoors({ script: asking(0) });
  const envelope = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(await doors.token("operator")),
  };
  const ask = (method: string, name: string, params: object) =>
    doors.ask("/mcp", {
      method: "POST",
      headers: { ...headers, "mcp-protocol-version": MODERN, "mcp-method": method, "mcp-name": name },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: envelope } }),
    });
  const result = JSON.parse((await ask("tools/call", "run_task", { name: "run_task", arguments: PAINT })).text);
  const { id } = result.result.structuredContent;
  expect(result.result).toMatchObject({ resultType: "complete", structuredContent: { status: "succeeded" } });
  for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
    const refused = await ask(method, id, { taskId: id });
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([400, -32021]);
  }
  const legacy = { jsonrpc: "2.0", id: 1, method: "tasks/get", params: { taskId: id } };
  const old = await doors.ask("/mcp", { method: "POST", headers, body: JSON.stringify(legacy) });
  expect(JSON.parse(old.text).error.code).toBe(-32601);
});
