/**
 * A worker in a process of its own, for the soak that kills it. It waits for a line on its standard input before it
 * opens the database, so that a worker can stand by; it stops in good order when its standard input ends.
 *   BANYAN_TEST_TOOLS=all  the server's own tools instead of those with an effect
 *   BANYAN_DATA_DIR, MAX_CONCURRENT_AGENTS, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: as the server reads them
 * Each effect of a tool is a line in effects.log of the data folder: tool, task and call. Errors inside the runtime are
 * written to standard error.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createRuntime } from "@/agents/boot/runtime";
import type { Worker } from "@/agents/worker/worker";
import { readSettings } from "@/lib/env";
import { worldToolFor } from "./world-tool";

const settings = readSettings(process.env, process.cwd());

/** The effect happens immediately and the answer takes a moment, so a kill in between leaves an unknown outcome. */
function toolWithEffect(name: string, afterCrash: "repeat" | "report_interrupted") {
  return worldToolFor(name, afterCrash, async ({ what }, { taskId }) => {
    appendFileSync(join(settings.dataDir, "effects.log"), `${name} ${taskId} ${what}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
  });
}

async function begin(): Promise<{ worker: Worker; close(): Promise<void> }> {
  const runtime = await createRuntime({
    settings,
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
    ...(process.env.BANYAN_TEST_TOOLS !== "all" && {
      worldTools: [
        toolWithEffect("once", "report_interrupted"),
        toolWithEffect("asked", "report_interrupted"),
        toolWithEffect("often", "repeat"),
      ],
    }),
    report: (message, error) => process.stderr.write(`${message} ${error instanceof Error ? error.stack : ""}\n`),
  });
  // Half of the leases, so that the other worker has some too.
  const slots = Math.ceil(settings.maxConcurrentAgents / 2);
  const worker = await runtime.startWorker({ role: "worker", pollMs: 50, slots });
  return { worker, close: () => runtime.close() };
}

let begun: ReturnType<typeof begin> | null = null;
createInterface({ input: process.stdin })
  .on("line", () => {
    begun ??= begin();
  })
  .on("close", async () => {
    const open = await begun;
    await open?.worker.stop(10_000);
    await open?.close();
    process.exit(0);
  });
