/** Bench: base and head run in turn, so that a busy moment of the machine meets both. */
import { z } from "zod";
import { plural } from "@/core/words/figures";
import { endedWell, fault, type Gate, type GateContext, measured, notMeasured } from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";

/** Numbers by name; less is better. */
const Numbers = z.record(z.string(), z.number().nonnegative());
type Numbers = z.infer<typeof Numbers>;

export const bench: Gate = {
  name: "bench",
  needsSandbox: true,
  off: ({ settings }) => (settings.bench ? null : "The settings name no command for the bench."),
  async judge(context) {
    const { settings, change } = context;
    const of = settings.bench;
    if (!of) return notMeasured("The settings name no command for the bench.");
    const sides = { base: [] as Numbers[], head: [] as Numbers[] };
    for (let round = 1; round <= of.rounds; round += 1) {
      for (const side of ["base", "head"] as const) {
        const numbers = await numbersOf(context, of, `${side}-${round}`, change[side]);
        if (numbers) sides[side].push(numbers);
        else if (side === "base") return notMeasured("The bench prints no numbers on the base.");
        else return measured("The bench fails on the change.", [fault("The bench prints no numbers on the change.")]);
      }
    }
    return compared(sides, of.worse_percent);
  },
};

async function numbersOf(
  { runner }: GateContext,
  { run, sandbox, timeout_minutes }: NonNullable<Settings["bench"]>,
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

function compared({ base, head }: { base: Numbers[]; head: Numbers[] }, worsePercent: number) {
  const names = Object.keys(base[0] ?? {});
  const counts: Record<string, number> = {};
  const findings = names.flatMap((name) => {
    const before = valuesOf(base, name);
    const after = valuesOf(head, name);
    if (after.length < before.length) return [fault(`${name} is missing on the change.`)];
    const [usual, now] = [median(before), median(after)];
    counts[name] = usual === 0 ? 0 : Math.round((100 * (now - usual)) / usual);
    // The base's own spread is noise, which no change has caused.
    const limit = Math.max(usual * (1 + worsePercent / 100), Math.max(...before));
    return now > limit ? [fault(`${name}: ${now} instead of ${usual}, ${counts[name]} % worse.`)] : [];
  });
  return measured(`${plural(names.length, "number")}, ${findings.length} worse than the base.`, findings, counts);
}

function valuesOf(rounds: readonly Numbers[], name: string): number[] {
  return rounds.flatMap((numbers) => numbers[name] ?? []).sort((a, b) => a - b);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
