/** Every tool of `/mcp` says what it answers, and answers so: each is called, and its structure checked by its schema. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallToolResult, Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, onTestFinished, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { MCP_TOOLS } from "./mcp/tools/table";
import { type Doors, startDoors } from "./testing/doors";

const script = agentScript({
  worker: ({ instruction, turn }) =>
    turn === 0 && instruction.includes("ask") ? call("ask", { question: "Which colour?" }) : endTask("Painted."),
  context_addition: [endTask("Nothing is worth keeping.")],
  task_evaluator: [passed()],
  "*": [endTask("noted")],
});

async function clientOf(doors: Doors): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "legacy" } });
  const requestInit = { headers: await doors.token("admin") };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${doors.server.url}/mcp?names=claude`), { requestInit }),
  );
  onTestFinished(() => client.close());
  return client;
}

/** A folder with a fault that a program finds, so that lists of insights are not empty. */
function repository(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "banyan-mcp-answers-")));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  mkdirSync(join(made, "src"));
  writeFileSync(join(made, "package.json"), JSON.stringify({ scripts: { test: "node --test" } }));
  writeFileSync(join(made, "src/paint.js"), "// TODO: mix the colours\nexport const paint = () => 'blue';\n");
  const git = (...args: string[]) => execFileSync("git", ["-C", made, ...args]);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Paint");
  return made;
}

test("every tool has a schema of its answer, and its answers fit it; the server names itself and its version", async () => {
  const doors = await startDoors({ script });
  const shop = repository();
  const { commands } = doors.trial.runtime.application;
  await commands.addProject({ address: shop, name: "shop" }, tester);
  await commands.lookForInsights({ id: "shop" }, tester);
  const first = await clientOf(doors);
  expect(first.getServerVersion()).toEqual({ name: "banyan", title: "Banyan", version: "1.2.3" });
  const { tools } = await first.listTools();
  await first.close();
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const checks = new Map(tools.map(({ name, outputSchema }) => [name, ajv.compile(outputSchema ?? { not: {} })]));
  // Compiling takes seconds, in which the server closes idle connections.
  const client = await clientOf(doors);
  const called = new Set<string>();

  async function use<Answer>(name: string, args: object): Promise<Answer> {
    const result = (await client.callTool({ name, arguments: { ...args } })) as CallToolResult;
    expect([name, result.isError ?? false, result.content]).toEqual([name, false, expect.anything()]);
    const check = checks.get(name);
    expect([name, check?.(result.structuredContent), check?.errors ?? null]).toEqual([name, true, null]);
    called.add(name);
    return result.structuredContent as Answer;
  }

  interface Started {
    id: string;
    task_id: string;
    root_task_id: string;
  }
  const worker = { agent: "worker" };
  const painted = await use<Started>("run_task", { task: "Paint", ...worker });
  await use("task_status", { id: painted.id });
  await use("task_result", { id: painted.id });
  await use("claude_autonomous_status", { session_id: painted.id });
  await use("get_tree", { tree: painted.id });
  await use("get_task", { task: painted.task_id });
  await use("read_messages", { task: painted.task_id });
  await use("continue", { task: painted.task_id, message: "Once more." });
  await use("run_batch", {
    tasks: [
      { task: "Paint A", ...worker },
      { task: "B", agent: "nobody" },
    ],
  });
  await use("learn_from_session", { session: "The port was in use." });
  await use("claude_learn_from_session", { session_id: painted.id });
  await use("find_lessons", { need: "a port that is in use" });

  const asking = await use<Started>("run_task", { task: "Paint, but ask", ...worker });
  const { items } = await use<{ items: { id: string }[] }>("list_reviews", { tree: asking.id });
  await use("steer", { task: asking.task_id, message: "Hurry." });
  await use("answer", { review: items[0]?.id, text: "Blue." });
  const other = await use<Started>("run_task_async", { task: "Paint, but ask again", ...worker });
  await use("cancel", { id: other.id });
  const third = await use<Started>("submit_task", { task: "Paint, but ask once more", ...worker });
  await use("stop", { id: third.id });
  await use("list_trees", {});

  await use("list_projects", {});
  await use("list_insights", { project: "shop" });
  await use("get_evolution", { project: "shop" });
  const goal = { goal: "Paint", validation_command: "true", workspace: shop, copy: true, max_iterations: 1 };
  const built = await use<Started>("autonomous_build", goal);
  await use("claude_autonomous", goal);
  await use("task_status", { id: built.id });

  expect([...called].sort()).toEqual(MCP_TOOLS.map(({ name }) => name).sort());
});

test("cancel says that the work is stopping when it has not ended yet", async () => {
  const doors = await startDoors({ work: false });
  const client = await clientOf(doors);
  const use = async (name: string, args: object) =>
    ((await client.callTool({ name, arguments: { ...args } })) as CallToolResult).structuredContent as { id: string };
  const started = await use("run_task_async", { task: "Paint", agent: "worker" });
  expect(await use("cancel", { id: started.id })).toMatchObject({
    ended_at: null,
    says: expect.stringMatching(/^Stopping the tree.* It has not ended yet\.$/),
  });
});
