/** What is known of pools and runners, from what the server heard and stored. Pure. */
import type { PoolState, RunnerState, RunnersState } from "./shapes";

export interface HeardRunner {
  runner: string;
  pool: string;
  slots: number;
  free: number;
  architecture: string;
  version: string;
  /** Whether this release and its own understand each other. */
  isNeighbour: boolean;
  /** Since when it is not heard any more; null: it is. */
  goneSinceMs: number | null;
}

export interface RunnerFacts {
  isSetUp: boolean;
  problem: string | null;
  seenAtMs: number | null;
  heard: readonly HeardRunner[];
  held: readonly { pool: string; sinceMs: number }[];
  drains: readonly { runner: string; by: string; atMs: number }[];
  /** The newest trees that have not ended. */
  trees: readonly { id: string; title: string; pool: string; runner: string | null; number: number; running: number }[];
  /** Checks that run on runners, by the public ids of their trees. */
  checks: readonly { tree: string; title: string; runner: string }[];
  /** How many trees of each pool have not ended. */
  openTrees: ReadonlyMap<string, number>;
  /** Ready tasks by pool. */
  ready: ReadonlyMap<string, number>;
}

export function runnersState(facts: RunnerFacts): RunnersState {
  const runners = facts.heard.map((heard) => runnerOf(facts, heard)).sort(byPool);
  const names = new Set([...runners.map(({ pool }) => pool), ...facts.openTrees.keys()]);
  return {
    is_set_up: facts.isSetUp,
    problem: facts.problem,
    seen_at: isoOf(facts.seenAtMs),
    pools: [...names].sort().map((name) => poolOf(facts, runners, name)),
    runners,
  };
}

function byPool(a: RunnerState, b: RunnerState): number {
  if (a.pool !== b.pool) return a.pool < b.pool ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function runnerOf({ drains, trees, checks }: RunnerFacts, heard: HeardRunner): RunnerState {
  const { runner, pool, slots, free, architecture, version, goneSinceMs } = heard;
  const drain = drains.find((one) => one.runner === runner);
  return {
    name: runner,
    pool,
    state: stateOf(heard, drain !== undefined),
    slots,
    free: goneSinceMs === null ? free : 0,
    architecture,
    version,
    drained: drain ? { by: drain.by, at: new Date(drain.atMs).toISOString() } : null,
    silent_since: isoOf(goneSinceMs),
    trees: trees
      .filter((tree) => tree.runner === runner)
      .map(({ id, title, number, running }) => ({ id, title, place: number, running })),
    checks: checksOn(checks, runner),
  };
}

/** Several tasks of a tree may be checked at once. */
function checksOn(checks: RunnerFacts["checks"], name: string): RunnerState["checks"] {
  const titles = new Map(checks.filter(({ runner }) => runner === name).map(({ tree, title }) => [tree, title]));
  return [...titles].map(([id, title]) => ({ id, title }));
}

function stateOf({ goneSinceMs, slots, isNeighbour }: HeardRunner, isDrained: boolean): RunnerState["state"] {
  if (goneSinceMs !== null) return "silent";
  if (!isNeighbour) return "other_level";
  if (slots === 0) return "leaving";
  return isDrained ? "drained" : "answers";
}

function poolOf({ openTrees, ready, held }: RunnerFacts, runners: readonly RunnerState[], name: string): PoolState {
  const open = runners.filter(({ pool, state }) => pool === name && state === "answers");
  const sum = (amount: "slots" | "free") => open.reduce((total, runner) => total + runner[amount], 0);
  return {
    name,
    slots: sum("slots"),
    free: sum("free"),
    runners: open.length,
    trees: openTrees.get(name) ?? 0,
    ready: ready.get(name) ?? 0,
    held_since: isoOf(held.find(({ pool }) => pool === name)?.sinceMs ?? null),
  };
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
