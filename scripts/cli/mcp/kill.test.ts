/** `banyan mcp` with a server that is killed, without a server, and with fewer rights. */
import { once } from "node:events";
import { Client, type VersionNegotiationMode } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished, test } from "vitest";
import type { Page, Tree } from "@/core/shapes/shapes";
import { banyan, buildPrograms, commandOf, json, judged, scripted } from "@/scripts/testing/command-line";
import { seededFolder, startKillable } from "@/scripts/testing/killable-server";
import type { Report, Result } from "@/server/mcp/tools/report";
import { connectTasksClient } from "@/server/testing/tasks-client";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { heldModel } from "@/tests/agents/services/held-model";

buildPrograms();

const LONG_MS = 400_000;

function transportOf(data: string, more: string[] = []): StdioClientTransport {
  const { file, args, env } = commandOf(["mcp", "--data", data, ...more]);
  return new StdioClientTransport({ command: file, args, env, stderr: "pipe" });
}

function newClient(mode: VersionNegotiationMode): Client {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  return client;
}

const ERAS = [
  ["before 2026", "legacy"],
  ["2026-07-28", { pin: "2026-07-28" }],
] as [string, VersionNegotiationMode][];

test.each(ERAS)(
  "a session of %s outlives the server's SIGKILL, and a repeated call with its key starts no second tree",
  async (_name, mode) => {
    const { script, letGo } = heldModel();
    const [data, settings] = [await seededFolder(), await scripted(script)];
    const first = await startKillable(data, settings);
    const dead = once(first, "close");
    const client = newClient(mode);
    await client.connect(transportOf(data));
    const use = async <Answer>(name: string, args: object, options: object = {}) =>
      (await client.callTool({ name, arguments: { ...args } }, options)).structuredContent as Answer;

    const paint = { task: "Paint", agent: "worker", idempotency_key: "k-1" };
    const stop = new AbortController();
    const cancelled = use("run_task", paint, { signal: stop.signal, onprogress: () => stop.abort() });
    await expect(cancelled).rejects.toThrow();

    // The server dies after it said that the tree is on disk.
    const cut = use("run_task", paint, { onprogress: () => void first.kill("SIGKILL") });
    await expect(cut).rejects.toThrow("The connection to Banyan broke before the answer came.");
    await dead;
    await expect(use("list_trees", {})).rejects.toThrow("No server runs on this data folder.");

    await startKillable(data, settings);
    const again = await use<Report>("run_task_async", paint);
    const { items } = await use<Page<Tree>>("list_trees", {});
    expect(items.map(({ id }) => id)).toEqual([again.id]);
    letGo();
    expect(await use<Result>("task_result", { id: again.id })).toMatchObject({ result: "Painted." });
  },
  LONG_MS,
);

test(
  "a task of MCP outlives the server's SIGKILL while it works and while it asks; its answer arrives once",
  async () => {
    const held = heldModel();
    const script = agentScript({
      worker: async ({ turn }) => {
        if (turn === 0) return call("ask", { question: "Which colour?" });
        await held.whenLetGo;
        return endTask("Painted.");
      },
      ...judged,
    });
    const [data, settings] = [await seededFolder(), await scripted(script)];
    let server = await startKillable(data, settings);
    const restart = async () => {
      const dead = once(server, "close");
      server.kill("SIGKILL");
      await dead;
      server = await startKillable(data, settings);
    };
    const { start, get, until, update } = await connectTasksClient(transportOf(data));
    const { taskId } = await start("run_task", { task: "Paint", agent: "worker" });
    await restart();
    const { inputRequests = {} } = await until(taskId, "input_required");
    await restart();
    expect((await get(taskId)).inputRequests).toEqual(inputRequests);
    const [key = ""] = Object.keys(inputRequests);
    await update(taskId, { [key]: { action: "accept", content: { answer: "Blue." } } });
    expect(await get(taskId)).toMatchObject({ status: "working" });
    await restart();
    await update(taskId, { [key]: { action: "decline" } });
    expect(await get(taskId)).toMatchObject({ status: "working" });
    held.letGo();
    const done = await until(taskId, "completed");
    expect(done.result?.structuredContent).toMatchObject({ status: "succeeded", result: "Painted." });
    await restart();
    expect((await get(taskId)).result?.structuredContent).toMatchObject({ result: "Painted." });
  },
  LONG_MS,
);

test(
  "a server that dies between a tree and its owner: the repeated call finds the tree, and it is the caller's task",
  async () => {
    const { script, letGo } = heldModel();
    letGo();
    const [data, settings] = [await seededFolder(), await scripted(script)];
    const dying = await startKillable(data, { ...settings, BANYAN_TEST_DIE: "INSERT ON a2a_tasks" });
    const dead = once(dying, "close");
    const { client, start, until } = await connectTasksClient(transportOf(data));
    const paint = { task: "Paint", agent: "worker", idempotency_key: "k-1" };
    await expect(start("run_task", paint)).rejects.toThrow("The connection to Banyan broke before the answer came.");
    await dead;
    await startKillable(data, settings);
    const { taskId } = await start("run_task", paint);
    expect((await until(taskId, "completed")).result?.structuredContent).toMatchObject({ result: "Painted." });
    const { structuredContent } = await client.callTool({ name: "list_trees", arguments: {} });
    expect((structuredContent as Page<Tree>).items.map(({ id }) => id)).toEqual([taskId]);
  },
  LONG_MS,
);

// A client that insists on 2026-07-28 says only that the version is missing.
test.each([
  ["before 2026", "legacy"],
  ["both generations", "auto"],
] as [string, VersionNegotiationMode][])(
  "without a server, and with --no-start, a client of %s gets one sentence, and so does standard error",
  async (_name, mode) => {
    const transport = transportOf(await seededFolder(), ["--no-start"]);
    let said = "";
    transport.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    await expect(newClient(mode).connect(transport)).rejects.toThrow("No server runs on this data folder.");
    await expect
      .poll(() => said)
      .toBe("No server runs on this data folder. Start Banyan with `npm start`, then try again.\n");
  },
  LONG_MS,
);

test(
  "the role is what the client may do; each role has one token, which is used again until it is revoked",
  async () => {
    const data = await seededFolder();
    await startKillable(data);
    const toolsOf = async (role: string[]) => {
      const client = newClient("legacy");
      await client.connect(transportOf(data, role));
      const { tools } = await client.listTools();
      await client.close();
      return tools.map(({ name }) => name);
    };
    expect(await toolsOf([])).toContain("run_task");
    expect(await toolsOf(["--role", "viewer"])).not.toContain("run_task");
    await toolsOf([]);
    const tokens = async () =>
      ((await json(["token", "list", "--data", data])) as Page<{ id: string; role: string; name: string }>).items;
    expect((await tokens()).map(({ name, role }) => `${name}: ${role}`)).toEqual([
      "banyan mcp: viewer",
      "banyan mcp: operator",
    ]);
    const open = newClient("legacy");
    await open.connect(transportOf(data));
    expect((await open.listTools()).tools).not.toEqual([]);
    await banyan(["token", "revoke", (await tokens())[1]?.id ?? "", "--data", data]);
    await expect(open.listTools()).rejects.toThrow("Banyan refuses this session's token");
    await toolsOf([]);
    expect(await tokens()).toHaveLength(3);
    const wrong = await banyan(["mcp", "--role", "owner", "--data", data]);
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      '--role cannot be "owner": use viewer, operator, reviewer, admin.\n',
    ]);
  },
  LONG_MS,
);
