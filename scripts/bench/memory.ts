/** The figures of memory: what each seed took, and whether warm goals and the controls are as they should be. */
import pLimit from "p-limit";
import { bootstrap } from "@/core/lessons/lift";
import type { Pursued } from "@/tests/agents/memory-family/pursue";
import { runSeed, type SeedRun } from "./memory-family";
import { type Row, row } from "./rows/row";

const SEEDS = 10;
const FEW_SEEDS = 2;
/** Seeds that run in parallel, each with its own database and folder. */
const PARALLEL = 2;

/** Targets for warm goals: how many percent fewer rounds, and how many at least with 97.5 % confidence. */
const LEAST_FEWER = 30;
const LEAST_LOWER_BOUND = 20;
/** A false lesson may harm at most this often before it is retired. A goal is counted when it ends, so its rounds count together. */
const MOST_HARMED = 7;

export async function memoryRows({ quick, isCore }: { quick: boolean; isCore: boolean }): Promise<Row[]> {
  const limit = pLimit(PARALLEL);
  const seeds = Array.from({ length: quick ? FEW_SEEDS : SEEDS }, (_, at) => at + 1);
  const say = (line: string) => console.error(line);
  const startedAt = performance.now();
  const runs = await Promise.all(seeds.map((seed) => limit(() => runSeed(seed, isCore, say))));
  const seconds = (performance.now() - startedAt) / 1_000;
  const how = isCore
    ? "without tasks and commands: only finding, showing, counting and making lessons"
    : "real goals and commands";
  const name = isCore ? "memory, core only" : "memory";
  return [
    ...runs.map((run) => seedRow(name, run)),
    ...warmRows(name, runs),
    ...controlRows(name, "shuffled lessons", goalsOf(runs, "shuffled"), goalsOf(runs, "cold")),
    ...controlRows(name, "novel kinds", goalsOf(runs, "novel"), goalsOf(runs, "novelCold")),
    ...controlRows(name, "poisoned candidates", goalsOf(runs, "poisoned"), goalsOf(runs, "cold")),
    ...poisonRows(name, runs),
    row(name, "goals that failed", failedIn(runs), "goals", 0),
    row(name, "all of it", seconds, "s", undefined, how),
  ];
}

type Condition = "cold" | "warm" | "shuffled" | "novel" | "novelCold" | "poisoned";

function goalsOf(runs: readonly SeedRun[], condition: Condition): number[] {
  return runs.flatMap((run) => roundsOf(run[condition]));
}

function roundsOf(goals: readonly Pursued[]): number[] {
  return goals.map(({ rounds }) => rounds);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function seedRow(name: string, run: SeedRun): Row {
  const mean = (condition: Condition) => meanOf(roundsOf(run[condition])).toFixed(1);
  const others = `shuffled ${mean("shuffled")}, poisoned ${mean("poisoned")}, novel ${mean("novel")} (without memory ${mean("novelCold")})`;
  const fewer = fewerIn(roundsOf(run.warm), roundsOf(run.cold)).fewer;
  return row(
    name,
    `seed ${run.seed}`,
    fewer,
    "%",
    undefined,
    `rounds: cold ${mean("cold")}, warm ${mean("warm")}, ${others}`,
  );
}

/** How many percent fewer rounds the first took, with the 95 % interval of the difference of the means. */
function fewerIn(rounds: readonly number[], cold: readonly number[]) {
  const percent = (difference: number) => (-100 * difference) / meanOf(cold);
  const { low, high } = bootstrap(rounds, cold);
  return { fewer: percent(meanOf(rounds) - meanOf(cold)), least: percent(high), most: percent(low) };
}

function warmRows(name: string, runs: readonly SeedRun[]): Row[] {
  const [warm, cold] = [goalsOf(runs, "warm"), goalsOf(runs, "cold")];
  const { fewer, least } = fewerIn(warm, cold);
  const note = `${meanOf(cold).toFixed(2)} rounds without memory, ${meanOf(warm).toFixed(2)} with; ${cold.length} goals a side`;
  return [
    { ...row(name, "warm: fewer rounds", fewer, "%", undefined, note), least: LEAST_FEWER },
    {
      ...row(name, "warm: lower bound", least, "%", undefined, "95 % interval, bootstrap over all goals"),
      least: LEAST_LOWER_BOUND,
    },
  ];
}

/** A control shows neither gain nor harm when its interval holds 0. */
function controlRows(name: string, control: string, rounds: readonly number[], cold: readonly number[]): Row[] {
  const { fewer, least, most } = fewerIn(rounds, cold);
  const interval = `95 % interval ${least.toFixed(0)} to ${most.toFixed(0)} %`;
  return [
    row(name, `${control}: fewer rounds`, fewer, "%", undefined, interval),
    row(name, `${control}: gain shown`, Math.max(0, least), "%", 0, "the interval's end towards 0"),
    row(name, `${control}: harm shown`, Math.max(0, -most), "%", 0, "the interval's end towards 0"),
  ];
}

function poisonRows(name: string, runs: readonly SeedRun[]): Row[] {
  const count = (value: (run: SeedRun) => number) => runs.reduce((sum, run) => sum + value(run), 0);
  const shown = count(({ wrong }) => wrong.shown);
  const retired = count(({ wrong }) => wrong.retired);
  const goals = runs.flatMap(({ wrong }) => roundsOf(wrong.goals));
  const all = count(({ wrong }) => wrong.lessons);
  return [
    row(
      name,
      "poisoned candidates: shown",
      count((run) => run.candidatesShown),
      "lessons",
      0,
      "imported, nobody approved",
    ),
    row(
      name,
      "false lessons still shown",
      shown,
      "lessons",
      0,
      `of ${all} that a person had approved, after 3 goals each`,
    ),
    row(
      name,
      "false lessons live without effect",
      all - retired - shown,
      "lessons",
      undefined,
      "where too little speaks for one, it is shown no more before it has harmed three times",
    ),
    row(
      name,
      "harm until retired",
      Math.max(...runs.map(({ wrong }) => wrong.mostHarmed)),
      "rounds",
      MOST_HARMED,
      "most of a lesson",
    ),
    row(name, "goals with false lessons", meanOf(goals), "rounds", undefined, "mean, while they were retired"),
  ];
}

function failedIn(runs: readonly SeedRun[]): number {
  return runs
    .flatMap((run) =>
      [run.cold, run.warm, run.shuffled, run.novel, run.novelCold, run.poisoned, run.wrong.goals].flat(),
    )
    .filter(({ succeeded }) => !succeeded).length;
}
