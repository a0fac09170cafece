/** A2A over a server that is killed by SIGKILL: one tree for a message, subscriptions that continue, addresses that are told. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StreamResponse, TaskState } from "@a2a-js/sdk";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { newToken } from "@/lib/auth/token";
import { bundleProgram } from "@/tests/agents/bundle";
import { PATIENT } from "@/tests/agents/patient";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { until } from "@/tests/agents/scenario";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { seededDatabase } from "@/tests/agents/seeded-database";
import { a2aClient, said, sendTo, told } from "./testing/a2a-client";

const PAINTER = () =>
  agentScript({
    worker: [call("ask", { question: "Which colour?" }), endTask("Painted it blue.")],
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });

interface Started {
  url: string;
  child: ChildProcess;
  died: Promise<string | null>;
}

/** Prepares a data folder with a token. */
async function prepare(env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "banyan-a2a-"));
  const provider = await startScriptedProvider(PAINTER());
  const program = await bundleProgram("server/testing/a2a-main.ts");
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) child.kill("SIGKILL");
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, "banyan.db");
  copyFileSync(await seededDatabase(), file);
  const { token, hash } = newToken();
  const store = openStore(file, { migrations: "drizzle" });
  await store.people.addToken({
    uid: "t1",
    hash,
    name: "t",
    role: "operator",
    task: null,
    by: "ann",
    expiresAtMs: null,
  });
  await store.close();
  const start = async (own: Record<string, string> = {}): Promise<Started> => {
    const settings = {
      PATH: process.env.PATH ?? "",
      BANYAN_DATA_DIR: folder,
      PORT: "0",
      ...PATIENT,
      ...env,
      ...own,
      BANYAN_KEY_FILE: `${folder}-keys/keys.json`,
      ANTHROPIC_API_KEY: "key",
      ANTHROPIC_BASE_URL: provider.url,
    };
    const child = spawn(process.execPath, program, { env: settings as unknown as NodeJS.ProcessEnv });
    children.push(child);
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (errors += chunk));
    const died = new Promise<string | null>((resolve) => child.once("close", (_code, signal) => resolve(signal)));
    const url = await until(() => {
      if (child.exitCode !== null) throw new Error(errors);
      return /^(http:\S+)\n/m.exec(output)?.[1];
    }, "the server listens");
    return { url, child, died };
  };
  onTestFinished(() => rmSync(`${folder}-keys`, { recursive: true, force: true }));
  const count = (table: string) => {
    const other = openStore(file, { migrations: "drizzle", migrate: false });
    const rows = other.client.sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    return other.close().then(() => rows);
  };
  return { start, count, clientOf: (url: string) => a2aClient(url, { authorization: `Bearer ${token}` }) };
}

async function kill({ child, died }: Started): Promise<void> {
  child.kill("SIGKILL");
  await died;
}

test("a message that is sent again after a kill at any step begins one tree", async () => {
  for (const [statement, trees] of [
    ["INSERT ON a2a_messages", 0],
    // The message is stored, and its tree is not.
    ["INSERT ON trees", 0],
    // The tree is there, and nobody was told.
    ["UPDATE ON a2a_messages", 1],
  ] as const) {
    const { start, count, clientOf } = await prepare();
    const message = said("Paint the door");
    const first = await start({ BANYAN_TEST_DIE: statement });
    await expect(sendTo(await clientOf(first.url), message, { isFast: true })).rejects.toThrow();
    expect([statement, await first.died, await count("trees")]).toEqual([statement, "SIGKILL", trees]);
    const second = await start();
    const client = await clientOf(second.url);
    const [task, again] = await Promise.all([sendTo(client, message), sendTo(client, message)]);
    expect([task.status?.state, again.id]).toEqual([TaskState.TASK_STATE_INPUT_REQUIRED, task.id]);
    expect(await count("trees WHERE is_system = 0")).toBe(1);
  }
}, 300_000);

test("a subscription continues after a restart of the server, and an address is told of the end", async () => {
  const received: { headers: IncomingHttpHeaders; state: string }[] = [];
  const receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, state: JSON.parse(text).task.status.state });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void receiver.close());
  const address = receiver.address();
  const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const { start, clientOf } = await prepare({ BANYAN_PRIVATE_HOSTS: host });

  const first = await start();
  const push = { url: `http://${host}/hook`, token: "a token of the other side" };
  const { id } = await sendTo(await clientOf(first.url), said("Paint the door"), { push });
  await until(() => received.length > 0, "the address is told of the question");
  await kill(first);

  const second = await start();
  const client = await clientOf(second.url);
  const events: StreamResponse[] = [];
  const stream = client.resubscribeTask({ tenant: "", id });
  const opening = await stream.next();
  if (!opening.done) events.push(opening.value);
  const answered = await sendTo(client, said("Blue.", { taskId: id }), { isFast: true });
  expect(answered.id).toBe(id);
  for await (const event of stream) events.push(event);
  expect(told(events[0] as StreamResponse)).toEqual(["task", TaskState.TASK_STATE_INPUT_REQUIRED]);
  expect(events.slice(-2).map(told)).toEqual([["artifactUpdate"], ["statusUpdate", TaskState.TASK_STATE_COMPLETED]]);
  await until(() => received.some(({ state }) => state === "TASK_STATE_COMPLETED"), "the end is told");
  expect(received[0]?.headers).toMatchObject({
    "content-type": "application/a2a+json",
    "x-a2a-notification-token": push.token,
  });
}, 300_000);
