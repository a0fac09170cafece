/**
 * `npm run eval -- --memory`: whether lessons help a model. Goals in generated repositories with one bug each: first a
 * training set, from which the host makes lessons, then other repositories with the same kinds of bugs, once with these
 * lessons and once without memory.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { bootstrap } from "@/core/lessons/lift";
import { ownerCalled } from "@/core/rules/roles";
import { plural } from "@/core/words/figures";
import { KINDS } from "@/tests/agents/memory-family/kinds";
import { type FamilyPlace, type Pursued, pursue } from "@/tests/agents/memory-family/pursue";
import { repositoryOf } from "@/tests/agents/memory-family/repository";
import { linesOf } from "./report";
import type { EvalRuntime } from "./runtime";
import { BUDGET } from "./task/task";

interface MemoryReport {
  model: string;
  kinds: { kind: string; cold: Pursued; warm: Pursued }[];
  /** Goals that succeeded, of all kinds. */
  succeeded: { cold: number; warm: number };
  /**
   * How many percent fewer rounds goals with lessons took, with the 95 % interval, of the kinds that succeeded on both sides:
   * a goal that failed early took few rounds too. null: there is no such kind.
   */
  fewer: { percent: number; low: number; high: number; kinds: number } | null;
}

const PERSON = ownerCalled("evaluation");
const POLL_MS = 50;
/** A goal that takes longer is stopped, and counts as failed. */
const MOST_MS = 1_800_000;
const TRAINING_SEED = 1;
const TEST_SEED = 2;

/** `names`: of the kinds of bugs. */
export async function compareMemory(
  world: EvalRuntime,
  names: readonly string[],
  say: (line: string) => void,
): Promise<MemoryReport> {
  const { runtime, model, learn } = world;
  const { lessons } = runtime.store;
  const kinds = KINDS.filter(({ name }) => names.includes(name));
  const folder = join(world.folder, "memory");
  const { tokens, seconds } = BUDGET;
  const place: FamilyPlace = {
    runtime,
    model,
    folder,
    grant: { tokens, seconds },
    ended: (tree) => ended(world, tree),
    learn,
  };
  const all = async (name: string, seed: number) => {
    const goals: Pursued[] = [];
    for (const kind of kinds) {
      const goal = await pursue(place, repositoryOf(kind, seed));
      say(`${name}, ${goal.kind}: ${goal.rounds} rounds${goal.succeeded ? "" : ", failed"}`);
      goals.push(goal);
    }
    return goals;
  };
  await lessons.setSettings({ on: true, holdout: 0 });
  await all("training", TRAINING_SEED);
  const warm = await all("with lessons", TEST_SEED);
  await lessons.setSettings({ on: false });
  const cold = await all("without memory", TEST_SEED);
  return { model, ...compared(warm, cold) };
}

/** The goals of both sides, in the same order of their kinds. */
export function compared(warm: readonly Pursued[], cold: readonly Pursued[]): Omit<MemoryReport, "model"> {
  const kinds = warm.map((goal, at) => ({ kind: goal.kind, cold: cold[at] as Pursued, warm: goal }));
  const countOf = (goals: readonly Pursued[]) => goals.filter(({ succeeded }) => succeeded).length;
  return { kinds, succeeded: { cold: countOf(cold), warm: countOf(warm) }, fewer: fewerRounds(kinds) };
}

function fewerRounds(kinds: MemoryReport["kinds"]): MemoryReport["fewer"] {
  const both = kinds.filter(({ cold, warm }) => cold.succeeded && warm.succeeded);
  if (both.length === 0) return null;
  const left = both.map(({ warm }) => warm.rounds);
  const right = both.map(({ cold }) => cold.rounds);
  const percent = (difference: number) => (-100 * difference) / meanOf(right);
  const { low, high } = bootstrap(left, right);
  return {
    percent: percent(meanOf(left) - meanOf(right)),
    low: percent(high),
    high: percent(low),
    kinds: both.length,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function ended({ runtime: { application } }: EvalRuntime, id: string): Promise<void> {
  const endMs = performance.now() + MOST_MS;
  for (;;) {
    const { ended_at } = await application.queries.getTree(id, { tasks: "none" });
    if (ended_at !== null) return;
    if (performance.now() > endMs)
      await application.commands.stop({ id, reason: "The evaluation's time for this goal is over." }, PERSON);
    await wait(POLL_MS);
  }
}

export function memoryTable({ model, kinds, succeeded, fewer }: MemoryReport): string {
  const told = ({ rounds, succeeded }: Pursued) => (succeeded ? String(rounds) : `${rounds}, failed`);
  const rows = kinds.map(({ kind, cold, warm }) => [kind, told(cold), told(warm)]);
  return [
    `${model}: ${fewerText(fewer)}`,
    `Succeeded: ${succeeded.warm} of ${kinds.length} goals with lessons, ${succeeded.cold} without memory.`,
    "",
    ...linesOf(["kind of bug", "rounds without memory", "rounds with lessons"], rows),
  ].join("\n");
}

function fewerText(fewer: MemoryReport["fewer"]): string {
  if (fewer === null)
    return "no kind of bug was mended both with lessons and without memory, so rounds cannot be compared.";
  const { percent, low, high, kinds } = fewer;
  const interval = `95 % interval ${low.toFixed(0)} to ${high.toFixed(0)} %`;
  return `${percent.toFixed(0)} % fewer rounds with lessons (${interval}), in ${plural(kinds, "kind")} of bugs that both mended.`;
}
