/** Coverage: the tests reach as much of the code as on the base. */
import { z } from "zod";
import {
  type CommandResult,
  endedWell,
  fault,
  type Gate,
  type GateContext,
  measured,
  notMeasured,
} from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { withoutFile } from "@/gates/source/trees";

type CoverageSettings = NonNullable<Settings["coverage"]>;

/** `coverage-summary.json` of Istanbul, which Vitest, Jest, nyc and c8 write. */
const Summary = z.object({ total: z.object({ lines: z.object({ total: z.number(), covered: z.number() }) }) });

export const coverage: Gate = {
  name: "coverage",
  needsSandbox: true,
  isLater: true,
  off: ({ settings }) => (settings.coverage ? null : "The settings name no command for coverage."),
  async judge(context) {
    const { settings, change } = context;
    const of = settings.coverage;
    if (!of) return notMeasured("The settings name no command for coverage.");
    const before = await percentOf(context, of, "base", change.base);
    if (typeof before === "string") return notMeasured(`On the base, ${before}.`);
    const after = await percentOf(context, of, "head", change.head);
    if (typeof after === "string") return measured("Not measured on the change.", [fault(`On the change, ${after}.`)]);
    const fall = before - after;
    const findings =
      fall > of.may_fall_percent
        ? [fault(`It falls by ${fall.toFixed(1)} points, and may fall by ${of.may_fall_percent}.`)]
        : [];
    return measured(`${after.toFixed(1)} % of lines, ${before.toFixed(1)} % on the base.`, findings, { before, after });
  },
};

/** Returns the percentage of lines, or why it is not known, as a phrase. */
async function percentOf(
  { runner }: GateContext,
  { run, report, sandbox, timeout_minutes }: CoverageSettings,
  name: string,
  tree: FileTree,
): Promise<number | string> {
  const result = await runner.run({
    name,
    tree: withoutFile(tree, report.file),
    command: run,
    sandbox,
    timeoutMs: timeout_minutes * 60_000,
    reads: [report.file],
  });
  if (!endedWell(result)) return `the command failed (${endingOf(result)})`;
  const text = result.files[report.file] ?? null;
  if (text === null) return "the command left no report";
  const lines = report.format === "lcov" ? readLcov(text) : readSummary(text);
  if (lines === null) return "the report cannot be read";
  return lines.total === 0 ? "the report has no lines" : (100 * lines.covered) / lines.total;
}

function endingOf({ endedBy, exitStatus }: CommandResult): string {
  return endedBy ?? `exit status ${exitStatus}`;
}

function readSummary(text: string): { total: number; covered: number } | null {
  try {
    return Summary.parse(JSON.parse(text)).total.lines;
  } catch {
    return null;
  }
}

/** LF and LH are the lines of each file, found and hit. */
function readLcov(text: string): { total: number; covered: number } | null {
  const sum = (key: string) =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`${key}:`))
      .reduce((total, line) => total + Number(line.slice(key.length + 1)), 0);
  const lines = { total: sum("LF"), covered: sum("LH") };
  return Number.isFinite(lines.total) && Number.isFinite(lines.covered) ? lines : null;
}
