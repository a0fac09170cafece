/**
 * A worker in a process of its own, with its governor and its sender of webhooks, which may be killed at any moment.
 * The use of the disk outlives a process, so it is in a file of the data folder, and the next process continues with
 * it.
 *   BANYAN_DATA_DIR, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, BANYAN_PRIVATE_HOSTS: as the server reads them
 *   BANYAN_TEST_DISK: percentages that the disk reaches one after the other, each with a check
 *   BANYAN_TEST_DIE: it dies by SIGKILL within a transaction with this statement, as "INSERT ON limit_events"
 *   BANYAN_TEST_TREE: a tree that it works on until the tree has ended, after the last check
 * It ends when all messages are delivered. What its governor allows at the start is written to claiming.log.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@/agents/boot/runtime";
import type { Runtime } from "@/agents/boot/runtime-parts";
import { startSender } from "@/agents/webhooks/sender";
import { readSettings } from "@/lib/env";
import { realTimers } from "@/lib/time/timers";
import { dial } from "./dial";
import { dieWithin } from "./die-within";

const settings = readSettings(process.env, process.cwd());
const percents = (process.env.BANYAN_TEST_DISK ?? "").split(",").map(Number);
const treeId = process.env.BANYAN_TEST_TREE ?? "";
const diskFile = join(settings.dataDir, "disk-now");
/** Longer than a killed sender keeps its messages from others. */
const LATER_MS = 120_000;

const report = (message: string, error?: unknown) =>
  void process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`);

function sendFrom(runtime: Runtime, laterMs: number): () => Promise<void> {
  return startSender({
    ...runtime.webhooks,
    queries: runtime.application.queries,
    address: "https://banyan.example",
    report,
    now: () => Date.now() + laterMs,
    timers: { ...realTimers, every: (_ms, run) => realTimers.every(10, run) },
  });
}

async function soon(isDone: () => unknown): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export async function main(): Promise<void> {
  const { values, readings } = dial();
  const reached = existsSync(diskFile) ? Number(readFileSync(diskFile, "utf8")) : -1;
  values.disk = percents[reached] ?? 0;
  const program = process.cwd();
  const runtime = await createRuntime({ settings, program, checkout: program, version: "test", report, readings });
  const worker = await runtime.startWorker({ role: "worker", pollMs: 20 });
  const { store, application } = runtime;
  appendFileSync(join(settings.dataDir, "claiming.log"), `${worker.governor.claiming()}\n`);
  if (process.env.BANYAN_TEST_DIE) dieWithin(store, process.env.BANYAN_TEST_DIE);
  await soon(() => worker.leads());
  const stop = sendFrom(runtime, reached < 0 ? 0 : LATER_MS);
  for (let at = Math.max(reached, 0); at < percents.length; at += 1) {
    writeFileSync(diskFile, String(at));
    values.disk = percents[at] ?? 0;
    await worker.governor.check();
  }
  const told = store.client.sqlite.prepare(`
    SELECT (SELECT count(*) FROM limit_events WHERE is_alert = 1)
      = (SELECT count(*) FROM webhook_deliveries WHERE status = 'delivered')`);
  await soon(() => told.pluck().get() === 1);
  if (treeId) await soon(async () => (await application.queries.getTree(treeId, { tasks: "none" })).ended_at);
  await stop();
  process.exit(0);
}
