/** Runs the command for coverage and reads its report. */
import { type CommandResult, endedWell, type GateContext } from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { withoutFile } from "@/gates/source/trees";
import { type Coverage, readCoverage } from "@/lib/test-reports/coverage/read";

export type CoverageSettings = NonNullable<Settings["coverage"]>;

/** Two gates ask for the same trees. */
const RUNS = new WeakMap<FileTree, Promise<Coverage | string>>();

/** Returns what the tests reach, or why it is not known, as a phrase. A tree is measured once. */
export function coverageOf(
  context: Pick<GateContext, "runner">,
  settings: CoverageSettings,
  name: string,
  tree: FileTree,
): Promise<Coverage | string> {
  const run = RUNS.get(tree) ?? measuredOn(context, settings, name, tree);
  RUNS.set(tree, run);
  return run;
}

async function measuredOn(
  { runner }: Pick<GateContext, "runner">,
  { run, report, sandbox, timeout_minutes }: CoverageSettings,
  name: string,
  tree: FileTree,
): Promise<Coverage | string> {
  const result = await runner.run({
    name,
    // A report that is already there would be read instead of a new one.
    tree: withoutFile(tree, report.file),
    command: run,
    sandbox,
    timeoutMs: timeout_minutes * 60_000,
    reads: [report.file],
  });
  if (!endedWell(result)) return `the command failed (${endingOf(result)})`;
  const text = result.files[report.file] ?? null;
  if (text === null) return "the command left no report";
  const coverage = readCoverage(report.format, text);
  if (coverage === null) return "the report cannot be read";
  return coverage.total === 0 ? "the report has no lines" : coverage;
}

export function percentIn({ total, covered }: Pick<Coverage, "total" | "covered">): number {
  return (100 * covered) / total;
}

function endingOf({ endedBy, exitStatus }: CommandResult): string {
  return endedBy ?? `exit status ${exitStatus}`;
}
