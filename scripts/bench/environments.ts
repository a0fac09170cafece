/** Measures what environments that sleep cost: the memory of their server, and a look of the watch that keeps them. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ownerCalled } from "@/core/rules/roles";
import { median } from "@/lib/statistics/paired-ratio";
import { type Row, row } from "./rows/row";
import { type BenchTrial, startBenchTrial } from "./trial";

const FEW = 20;
/** As many as there can be. */
const MANY = 50;
const LOOKS = 201;
const DAY_MS = 86_400_000;

export async function environmentRows(): Promise<Row[]> {
  const trial = await startBenchTrial();
  await trial.work();
  const address = process.cwd();
  await trial.runtime.application.commands.addProject({ address, name: "bench", check: "true" }, ownerCalled("bench"));
  const none = await figuresOf(trial);
  await addSleeping(trial, 0, FEW);
  const few = await figuresOf(trial);
  await addSleeping(trial, FEW, MANY);
  const many = await figuresOf(trial);
  await trial.close();
  const name = `${FEW} environments that sleep`;
  return [
    row(name, "memory ÷ without", few.heapBytes / none.heapBytes, "×", 1.05, "heap after a collection, whole process"),
    row(
      name,
      "look of the watch",
      few.lookMs,
      "ms",
      undefined,
      `median of ${LOOKS}; without any: ${none.lookMs.toFixed(3)} ms`,
    ),
    row(
      name,
      `look with ${MANY} ÷ with ${FEW}`,
      many.lookMs / few.lookMs,
      "×",
      (2 * MANY) / FEW,
      "at most twice what the rows say",
    ),
  ];
}

async function addSleeping({ runtime }: BenchTrial, from: number, to: number): Promise<void> {
  const { environments } = runtime.store;
  for (let at = from; at < to; at += 1) {
    const uid = `preview-${at}-bench`;
    const given = { branch: null, pull: null, pullHead: null, command: null, variables: { KEY: "value" }, secrets: {} };
    await environments.add({
      uid,
      project: "bench",
      name: `preview-${at}`,
      ...given,
      keepMs: DAY_MS,
      createdBy: "bench",
    });
    // Before the watch sees that it waits for its start.
    await environments.set(uid, ["waiting"], { state: "asleep" });
  }
}

async function figuresOf(trial: BenchTrial): Promise<{ lookMs: number; heapBytes: number }> {
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const startedAt = performance.now();
    await trial.keepEnvironments();
    times.push(performance.now() - startedAt);
  }
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return { lookMs: median(times), heapBytes: process.memoryUsage().heapUsed };
}
