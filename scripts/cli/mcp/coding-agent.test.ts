/**
 * The whole path: an MCP client starts an autonomous build, a coding agent does the work in the sandbox, its requests
 * come to Review, and the result returns to the client. The server is killed in the middle.
 */
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished, test } from "vitest";
import type { Page, Review } from "@/core/shapes/shapes";
import {
  banyan,
  buildPrograms,
  commandOf,
  dataFolder,
  json,
  judged,
  ROOT,
  scripted,
} from "@/scripts/testing/command-line";
import { kill, seededFolder, startKillable } from "@/scripts/testing/killable-server";
import type { Report, Result } from "@/server/mcp/tools/report";
import { TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask } from "@/tests/agents/replies";

buildPrograms();

const TEST = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
`;

/** A folder whose test fails. */
function brokenFolder(): string {
  const folder = dataFolder();
  mkdirSync(join(folder, "test"));
  writeFileSync(join(folder, "package.json"), '{"type":"module","scripts":{"test":"node --test"}}\n');
  writeFileSync(join(folder, "sum.js"), "export const sum = (a, b) => a - b;\n");
  writeFileSync(join(folder, "test/sum.test.js"), TEST);
  return folder;
}

test("a build from an MCP client is done by a coding agent, over a kill of the server while it asks for permission", async () => {
  const work = "permit other Use the tracker\nedit sum.js export const sum = (a, b) => a + b;";
  const plan = { plan: "Mend it", steps: [{ title: "Mend it", instruction: work }] };
  const script = agentScript({ goal_planner: endTask(JSON.stringify(plan)), ...judged });
  const [data, folder] = [await seededFolder(), brokenFolder()];
  const settings = { ...(await scripted(script)), BANYAN_CODING_AGENTS: TEST_AGENTS, BANYAN_WORKSPACE_ROOTS: folder };
  const file = join(data, "coding_agent.md");
  const seed = readFileSync(join(ROOT, "seeds/agents/coding_agent.md"), "utf8");
  writeFileSync(file, seed.replace("executor/claude", "executor/test"));
  expect((await banyan(["agents", "import", file, "--data", data])).stderr).toBe("");

  const first = await startKillable(data, settings);
  const { file: program, args, env } = commandOf(["mcp", "--data", data]);
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StdioClientTransport({ command: program, args, env, stderr: "pipe" }));
  onTestFinished(() => client.close());
  const use = async <Answer>(name: string, given: object) =>
    (await client.callTool({ name, arguments: { ...given } })).structuredContent as Answer;
  const { id } = await use<Report>("autonomous_build", {
    goal: "Make the tests pass",
    workspace: folder,
    validation_command: "npm test",
    executor: "coding_agent",
    max_iterations: 2,
    max_tokens: 2_000_000,
  });

  const openItems = async () => ((await json(["reviews", "--open", "--data", data])) as Page<Review>).items;
  await expect.poll(async () => (await openItems()).map(({ title }) => title)).toEqual(["test: Use the tracker"]);
  const [item] = await openItems();
  const dead = once(first, "close");
  await kill(first);
  await dead;
  await startKillable(data, settings);
  expect((await banyan(["approve", item?.id ?? "", "--data", data])).status).toBe(0);
  const result = await use<Result>("task_result", { id });
  expect([result.status, result.reason]).toEqual(["succeeded", null]);
  expect(readFileSync(join(folder, "sum.js"), "utf8")).toBe("export const sum = (a, b) => a + b;");
}, 400_000);
