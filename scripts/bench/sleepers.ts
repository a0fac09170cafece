/** Measures a thousand concurrent tasks that mostly wait for their models, while another process requests a small HTTP endpoint. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { percentile, type Row, row } from "./rows/row";
import { peakMb } from "./tree";
import { startBenchTrial } from "./trial";
import { startVisitor } from "./visitor";

const TASKS = 1_000;
const MODEL_MS = 1_000;
/** Model calls of a task: two turns with tools, then the last. */
const CALLS = 3;

export async function sleeperRows(): Promise<Row[]> {
  const trial = await startBenchTrial({ slots: TASKS, model: { delayMs: MODEL_MS } });
  const trees: string[] = [];
  for (let index = 0; index < TASKS; index += 1) trees.push(await trial.submit({ turns: CALLS - 1 }));
  const server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const visitor = startVisitor({ urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`] });
  await visitor.begun;

  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await trial.work();
  await trial.ended(trees);
  const wallMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  delays.disable();
  const requestMs = (await visitor.stop())[0]?.taken ?? [];
  server.close();
  await trial.close();

  const name = "1,000 tasks × 3 × 1 s";
  return [
    row(name, "wall ÷ ideal", wallMs / (CALLS * MODEL_MS), "×", 1.06, "ideal: 3 s"),
    row(name, "CPU", (cpu.user + cpu.system) / 1e6, "s", 1, "of the process, while they work"),
    row(name, "peak memory", peakMb(), "MB", 200, "whole process"),
    row(name, "event loop's longest block", delays.max / 1e6, "ms", 20, "sampled each millisecond"),
    row(
      name,
      "request, p99",
      percentile(requestMs, 0.99),
      "ms",
      10,
      `${requestMs.length} requests from another process`,
    ),
  ];
}
