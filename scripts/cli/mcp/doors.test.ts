/** One script for both doors of the MCP server, `/mcp` and `banyan mcp`, with clients of both generations. */
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CallToolResult,
  Client,
  type ElicitResult,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished, test } from "vitest";
import { buildPrograms, commandOf, dataFolder } from "@/scripts/testing/command-line";
import type { Report, Result } from "@/server/mcp/tools/report";
import { type Doors, startDoors } from "@/server/testing/doors";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";

buildPrograms();

const LONG_MS = 400_000;
const MODERN: VersionNegotiationMode = { pin: "2026-07-28" };

/** A task whose text contains "ask" asks its caller first. */
const model = agentScript({
  worker: ({ instruction, turn }) =>
    turn === 0 && instruction.includes("ask") ? call("ask", { question: "Which colour?" }) : endTask("Painted."),
  context_addition: [endTask("Nothing is worth keeping.")],
  task_evaluator: [passed()],
  "*": [endTask("noted")],
});

type Door = (doors: Doors, mode: VersionNegotiationMode) => Promise<Client>;

async function connected(mode: VersionNegotiationMode, transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

type Transport = Parameters<Client["connect"]>[0];

async function httpTransport(doors: Doors): Promise<Transport> {
  const headers = await doors.token("operator");
  return new StreamableHTTPClientTransport(new URL(`${doors.server.url}/mcp`), { requestInit: { headers } });
}

async function stdioTransport(doors: Doors, cwd?: string, more: string[] = []): Promise<Transport> {
  announce(doors);
  const { file, args, env } = commandOf(["mcp", "--data", doors.trial.dataDir, ...more]);
  return new StdioClientTransport({ command: file, args, env, stderr: "pipe", ...(cwd !== undefined && { cwd }) });
}

const overHttp: Door = async (doors, mode) => connected(mode, await httpTransport(doors));
const overStdio: Door = async (doors, mode) => connected(mode, await stdioTransport(doors));

/** A client whose person gives this answer to questions. */
async function answering(
  transport: Transport,
  mode: VersionNegotiationMode,
  replies: ElicitResult[],
): Promise<{ client: Client; asked: string[] }> {
  const asked: string[] = [];
  const options = { versionNegotiation: { mode }, capabilities: { elicitation: {} } };
  const client = new Client({ name: "test", version: "1" }, options);
  client.setRequestHandler("elicitation/create", ({ params }) => {
    asked.push(params.message);
    return replies[asked.length - 1] ?? { action: "cancel" };
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, asked };
}

/** Writes what a server process writes for the command line. */
function announce({ trial, server }: Doors): void {
  writeFileSync(join(trial.dataDir, "server.json"), JSON.stringify({ pid: process.pid, url: server.url }));
}

/** Calls a tool. The text and the structured content of its result must say the same. */
async function use<Answer>(client: Client, name: string, args: object, onProgress?: (progress: number) => void) {
  const options = onProgress && { onprogress: ({ progress }: { progress: number }) => onProgress(progress) };
  const result = (await client.callTool({ name, arguments: { ...args } }, options)) as CallToolResult;
  const [part] = result.content;
  const text = part?.type === "text" ? part.text : "";
  if (result.isError) throw new Error(text);
  expect(JSON.parse(text)).toEqual(result.structuredContent);
  return result.structuredContent as Answer;
}

test.each([
  ["HTTP, before 2026", overHttp, "legacy"],
  ["HTTP, 2026-07-28", overHttp, MODERN],
  ["stdio, before 2026", overStdio, "legacy"],
  ["stdio, 2026-07-28", overStdio, MODERN],
] as [string, Door, VersionNegotiationMode][])(
  "%s: a program runs tasks, follows them, answers, cancels, and reads trees, logs and runbooks",
  async (_name, open, mode) => {
    const doors = await startDoors({ script: model });
    const client = await open(doors, mode);
    const steps: number[] = [];
    const painted = await use<Result>(client, "run_task", { task: "Paint", agent: "worker" }, (at) => steps.push(at));
    expect(painted).toMatchObject({ status: "succeeded", result: "Painted.", next: null, questions: [] });
    expect(steps.length).toBeGreaterThan(0);
    expect(steps).toEqual(steps.map((_, at) => at + 1));

    const asked = await use<Result>(client, "run_task", { task: "Paint, but ask", agent: "worker" });
    expect(asked).toMatchObject({ status: "waiting", questions: [{ question: "Which colour?" }] });
    expect(asked.next).toContain(`"review": "${asked.questions[0]?.review}"`);
    await use(client, "answer", { review: asked.questions[0]?.review, text: "Blue." });
    expect(await use<Result>(client, "task_result", { id: asked.id })).toMatchObject({ status: "succeeded" });

    const key = { idempotency_key: "k-1" };
    const once = { task: "Paint once", agent: "worker" };
    const [a, b] = await Promise.all([
      use<Report>(client, "run_task_async", { ...once, ...key }),
      use<Report>(client, "run_task_async", { ...once, ...key }),
    ]);
    expect(b.id).toBe(a.id);
    const batch = await use<{ items: (Result | { error: string })[] }>(client, "run_batch", {
      tasks: [
        { task: "Paint A", agent: "worker" },
        { task: "B", agent: "nobody" },
        { task: "Paint C", agent: "worker" },
      ],
    });
    expect(batch.items).toMatchObject([
      { status: "succeeded" },
      { error: expect.stringContaining("There is no agent nobody.") },
      { status: "succeeded" },
    ]);

    const waiting = await use<Report>(client, "run_task_async", { task: "ask me", agent: "worker" });
    expect(await use<Report>(client, "task_status", { id: waiting.id })).toMatchObject({
      id: waiting.id,
      ended_at: null,
    });
    const cancelled = await use<Report>(client, "cancel", { id: waiting.id, reason: "enough" });
    expect(cancelled).toMatchObject({ status: "stopped", reason: "by_person", next: null });

    const lesson = await use<Report>(client, "learn_from_session", { session: "The port was in use." });
    const learnt = await use<Result>(client, "task_result", { id: lesson.id });
    expect(learnt).toMatchObject({ status: "succeeded", result: "Nothing is worth keeping." });

    await readsResources(client, painted);
  },
  LONG_MS,
);

async function readsResources(client: Client, painted: Result): Promise<void> {
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toContain(`banyan://trees/${painted.id}`);
  const read = async (uri: string) => {
    const [content] = (await client.readResource({ uri })).contents;
    return JSON.parse(content && "text" in content ? content.text : "");
  };
  expect(await read(`banyan://trees/${painted.id}`)).toMatchObject({ id: painted.id, goal: null });
  const log = await read(`banyan://tasks/${painted.task_id}/log`);
  expect(log.items[0]).toMatchObject({ task_id: painted.task_id });
  await expect(client.readResource({ uri: "banyan://secrets/x" })).rejects.toThrow("There is no such resource");
  const { prompts } = await client.listPrompts();
  const names = prompts.map(({ name }) => name);
  expect(names).toContain("repository-survey");
  // Banyan starts it itself.
  expect(names).not.toContain("canary");
  const prompt = await client.getPrompt({ name: "repository-survey", arguments: { task: "sing" } });
  const [message] = prompt.messages;
  const text = message?.content.type === "text" ? message.content.text : "";
  expect(text).toContain('call run_task with {"task":"sing","runbook":"repository-survey"}');
  await expect(client.getPrompt({ name: "nothing" })).rejects.toThrow("nothing");
}

test.each([
  ["HTTP, 2026-07-28", httpTransport, MODERN],
  ["stdio, 2026-07-28", stdioTransport, MODERN],
  ["stdio, before 2026", stdioTransport, "legacy"],
] as [string, (doors: Doors) => Promise<Transport>, VersionNegotiationMode][])(
  "%s: a task's question is asked of the client's person; an answer, a refusal and a cancellation are recorded",
  async (_name, transportTo, mode) => {
    const doors = await startDoors({ script: model });
    const { client, asked } = await answering(await transportTo(doors), mode, [
      { action: "accept", content: { answer: "Blue." } },
      { action: "decline" },
      { action: "cancel" },
    ]);
    for (const _ of ["accepted", "declined", "cancelled"]) {
      const steps: number[] = [];
      const asking = { task: "Paint, but ask", agent: "worker" };
      const result = await use<Result>(client, "run_task", asking, (step) => steps.push(step));
      expect(result).toMatchObject({ status: "succeeded", questions: [] });
      if (mode === "legacy") expect(steps).toEqual(steps.map((_, at) => at + 1));
    }
    expect(asked).toEqual(["Which colour?", "Which colour?", "Which colour?"]);
    const { queries } = doors.trial.runtime.application;
    expect((await queries.listTrees()).items).toHaveLength(3);
    const { items } = await queries.listReviews({ open: false });
    expect(items.map(({ answer }) => answer).sort()).toEqual([
      "Blue.",
      expect.stringContaining("The caller cancelled the question."),
      expect.stringContaining("The caller declined to answer."),
    ]);
  },
  LONG_MS,
);

test(
  "stdio, before 2026: a client that fails to ask gets the question, and one that gives up leaves it open",
  async () => {
    const doors = await startDoors({ script: model });
    const asking = { task: "Paint, but ask", agent: "worker" };
    const client = new Client({ name: "test", version: "1" }, { capabilities: { elicitation: {} } });
    onTestFinished(() => client.close());
    const questions: AbortSignal[] = [];
    let answer = async (): Promise<ElicitResult> => {
      throw new Error("The window is closed.");
    };
    client.setRequestHandler("elicitation/create", (_, { mcpReq }) => {
      questions.push(mcpReq.signal);
      return answer();
    });
    await client.connect(await stdioTransport(doors));
    const told = await use<Result>(client, "run_task", asking);
    expect(told).toMatchObject({ status: "waiting", questions: [{ question: "Which colour?" }] });

    const stop = new AbortController();
    answer = () => new Promise(() => stop.abort());
    const call = client.callTool({ name: "run_task", arguments: asking }, { signal: stop.signal });
    await expect(call).rejects.toThrow();
    await expect.poll(() => questions.map(({ aborted }) => aborted)).toEqual([false, true]);
    const { items } = await doors.trial.runtime.application.queries.listReviews({ open: true });
    expect(items).toHaveLength(2);
  },
  LONG_MS,
);

test.each([
  ["2026-07-28", MODERN],
  ["before 2026", "legacy"],
] as [string, VersionNegotiationMode][])(
  "stdio, %s: the client's folder is asked about once, and a yes lasts for the next session; a no does not open it",
  async (_name, mode) => {
    const doors = await startDoors({ script: model });
    const shop = realpathSync(dataFolder());
    const below = join(shop, "below");
    mkdirSync(below);
    const paint = { task: "Paint", agent: "worker", workspace: below };
    const session = async (replies: ElicitResult[], more: string[] = []) =>
      answering(await stdioTransport(doors, shop, more), mode, replies);

    const refusing = await session([{ action: "accept", content: { allow: false } }]);
    for (const _ of ["asked", "not asked again"])
      await expect(refused(refusing.client, "run_task", paint)).resolves.toContain("BANYAN_WORKSPACE_ROOTS");
    expect(refusing.asked).toEqual([expect.stringContaining(`work in ${shop} for this client`)]);

    const agreeing = await session([{ action: "accept", content: { allow: true } }]);
    // Nobody is asked about other folders: the server refuses them.
    const elsewhere = realpathSync(dataFolder());
    await expect(refused(agreeing.client, "run_task", { ...paint, workspace: elsewhere })).resolves.toContain(
      "operator",
    );
    expect(agreeing.asked).toEqual([]);
    expect(await use<Result>(agreeing.client, "run_task", paint)).toMatchObject({ status: "succeeded" });
    expect(await use<Result>(agreeing.client, "run_task", { ...paint, workspace: shop })).toMatchObject({
      status: "succeeded",
    });
    expect(agreeing.asked).toHaveLength(1);

    const later = await session([]);
    const batch = await use<{ items: Result[] }>(later.client, "run_batch", { tasks: [paint] });
    expect(batch.items).toMatchObject([{ status: "succeeded" }]);
    expect(later.asked).toEqual([]);
    const [token] = (await doors.trial.runtime.application.queries.listTokens()).filter(({ name }) => /mcp/.test(name));
    expect(token).toMatchObject({ role: "operator", folders: [shop] });

    const named = await session([], ["--folder", elsewhere]);
    expect(await use<Result>(named.client, "run_task", { ...paint, workspace: elsewhere })).toMatchObject({
      status: "succeeded",
    });
  },
  LONG_MS,
);

/** Resolves with the sentence with which a call is refused. */
async function refused(client: Client, name: string, args: object): Promise<string> {
  const told = client.callTool({ name, arguments: { ...args } }).then(
    () => "The call was not refused.",
    (error: Error) => error.message,
  );
  return told;
}
