/** A finished comparison, for people and as JSON. */
import { gridOf, shown } from "../rows/row";
import type { Failed, Side } from "./alternate";
import type { Difference, Differences } from "./differences";
import type { Version } from "./versions";

export interface Comparison extends Differences {
  machine: string;
  versions: Record<Side, Pick<Version, "name" | "commit" | "changed">>;
  times: number;
  /** Workloads that only one side has. */
  onlyWorkloads: Record<Side, string[]>;
  /** Files of the workloads that differ. */
  workloadFiles: string[];
  failed: Failed[];
}

const TIMES = ["ms", "s", "frames a second"];
const MOST_NAMED = 6;

export function jsonOf({ versions, rows, only, onlyWorkloads, workloadFiles, ...rest }: Comparison): string {
  const plain = {
    ...rest,
    ...versions,
    rows: rows.map(({ interval, ...row }) => ({
      ...row,
      ...(interval ?? { base: null, head: null, ratio: null, low: null, high: null, confidence: null }),
    })),
    only_base: { workloads: onlyWorkloads.base, rows: only.base },
    only_head: { workloads: onlyWorkloads.head, rows: only.head },
    workload_files_that_differ: workloadFiles,
  };
  return JSON.stringify(plain, null, 2);
}

export function textOf(comparison: Comparison): string {
  const { machine, versions, rows } = comparison;
  const { base, head } = versions;
  const header = ["workload", "figure", base.name, head.name, `${head.name} ÷ ${base.name}`, "95 % interval", ""];
  const table = rows.length > 0 ? [gridOf(header, rows.map(cellsOf)), "", ...explained(comparison)] : [];
  return [machine, "", ...table, ...remarks(comparison)].join("\n").trimEnd();
}

function cellsOf({ workload, figure, unit, verdict, interval }: Difference): string[] {
  if (interval === null) return [workload, figure, "", "", "", "", "no ratio"];
  const { base, head, ratio, low, high } = interval;
  const values = [base, head].map((value) => `${shown(value)} ${unit}`);
  const said = {
    better: TIMES.includes(unit) ? "faster" : "better",
    worse: TIMES.includes(unit) ? "slower" : "worse",
    none: "no difference shown",
    unknown: "",
  };
  return [workload, figure, ...values, ratioText(ratio), `${ratioText(low)} to ${ratioText(high)}`, said[verdict]];
}

function ratioText(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(3) : "no limit";
}

/** Each row may mislead by chance, so with many rows some probably do. */
function explained({ rows, times }: Comparison): string[] {
  const confidence = rows.find(({ interval }) => interval !== null)?.interval?.confidence;
  const lines = [`Medians of ${times} rounds, in which the two versions took turns in being first.`];
  if (confidence !== undefined) {
    const chance = (rows.length * (1 - confidence)).toFixed(1);
    lines.push(
      `An interval holds the true ratio in ${(100 * confidence).toFixed(1)} % of comparisons. Of ${rows.length} rows without a difference, ${chance} show one by chance.`,
    );
  }
  return lines;
}

function remarks({ versions, only, onlyWorkloads, workloadFiles, failed, rows }: Comparison): string[] {
  const lines: string[] = [];
  for (const side of ["base", "head"] as const) {
    const { name, changed } = versions[side];
    if (changed > 0) lines.push(`${name}: the files as they are now, of which ${changed} differ from the last commit.`);
    if (onlyWorkloads[side].length > 0)
      lines.push(`Workloads that only ${name} has: ${onlyWorkloads[side].join(", ")}.`);
    if (only[side].length > 0)
      lines.push(
        `Figures that only ${name} has: ${only[side].map(({ workload, figure }) => `${workload}: ${figure}`).join("; ")}.`,
      );
  }
  if (workloadFiles.length > 0)
    lines.push(`The workloads differ (${named(workloadFiles)}), so a row may compare different work.`);
  if (rows.some(({ verdict }) => verdict === "unknown"))
    lines.push("No ratio: some values are below 0, or too few rounds have the figure.");
  for (const { workload, side, round, reason } of failed)
    lines.push(`${workload} failed on ${versions[side].name} in round ${round}, so it is not compared. ${reason}`);
  return lines;
}

function named(files: string[]): string {
  const more = files.length - MOST_NAMED;
  return more > 0 ? `${files.slice(0, MOST_NAMED).join(", ")} and ${more} more` : files.join(", ");
}
