/** Figures of a workload, and their table. */

export type Unit =
  | "goals"
  | "ms"
  | "s"
  | "MB"
  | "commits"
  | "×"
  | "commits a turn"
  | "frames a second"
  | "commands a second"
  | "messages"
  | "messages a second"
  | "ms a second"
  | "rounds"
  | "%"
  | "lessons"
  | "insights";

export interface Row {
  workload: string;
  figure: string;
  value: number;
  unit: Unit;
  /** Target: the value must be at most this. Absent when the figure is for comparison only. */
  most?: number;
  /** Target: the value must be at least this. */
  least?: number;
  note?: string;
}

export function row(workload: string, figure: string, value: number, unit: Unit, most?: number, note?: string): Row {
  return { workload, figure, value, unit, ...(most !== undefined && { most }), ...(note && { note }) };
}

export function isHeld({ value, most, least }: Row): boolean {
  return (most === undefined || value <= most) && (least === undefined || value >= least);
}

/** Formats a value with three significant digits, or as a whole number from 100 up. */
export function shown(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export function tableOf(rows: Row[]): string {
  const header = ["workload", "figure", "measured", "at most", "", "how it was measured"];
  const cells = rows.map((row) => [
    row.workload,
    row.figure,
    `${shown(row.value)} ${row.unit}`,
    row.most !== undefined ? shown(row.most) : row.least !== undefined ? `at least ${shown(row.least)}` : "",
    row.most === undefined && row.least === undefined ? "" : isHeld(row) ? "ok" : "missed",
    row.note ?? "",
  ]);
  return gridOf(header, cells);
}

/** Returns a table in Markdown, with columns that are as wide as their longest text. */
export function gridOf(header: string[], cells: string[][]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (texts: string[]) => `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(header), rule, ...cells.map(line)].join("\n");
}

/** Returns the smallest value that at least `share` (0 to 1) of the values do not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
