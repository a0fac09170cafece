/** Measures `banyan trees` as the user sees it: a whole process, on a database with a hundred trees. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { median } from "@/lib/statistics/paired-ratio";
import { type Row, row } from "./rows/row";
import { startBenchTrial } from "./trial";

export async function treesCommandRows(): Promise<Row[]> {
  if (!existsSync(join(process.cwd(), "scripts", "banyan.ts"))) return [];
  const trial = await startBenchTrial({});
  const trees: string[] = [];
  for (let index = 0; index < 100; index += 1) trees.push(await trial.submit({ turns: 3 }));
  await trial.work();
  await trial.ended(trees);
  const taken: number[] = [];
  for (let round = 0; round < 8; round += 1) taken.push(await timed(trial.dataDir));
  await trial.close();
  // The first run may have built the programs.
  return [row("banyan trees", "whole process", median(taken.slice(1)) / 1_000, "s", 0.5, "100 trees, median of 7")];
}

async function timed(dataDir: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["scripts/banyan.mjs", "trees"], {
    env: { ...process.env, BANYAN_DATA_DIR: dataDir },
    stdio: "ignore",
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`banyan trees ended with status ${status}.`);
  return performance.now() - startedAt;
}
