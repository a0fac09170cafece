/** What pages, the command line and the API show of pools and runners: what the worker that leads wrote down. */
import type { Queries } from "@/agents/application";
import type { RunnersState } from "@/core/runners/shapes";
import { runnersState } from "@/core/runners/state";
import type { Store } from "@/db/store";

interface RunnerQuerySources {
  store: Pick<Store, "places" | "checks">;
  /** Whether the setting BANYAN_NATS names a node. */
  hasRunners: boolean;
  now(): number;
}

/** The worker writes at least each minute; older news says nothing about now. */
const OLD_MS = 3 * 60_000;
const MOST_TREES = 1_000;

export function createRunnerQueries(sources: RunnerQuerySources): Pick<Queries, "getRunners"> {
  return {
    async getRunners() {
      const found = runnersNow(sources);
      return { ...found, items: found.runners, next: null };
    },
  };
}

export function runnersNow({ store: { places, checks }, hasRunners, now }: RunnerQuerySources): RunnersState {
  const seen = places.seen();
  return runnersState({
    isSetUp: hasRunners,
    problem: problemOf(hasRunners, seen, now()),
    seenAtMs: seen?.atMs ?? null,
    heard: seen?.runners ?? [],
    held: seen?.held ?? [],
    drains: places.drains(),
    trees: places.open(MOST_TREES),
    openTrees: places.openByPool(),
    checks: checks.open(),
    ready: places.ready(),
  });
}

function problemOf(
  hasRunners: boolean,
  seen: { atMs: number; problem: string | null } | null,
  nowMs: number,
): string | null {
  if (!hasRunners) return null;
  if (seen === null) return "No server has looked for runners yet: it does when it runs.";
  if (nowMs - seen.atMs > OLD_MS)
    return "No server has looked for runners for some minutes: what follows is what it saw last.";
  return seen.problem;
}
