/** Measures what sending traces costs: the same chains with a collector and without, in turn, in one process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "@/lib/statistics/paired-ratio";
import { type Row, row } from "./rows/row";
import { type BenchTrial, startBenchTrial } from "./trial";

const ROUNDS = 20;
const TURNS = 50;
/** Model calls of a real turn take seconds; this is a fast one. */
const MODEL_MS = 500;
const MOST_COST = 1.03;

/** Takes everything, in a process of its own, so that its work is not counted. */
const COLLECTOR = `
const server = require("node:http").createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

export async function tracingRows(): Promise<Row[]> {
  const collector = spawn(process.execPath, ["-e", COLLECTOR], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const without = await startBenchTrial();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await portOf(collector)}` };
    const traced = await startBenchTrial({ env });
    for (const trial of [without, traced]) await trial.work();
    const runs: { off: Used; on: Used }[] = [];
    for (let round = -2; round < ROUNDS; round += 1) {
      const order = round % 2 === 0 ? [without, traced] : [traced, without];
      const used = new Map<BenchTrial, Used>();
      for (const trial of order) used.set(trial, await chain(trial));
      const [off, on] = [used.get(without), used.get(traced)];
      // The first ones warm up.
      if (round >= 0 && off && on) runs.push({ off, on });
    }
    for (const trial of [without, traced]) await trial.close();
    return rowsOf(runs);
  } finally {
    collector.kill();
  }
}

interface Used {
  wallMs: number;
  processorMs: number;
}

/** One task of `TURNS` turns, and the second in which its traces are sent. */
async function chain(trial: BenchTrial): Promise<Used> {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await trial.ended([await trial.submit({ turns: TURNS })]);
  const wallMs = performance.now() - startedMs;
  await sleep(1_200);
  const { user, system } = process.cpuUsage(before);
  return { wallMs, processorMs: (user + system) / 1_000 };
}

function rowsOf(runs: readonly { off: Used; on: Used }[]): Row[] {
  const name = "traces to a collector";
  const more = median(runs.map(({ off, on }) => (on.processorMs - off.processorMs) / TURNS));
  const instant = median(runs.map(({ off, on }) => on.wallMs / off.wallMs));
  const off = median(runs.map(({ off }) => off.wallMs / TURNS));
  const note = `a turn takes ${off.toFixed(2)} ms without, as its model answers immediately`;
  const real = `the same work in a turn whose model takes ${MODEL_MS} ms: computed from the row above`;
  return [
    row(name, "chain of 50 turns, with ÷ without", instant, "×", undefined, note),
    row(name, "processor time for a turn, more", more, "ms"),
    row(name, "turn of a fast model, with ÷ without", (MODEL_MS + off + more) / (MODEL_MS + off), "×", MOST_COST, real),
  ];
}

async function portOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error("The collector has no output.");
  const [port] = await once(createInterface({ input: stdout }), "line");
  return String(port);
}
