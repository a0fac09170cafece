/**
 * A worker in a process of its own, with all its tools. It ends when the tree of BANYAN_TEST_TREE has ended.
 *   BANYAN_DATA_DIR, BANYAN_CODING_AGENTS, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: as the server reads them
 *   BANYAN_TEST_DIE: it dies by SIGKILL when a file of this name is in the tree's folder; absent: never
 *   BANYAN_TEST_STORED: it dies only when the log holds an event of this type: an agent continues while the event is stored
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@/agents/boot/runtime";
import { readSettings } from "@/lib/env";
import { toldSandbox } from "@/lib/sandbox/testing/tested";

const settings = readSettings(process.env, process.cwd());
const treeId = process.env.BANYAN_TEST_TREE ?? "";
const diesAt = process.env.BANYAN_TEST_DIE;
const stored = process.env.BANYAN_TEST_STORED;

export async function main(): Promise<void> {
  const report = (message: string, error?: unknown) =>
    void process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`);
  const program = process.cwd();
  const runtime = await createRuntime({
    settings,
    program,
    checkout: program,
    version: "test",
    report,
    ...toldSandbox(),
  });
  await runtime.startWorker({ role: "worker", pollMs: 20 });
  const { queries } = runtime.application;
  const isStored = async () =>
    !stored || (await queries.listMessages({ treeId }, {})).items.some(({ content }) => content.type === stored);
  for (;;) {
    const { ended_at, workspace } = await queries.getTree(treeId, { tasks: "none" });
    if (ended_at) break;
    if (diesAt && existsSync(join(workspace, diesAt)) && (await isStored())) process.kill(process.pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  process.stdout.write(`${JSON.stringify({ passed: 0 })}\n`, () => process.exit(0));
}
