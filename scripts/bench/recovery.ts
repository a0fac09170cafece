/** Measures how long a new process needs to take over a thousand running tasks of a killed process. */
import { rmSync } from "node:fs";
import { endWithParent, linesOf, spawnBench } from "./child";
import { type Row, row } from "./rows/row";
import { startBenchTrial } from "./trial";

const TASKS = 1_000;
const TURNS = 20;

export async function recoveryRows(): Promise<Row[]> {
  const first = spawnBench(["--interrupted"]);
  const dataDir = (await linesOf(first).next()).value ?? "";
  const gone = new Promise((resolve) => first.on("close", resolve));
  first.kill("SIGKILL");
  await gone;

  const again = new Set<string>();
  let resolveAll = () => {};
  const all = new Promise<void>((resolve) => {
    resolveAll = resolve;
  });
  const openedAt = performance.now();
  const trial = await startBenchTrial({
    dataDir,
    slots: TASKS,
    model: {
      silentFromTurn: TURNS + 1,
      onRequest(_, turn, task) {
        if (turn === TURNS + 1) again.add(task);
        if (again.size === TASKS) resolveAll();
      },
    },
  });
  const startedAt = performance.now();
  await trial.work();
  await all;
  const endedAt = performance.now();
  await trial.close();
  rmSync(dataDir, { recursive: true, force: true });
  const name = "recovery of 1,000 tasks of 20 turns";
  return [
    row(
      name,
      "all in hand",
      (endedAt - startedAt) / 1_000,
      "s",
      0.5,
      "start of the worker until the last model call is made again",
    ),
    row(name, "with opening the database", (endedAt - openedAt) / 1_000, "s"),
  ];
}

/** Runs in the process that is killed. Prints its folder once every task waits for the model at turn 21. */
export async function interrupted(): Promise<void> {
  endWithParent();
  let waiting = 0;
  const trial = await startBenchTrial({
    synchronous: "NORMAL",
    slots: TASKS,
    model: {
      silentFromTurn: TURNS + 1,
      onRequest(_, turn) {
        if (turn === TURNS + 1) waiting += 1;
        if (waiting === TASKS) console.log(trial.dataDir);
      },
    },
  });
  for (let index = 0; index < TASKS; index += 1) await trial.submit({ turns: TURNS + 10 });
  await trial.work();
  await new Promise(() => setInterval(() => {}, 60_000));
}
