import type { DayReport } from "./verdict";

/** Returns the figures of a day as lines for people. */
export function figuresOf(report: DayReport): string {
  const { hours, goals, calls, faults, recovered, absorbed, lost, heap } = report;
  const sum = (of: (goal: (typeof goals)[number]) => number) => goals.reduce((all, goal) => all + of(goal), 0);
  const kinds = new Map<string, number>();
  for (const { kind } of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const share = (count: number) => `${((100 * count) / Math.max(1, faults.length)).toFixed(1)} %`;
  const lines = [
    `${hours.toFixed(1)} h, ${goals.length} goals, ${sum(({ rounds }) => rounds)} rounds (${sum(({ broken }) => broken)} broke off), ${calls} calls`,
    `${faults.length} faults: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}`,
    `recovered ${recovered} (${share(recovered)}), absorbed ${absorbed} (${share(absorbed)})`,
    ...lost.map(({ kind, trees }) => `not recovered: ${kind} in ${trees.join(", ")}`),
    `heap ${heap.map((mb) => `${mb.toFixed(1)} MB`).join(", ")}`,
    ...goals.map(
      ({ given, end, rounds, broken, late, tokens, logBytes, why }) =>
        `${given.name}: ${end}, ${rounds} rounds, ${broken} broken, ${late} late, ${tokens} tokens, log ${logBytes} bytes${end === (given.end ?? "succeeded") ? "" : `: ${why.slice(0, 200)}`}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
