/** What the KPIs share: what a measurement is, shares, means and percentiles. Pure. */
import type { Counted, KpiBasis, KpiGroup, KpiTarget, KpiUnit, NotMeasuredCode } from "@/core/shapes/kpis";
import type { KpiFacts } from "./facts";
import { isIn, type Span } from "./spans";

interface Measurement {
  value: number;
  basis: KpiBasis;
  counted: Counted[];
}

/** A figure, or why there is none. */
export type Measured = Measurement | { missing: NotMeasuredCode; lacks?: { with: number; without: number } };

export interface KpiDefinition {
  id: string;
  group: KpiGroup;
  name: string;
  formula: string;
  source: string;
  unit: KpiUnit;
  target: KpiTarget | null;
  /** Below this many, it is not said whether the target is met. */
  least: number;
  /** It is about so many days before the end of a span, whatever the span. */
  days?: number;
  measure(facts: KpiFacts, span: Span): Measured;
}

/** Fewer cycles show nothing. */
export const FEW = 5;

export function within<Row extends { endedAtMs: number }>(rows: readonly Row[], span: Span): Row[] {
  return rows.filter(({ endedAtMs }) => isIn(span, endedAtMs));
}

export function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/** Returns how many of the rows are so, of all. */
export function shareOf<Row>(
  rows: readonly Row[],
  noun: string,
  isSo: (row: Row) => boolean,
  counted: (row: Row) => Counted[] = () => [],
): Measurement {
  const amount = rows.filter(isSo).length;
  return {
    value: amount / rows.length,
    basis: { amount, unit: "number", of: rows.length, noun },
    counted: rows.flatMap(counted),
  };
}
