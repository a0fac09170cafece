/** Measures trees with eight concurrent tasks. */
import { median } from "@/lib/statistics/paired-ratio";
import { measureFloor } from "./floor";
import { type Row, row, shown } from "./rows/row";
import { type BenchOptions, type BenchTrial, startBenchTrial } from "./trial";

/** 1 + 10 + 100 tasks, 422 model calls. */
const SMALL = { turns: 3, spread: [10, 10] };
/** 1 + 99 + 9,900 tasks: each leaf takes one turn with a tool, then ends. */
const LARGE = { turns: 1, spread: [99, 100] };

interface Run {
  ms: number;
  cpuMs: number;
  commits: number;
}

async function runTree(trial: BenchTrial, plan: typeof SMALL): Promise<Run> {
  const { log } = trial.runtime.store;
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const before = log.commits();
  await trial.ended([await trial.submit(plan)]);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ms: performance.now() - startedAt,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    commits: log.commits() - before,
  };
}

/** Measures the first tree of a fresh process, and the median of the later trees. */
async function smallTrees(options: BenchOptions): Promise<{ cold: Run; warm: Run; floor: string }> {
  const trial = await startBenchTrial(options);
  await trial.work();
  const runs: Run[] = [];
  for (let round = 0; round < 16; round += 1) runs.push(await runTree(trial, SMALL));
  const { oneCommit } = measureFloor(options.synchronous ?? "FULL");
  await trial.close();
  const [cold, ...rest] = runs;
  const settled = rest.slice(5);
  const warm = {
    ms: median(settled.map((run) => run.ms)),
    cpuMs: median(settled.map((run) => run.cpuMs)),
    commits: median(settled.map((run) => run.commits)),
  };
  return { cold: cold ?? warm, warm, floor: `a bare commit took ${shown(oneCommit)} ms then` };
}

export async function smallTreeRows(): Promise<Row[]> {
  const { cold, warm, floor } = await smallTrees({});
  const name = "tree of 111 tasks, FULL";
  return [
    row(name, "warm", warm.ms, "ms", 100, "median of 10, submission included"),
    row(name, "cold", cold.ms, "ms", undefined, "first tree of a fresh process"),
    row(name, "CPU", warm.cpuMs, "ms", undefined, "of the process"),
    row(name, "commits", warm.commits, "commits", 150, floor),
  ];
}

export async function smallTreeNormalRows(): Promise<Row[]> {
  const { cold, warm } = await smallTrees({ synchronous: "NORMAL" });
  const name = "tree of 111 tasks, NORMAL";
  return [row(name, "warm", warm.ms, "ms"), row(name, "cold", cold.ms, "ms")];
}

export async function judgedTreeRows(): Promise<Row[]> {
  const { warm } = await smallTrees({ finishing: true });
  const name = "tree of 111 tasks, judged";
  return [
    row(name, "warm", warm.ms, "ms", undefined, "evaluator, summary, documentation for every task: 444 tasks"),
    row(name, "commits", warm.commits, "commits"),
  ];
}

export async function largeTreeRows(): Promise<Row[]> {
  return largeTree("FULL");
}

export async function largeTreeNormalRows(): Promise<Row[]> {
  return largeTree("NORMAL");
}

async function largeTree(synchronous: "FULL" | "NORMAL"): Promise<Row[]> {
  const trial = await startBenchTrial({ synchronous });
  await trial.work();
  const { ms, cpuMs, commits } = await runTree(trial, LARGE);
  const { oneCommit } = measureFloor(synchronous);
  await trial.close();
  const name = `tree of 10,000 tasks, ${synchronous}`;
  const target = (most: number) => (synchronous === "FULL" ? most : undefined);
  return [
    row(name, "wall", ms / 1_000, "s", target(5), "99 × 100, a leaf takes one tool turn and ends"),
    row(name, "peak memory", peakMb(), "MB", target(250), "whole process"),
    row(name, "CPU", cpuMs / 1_000, "s", undefined, "of the process"),
    row(name, "commits", commits, "commits", target(5_000), `a bare commit took ${shown(oneCommit)} ms then`),
  ];
}

export function peakMb(): number {
  return process.resourceUsage().maxRSS / 1_024;
}
