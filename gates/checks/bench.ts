/** Bench: base and head run in turn, and the change fails only where its pairs of runs show that it is slower. */
import { z } from "zod";
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import {
  endedWell,
  fault,
  flag,
  type Gate,
  type GateContext,
  measured,
  note,
  notMeasured,
  type Verdict,
} from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { suiteOf } from "@/gates/suite/suite";
import { LEAST_PAIRS, type Pair, pairedRatio, type RatioInterval } from "@/lib/statistics/paired-ratio";

type BenchSettings = NonNullable<Settings["bench"]>;

/** Numbers by name; lower is better. */
const Numbers = z.record(z.string(), z.number().nonnegative());
type Numbers = z.infer<typeof Numbers>;

interface Round {
  base: Numbers;
  head: Numbers;
}

export const bench: Gate = {
  name: "bench",
  needsSandbox: true,
  isLater: true,
  off: ({ settings }) => (settings.bench ? null : "The settings name no command for the bench."),
  async judge(context) {
    const of = context.settings.bench;
    if (!of) return notMeasured("The settings name no command for the bench.");
    const first = await firstRound(context, of);
    if ("outcome" in first) return first;
    const rounds = await moreRounds(context, of, first);
    if ("outcome" in rounds) return rounds;
    const { summary, findings, counts } = compared(rounds, of.worse_percent);
    return measured(summary, [...first.findings, ...findings], counts);
  },
};

/** A first round, and the tree of the change that is measured. */
interface First {
  round: Round;
  tree: FileTree;
  startedAtMs: number;
  findings: Finding[];
}

/** The base's bench judges. If it does not work on the change, the change's own bench judges, and a person has to check it. */
async function firstRound(context: GateContext, of: BenchSettings): Promise<First | Verdict> {
  const startedAtMs = performance.now();
  const { oldTree, hasOtherTests } = suiteOf(context);
  const { base: baseTree, head: headTree } = context.change;
  const base = await numbersOf(context, of, "base-1", baseTree);
  if (!base) return notMeasured("The bench prints no numbers on the base.");
  const head = await numbersOf(context, of, "head-1", oldTree);
  if (head) return { round: { base, head }, tree: oldTree, startedAtMs, findings: [] };
  const own = hasOtherTests ? await numbersOf(context, of, "head-1-with-own-bench", headTree) : null;
  if (!own) return measured("The bench fails on the change.", [fault("The bench prints no numbers on the change.")]);
  const findings = [flag("The base's bench prints no numbers on the change, so the change's own bench was used.")];
  return { round: { base, head: own }, tree: headTree, startedAtMs, findings };
}

/** Every second round begins with the other side, so that neither side always runs on the warmer machine. */
async function moreRounds(context: GateContext, of: BenchSettings, first: First): Promise<Round[] | Verdict> {
  const trees = { base: context.change.base, head: first.tree };
  const wanted = Math.max(of.rounds, LEAST_PAIRS);
  const endsAtMs = first.startedAtMs + of.most_minutes * 60_000;
  const rounds = [first.round];
  let longestMs = performance.now() - first.startedAtMs;
  while (rounds.length < wanted) {
    const startedAtMs = performance.now();
    const needed = Math.max(LEAST_PAIRS - rounds.length, 1);
    if (startedAtMs + needed * longestMs > endsAtMs) break;
    const number = rounds.length + 1;
    context.say(`bench: round ${number} of ${wanted} …`);
    const found: Partial<Round> = {};
    for (const side of number % 2 === 0 ? (["head", "base"] as const) : (["base", "head"] as const))
      found[side] = (await numbersOf(context, of, `${side}-${number}`, trees[side])) ?? undefined;
    if (!found.base) return notMeasured("The bench prints no numbers on the base.");
    if (!found.head)
      return measured("The bench fails on the change.", [fault("The bench prints no numbers on the change.")]);
    rounds.push({ base: found.base, head: found.head });
    longestMs = Math.max(longestMs, performance.now() - startedAtMs);
  }
  return rounds.length >= LEAST_PAIRS
    ? rounds
    : notMeasured(`${LEAST_PAIRS} rounds do not fit into ${of.most_minutes} min, and fewer show no difference.`);
}

async function numbersOf(
  { runner }: GateContext,
  { run, sandbox, timeout_minutes }: BenchSettings,
  name: string,
  tree: FileTree,
): Promise<Numbers | null> {
  const result = await runner.run({ name, tree, command: run, sandbox, timeoutMs: timeout_minutes * 60_000 });
  if (!endedWell(result)) return null;
  try {
    return Numbers.parse(JSON.parse(result.stdout));
  } catch {
    return null;
  }
}

function compared(rounds: readonly Round[], worsePercent: number) {
  const names = Object.keys(rounds[0]?.base ?? {});
  const counts: Record<string, number> = {};
  const findings = names.flatMap((name) => {
    const pairs = pairsOf(rounds, name);
    if (pairs === null) return [fault(`${name} is missing on the change.`)];
    const found = pairedRatio(pairs);
    if (!found) return [note(`${name} is missing in some rounds on the base, so it was not compared.`)];
    if (Number.isFinite(found.ratio)) counts[name] = percent(found.ratio);
    return judged(name, found, worsePercent);
  });
  const worse = findings.filter(({ kind }) => kind === "fault").length;
  const numbers = `${plural(names.length, "number")}, ${worse} worse than the base`;
  return { summary: `${plural(rounds.length, "round")}: ${numbers}.`, findings, counts };
}

/** Returns null when a round lacks the number on the change only. */
function pairsOf(rounds: readonly Round[], name: string): Pair[] | null {
  const pairs: Pair[] = [];
  for (const { base, head } of rounds) {
    const [before, after] = [base[name], head[name]];
    if (before === undefined) continue;
    if (after === undefined) return null;
    pairs.push({ base: before, head: after });
  }
  return pairs;
}

/** A fault only when the whole interval is above what is allowed. */
function judged(name: string, { base, head, ratio, low, high }: RatioInterval, worsePercent: number): Finding[] {
  const limit = 1 + worsePercent / 100;
  const interval = `95 % interval ${percentText(low)} to ${percentText(high)}`;
  if (low > limit)
    return [fault(`${name}: ${shown(head)} instead of ${shown(base)}, ${percentText(ratio)} (${interval}).`)];
  if (high <= limit) return [];
  return [
    note(`${name}: ${percentText(ratio)} (${interval}); too noisy to show whether it is ${worsePercent} % worse.`),
  ];
}

function percent(ratio: number): number {
  return Math.round(100 * (ratio - 1));
}

/** +30 % · −5 % */
function percentText(ratio: number): string {
  if (!Number.isFinite(ratio)) return "without limit";
  const value = percent(ratio);
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value)} %`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
