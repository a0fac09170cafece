/** `/mcp` with the SDK's client, and hostile cases M1 and M2. */
import type { CallToolResult } from "@modelcontextprotocol/client";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { type Doors, startDoors } from "./testing/doors";

type Mode = "legacy" | { pin: string };

async function clientOf(
  doors: Doors,
  headers: Record<string, string>,
  mode: Mode = "legacy",
  query = "",
): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(`${doors.server.url}/mcp${query}`), {
    requestInit: { headers },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

const textOf = (result: unknown) => {
  const [part] = (result as CallToolResult).content;
  return part?.type === "text" ? part.text : "";
};
const parsed = (result: unknown) => JSON.parse(textOf(result));
const namesOf = async (client: Client) => (await client.listTools()).tools.map((tool) => tool.name);

const FOLLOWS = ["task_status", "task_result"];
const RUNS = ["run_task", "run_task_async", "run_batch", ...FOLLOWS, "cancel"];
const STARTS = [...RUNS, "autonomous_build", "learn_from_session"];
const READS = [
  "list_trees",
  "list_projects",
  "list_insights",
  "get_evolution",
  "get_tree",
  "get_task",
  "read_messages",
  "list_reviews",
  "find_lessons",
];
const ACTS = ["submit_task", "steer", "continue", "answer", "stop"];
/** Other names of tools, which come last. */
const ALIASES = ["claude_autonomous", "claude_autonomous_status", "claude_learn_from_session"];
const ALL = STARTS.length + READS.length + ACTS.length;

test("a program submits a task, answers its question, reads the result, and stops another task", async () => {
  const script = agentScript({
    worker: [call("ask", { question: "Which colour?" }), endTask("Painted it blue.")],
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const doors = await startDoors({ script });
  const client = await clientOf(doors, await doors.token("operator"));
  expect(await namesOf(client)).toEqual([...STARTS, ...READS, ...ACTS]);
  const use = (name: string, args: Record<string, unknown>) => client.callTool({ name, arguments: args });

  const tree = parsed(await use("submit_task", { task: "Paint", agent: "worker", max_tokens: 500_000 }));
  const question = async () => parsed(await use("list_reviews", { tree: tree.id })).items[0];
  await expect.poll(question, { timeout: 120_000 }).toMatchObject({ kind: "question" });
  expect(parsed(await use("answer", { review: (await question()).id, text: "Blue." }))).toMatchObject({
    sentence: "Answered. The task continues.",
  });
  await doors.trial.ended(tree.id);
  expect(parsed(await use("get_task", { task: tree.root_task_id }))).toMatchObject({ result: "Painted it blue." });
  expect(parsed(await use("get_tree", { tree: tree.id.slice(0, 8) }))).toMatchObject({ status: "succeeded" });
  expect(parsed(await use("list_trees", { limit: 1 })).items).toMatchObject([{ id: tree.id }]);
  const { items: decided } = await doors.trial.runtime.application.queries.listReviews({
    open: false,
    treeId: tree.id,
  });
  expect(decided).toMatchObject([{ status: "answered", decided_by: "test (token test)" }]);
  const first = parsed(await use("read_messages", { task: tree.root_task_id, limit: 1 }));
  const next = parsed(await use("read_messages", { task: tree.root_task_id, limit: 1, after: first.next }));
  expect(next.items[0].seq).toBeGreaterThan(first.items[0].seq);

  const other = parsed(await use("submit_task", { task: "Paint more", agent: "worker" }));
  expect(parsed(await use("stop", { id: other.id, reason: "enough" }))).toMatchObject({
    sentence: expect.any(String),
  });
  for (const [name, args, sentence] of [
    ["get_tree", { tree: "zzzz" }, "There is no tree zzzz."],
    ["get_tree", {}, 'The argument "tree" is not valid: Invalid input: expected string, received undefined.'],
    ["list_trees", { limit: 1_000 }, 'The argument "limit" is not valid: Too big: expected number to be <=200.'],
    ["stop", { id: other.id, force: true }, 'The tool takes no argument "force".'],
    ["submit_task", { task: "x", agent: "nobody" }, expect.stringContaining("There is no agent nobody.")],
  ] as const) {
    const result = await use(name, args);
    expect([result.isError, textOf(result)]).toEqual([true, sentence]);
  }
  await expect(use("delete_everything", {})).rejects.toThrow("There is no tool delete_everything.");
});

test.each([
  ["before 2026", "legacy"],
  ["2026-07-28", { pin: "2026-07-28" }],
] as [string, Mode][])(
  "a viewer with a client of %s sees and calls only tools that read; a reviewer has an operator's tools",
  async (_version, mode) => {
    const doors = await startDoors();
    const client = await clientOf(doors, await doors.token("viewer"), mode);
    expect(parsed(await client.callTool({ name: "list_trees", arguments: {} })).items).toEqual([]);
    const wrong = await client.callTool({ name: "list_trees", arguments: { limit: 1_000 } });
    expect([wrong.isError, textOf(wrong)]).toEqual([
      true,
      'The argument "limit" is not valid: Too big: expected number to be <=200.',
    ]);
    expect(await namesOf(client)).toEqual([...FOLLOWS, ...READS]);
    const before = doors.everything();
    await expect(client.callTool({ name: "submit_task", arguments: { task: "x" } })).rejects.toThrow(
      /You are signed in as viewer; starting and steering tasks needs operator: ask an admin\./,
    );
    expect(doors.everything()).toBe(before);
    expect(await namesOf(await clientOf(doors, await doors.token("reviewer"), mode))).toHaveLength(ALL);
  },
);

test("the list of tools is short; other names of tools are listed for clients that ask, and may be called by all", async () => {
  const doors = await startDoors();
  const admin = await doors.token("admin");
  const client = await clientOf(doors, admin);
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(ALL);
  expect(JSON.stringify({ tools }).length).toBeLessThan(60_000);
  const tree = tools.find(({ name }) => name === "get_tree")?.outputSchema;
  expect(tree).toMatchObject({
    type: "object",
    properties: {
      status: { type: "string" },
      ended_at: { type: ["string", "null"] },
      tasks: { type: "array", items: { type: "object", properties: { agent: { type: "string" } } } },
    },
    required: expect.arrayContaining(["id", "status", "tasks"]),
  });
  const asking = await clientOf(doors, admin, "legacy", "?names=claude");
  expect(await namesOf(asking)).toEqual([...STARTS, ...READS, ...ACTS, ...ALIASES]);
  const unknown = await client.callTool({ name: "claude_autonomous_status", arguments: { session_id: "none" } });
  expect(textOf(unknown)).toMatch(/no (tree|task)/i);
});

const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

test("M1: other hosts and other origins are refused, even with a valid token", async () => {
  const doors = await startDoors();
  const token = await doors.token("admin");
  const statusOf = async (headers: Record<string, string>) =>
    (await doors.ask("/mcp", { method: "POST", headers: { ...JSON_HEADERS, ...token, ...headers }, body: LIST }))
      .status;
  expect(await statusOf({})).toBe(200);
  for (const headers of [
    { host: "evil.com" },
    { host: "127.0.0.1.evil.com" },
    { origin: "http://evil.com" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
  ] as Record<string, string>[])
    expect([headers, await statusOf(headers)]).toEqual([headers, 403]);
});

test("M2: no token, an ended token, and a token of another task give no access", async () => {
  const doors = await startDoors();
  const [mine, other] = [
    await doors.trial.submit({ task: "Mine", agent: "worker" }),
    await doors.trial.submit({ task: "Other", agent: "worker" }),
  ];
  const revoked = await doors.token("admin");
  await doors.store.people.revokeToken(doors.store.people.tokens()[0]?.id ?? "", "test");
  const nobodies = [
    {},
    await doors.signedIn("admin"),
    { authorization: "Bearer byn_wrong" },
    revoked,
    await doors.token("admin", { expiresAtMs: 1 }),
  ];
  for (const headers of nobodies as Record<string, string>[]) {
    for (const method of ["POST", "GET", "DELETE"]) {
      const answer = await doors.ask("/mcp", {
        method,
        headers: { ...JSON_HEADERS, ...headers },
        body: method === "POST" ? LIST : undefined,
      });
      expect([headers, method, answer.status, JSON.parse(answer.text).type]).toEqual([
        headers,
        method,
        401,
        "/problems/unauthorized",
      ]);
    }
  }

  const token = await doors.token("viewer", { task: mine.root_task_id });
  const client = await clientOf(doors, token);
  expect(await namesOf(client)).toEqual(["get_task", "read_messages"]);
  expect(parsed(await client.callTool({ name: "get_task", arguments: { task: mine.root_task_id } }))).toMatchObject({
    title: "Mine",
  });
  for (const [name, args] of [
    ["get_task", { task: other.root_task_id }],
    ["read_messages", { task: other.root_task_id }],
    ["get_task", { task: "zzzz" }],
    ["get_tree", { tree: mine.id }],
    ["list_trees", {}],
    ["stop", { id: mine.id }],
  ] as const) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } });
    const answer = await doors.ask("/mcp", { method: "POST", headers: { ...JSON_HEADERS, ...token }, body });
    expect([name, args, answer.status]).toEqual([name, args, 403]);
    expect(JSON.parse(answer.text).error.message).toContain(`may only see task ${mine.root_task_id} and its subtasks`);
    expect(answer.text).not.toContain("Other");
  }
});

test("an invalid MCP request gets an error, and the next request works", async () => {
  const doors = await startDoors();
  const token = await doors.token("operator");
  const post = (body: string | undefined, headers = {}) =>
    doors.ask("/mcp", { method: "POST", headers: { ...JSON_HEADERS, ...token, ...headers }, body });
  for (const [status, body] of [
    [400, undefined],
    [400, "{"],
    [400, "null"],
    [400, "7"],
    [400, "[]"],
    [400, `[${LIST},${LIST}]`],
    [400, "{}"],
    [400, '{"jsonrpc":"1.0","id":1,"method":"tools/list"}'],
    [200, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'],
    [200, '{"jsonrpc":"2.0","id":1,"method":"no/such","params":{}}'],
    [202, '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
  ] as const)
    expect([body, (await post(body)).status]).toEqual([body, status]);
  expect((await post(LIST, { "mcp-protocol-version": "1900-01-01" })).status).toBe(400);
  for (const method of ["GET", "DELETE"]) {
    const answer = await doors.ask("/mcp", { method, headers: { ...JSON_HEADERS, ...token } });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  }
  const all = await Promise.all(Array.from({ length: 20 }, () => post(LIST)));
  expect(all.map((answer) => JSON.parse(answer.text).result.tools.length)).toEqual(Array(20).fill(ALL));
});
