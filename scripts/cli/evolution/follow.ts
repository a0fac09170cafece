/** Follows a run of an evolution until it has ended. Runs a worker for it while no other worker is alive. */
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import type { ActingApplication, Context } from "@/scripts/cli/context/context";
import { INTERRUPTED, type Interrupt, listenForInterrupt, needsReader } from "@/scripts/cli/context/interrupt";
import { watchWorkers } from "@/scripts/cli/context/live-workers";
import { type EvolutionWorker, startEvolutionWorker } from "@/scripts/cli/context/own-worker";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { clean } from "@/scripts/cli/print/text";
import { stepsOf } from "./lines";

const PAUSE_MS = 500;
/** A model call in flight has this long to finish. */
const GRACE_MS = 5_000;

interface Followed {
  project: string;
  run: string;
}

/** Resolves with the exit status: 0 nothing is left to do, 1 the run or a cycle failed, 3 a change waits for a person, 130 interrupted. */
export async function followRun(context: Context, acting: ActingApplication, followed: Followed): Promise<number> {
  needsReader();
  const interrupt = listenForInterrupt();
  const pause = pauseUntil(interrupt);
  const workers = watchWorkers(acting.store);
  const printed = new Set<string>();
  let own: EvolutionWorker | null = null;
  try {
    for (;;) {
      if (own === null && !workers.isLive()) own = await startEvolutionWorker(context, warn);
      const evolution = await acting.queries.getEvolution(followed.project);
      const tree = evolution.cycles.find(({ state }) => state === "working")?.tree ?? null;
      if (tree !== null) own?.workOn(acting.store.queries.trees.treeKey(tree));
      if (!context.json) printNew(evolution, followed.run, printed);
      const isOver = evolution.runs.every(({ id, state }) => id !== followed.run || state === "ended");
      if (isOver) return conclude(context, evolution, followed.run);
      if (interrupt.isRequested()) return interrupted(context, evolution, workers.isLive());
      await pause();
    }
  } finally {
    await own?.stop(interrupt.isRequested() ? GRACE_MS : 0);
    interrupt.close();
  }
}

function printNew(evolution: EvolutionOfProject, run: string, printed: Set<string>): void {
  for (const { key, line } of stepsOf(evolution, run)) {
    if (!printed.has(key)) print(clean(line));
    printed.add(key);
  }
}

/** Returns a pause that an interrupt ends early. */
function pauseUntil(interrupt: Interrupt): () => Promise<void> {
  let wake = () => {};
  interrupt.onRequest(() => wake());
  return () =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
}

function conclude(context: Context, evolution: EvolutionOfProject, id: string): number {
  if (context.json) printJson(evolution);
  const states = evolution.cycles.filter(({ run }) => run === id).map(({ state }) => state);
  if (states.includes("open")) return 3;
  const hasFailed = evolution.runs.some((run) => run.id === id && run.fault !== null);
  return hasFailed || states.includes("failed") || states.includes("stopped") ? 1 : 0;
}

function interrupted(context: Context, evolution: EvolutionOfProject, isLive: boolean): number {
  if (context.json) printJson(evolution);
  const goesOn = isLive ? "it goes on" : "it goes on at the next start";
  warn(`Interrupted. The run is kept, and ${goesOn}; follow it with: npx banyan evolve ${evolution.project} follow`);
  return INTERRUPTED;
}
