/**
 * A worker in a process of its own, whose agent uses models through the gateway: one request, then three at once. It
 * ends when the tree of BANYAN_TEST_TREE has ended. Each time the agent begins is a line in effects.log.
 *   BANYAN_DATA_DIR, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: as the server reads them
 *   BANYAN_TEST_KILL_AT: it dies by SIGKILL after this many commits since the agent began; 0: never
 *   BANYAN_TEST_DIE: "stream": it dies when the first bytes of an answer have arrived
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@/agents/boot/runtime";
import { readSettings } from "@/lib/env";
import { ask } from "@/lib/model-gateway/testing";
import { codingAgent } from "./agent-program";

const settings = readSettings(process.env, process.cwd());
const treeId = process.env.BANYAN_TEST_TREE ?? "";
const killAt = Number(process.env.BANYAN_TEST_KILL_AT ?? "0");
const diesInStream = process.env.BANYAN_TEST_DIE === "stream";
let hasBegun = false;
let commits = 0;

const die = () => process.kill(process.pid, "SIGKILL");

const agent = codingAgent(async (models) => {
  appendFileSync(join(settings.dataDir, "effects.log"), "agent\n");
  hasBegun = true;
  const askOnce = async () => {
    const answer = await ask(models, "anthropic", { text: "agent", stream: true });
    for await (const _ of answer.body ?? []) if (diesInStream) die();
  };
  await askOnce();
  await Promise.all([askOnce(), askOnce(), askOnce()]);
});

export async function main(): Promise<void> {
  const report = (message: string, error?: unknown) =>
    void process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`);
  const program = process.cwd();
  const runtime = await createRuntime({
    settings,
    program,
    checkout: program,
    version: "test",
    worldTools: [agent],
    report,
  });
  // Counted before the callers that waited for the commit continue.
  runtime.store.log.onCommit(() => {
    if (hasBegun) commits += 1;
    if (hasBegun && commits === killAt) die();
  });
  await runtime.startWorker({ role: "worker", pollMs: 20 });
  const { queries } = runtime.application;
  while (!(await queries.getTree(treeId, { tasks: "none" })).ended_at)
    await new Promise((resolve) => setTimeout(resolve, 5));
  process.stdout.write(`${JSON.stringify({ passed: commits })}\n`, () => process.exit(0));
}
