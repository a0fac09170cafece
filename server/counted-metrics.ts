/** Histograms and counters of the server's work, from the sums that its processes have stored. */
import { AggregatorRegistry, type Registry } from "prom-client";
import { groupBy } from "@/core/kpis/measure";
import { BEYOND_MS, type Counted, FAMILIES, type Family, familyOf } from "@/core/metrics/families";

interface Value {
  labels: Record<string, string>;
  value: number;
  /** The name with the suffix of a part of a histogram. */
  metricName?: string;
}

/** Returns the metrics. A row of a family that only another release knows, or knew with other labels, is left out. */
export function countedRegistry(counted: readonly Counted[]): Registry {
  const rows = groupBy(counted, ({ name }) => name);
  const metrics = Object.keys(FAMILIES).flatMap((name) => {
    const family = familyOf(name);
    const values = family ? valuesOf(name, family, rows.get(name) ?? []) : [];
    return values.length === 0 ? [] : [{ name, help: family?.help, type: family?.type, aggregator: "first", values }];
  });
  // prom-client itself adds up what it counted; this is its way to take sums that were made elsewhere.
  return AggregatorRegistry.aggregate([metrics]);
}

function valuesOf(name: string, family: Family, counted: Counted[]): Value[] {
  const known = counted.filter(({ labels }) => (JSON.parse(labels) as string[]).length === family.labels.length);
  const series = groupBy(known, ({ labels }) => labels);
  for (const labels of namedBefore(family, [...series.keys()])) if (!series.has(labels)) series.set(labels, []);
  return [...series].flatMap(([labels, rows]) => {
    const values = JSON.parse(labels) as string[];
    const shown = Object.fromEntries(family.labels.map((label, at) => [label, values[at] ?? ""]));
    const sum = total(rows, (row) => row.sum);
    return family.type === "counter" ? [{ labels: shown, value: sum }] : histogram(name, family, shown, rows);
  });
}

/** Returns the labels of series that have had no event, and are exported so that the first one is seen. */
function namedBefore({ labels, known = [] }: Family, present: readonly string[]): string[] {
  const others = present.map((each) => JSON.stringify((JSON.parse(each) as string[]).slice(0, -1)));
  const sets = labels.length === 1 ? ["[]"] : [...new Set(others)];
  return sets.flatMap((set) => known.map((value) => JSON.stringify([...(JSON.parse(set) as string[]), value])));
}

/** A release may change the bounds: then a time counts in the first bound that is not below the one it was stored with. */
function histogram(name: string, { buckets = [] }: Family, labels: Record<string, string>, rows: Counted[]): Value[] {
  const upTo = (bound: number) =>
    total(rows, ({ up_to_ms, events }) => (up_to_ms !== BEYOND_MS && up_to_ms <= bound * 1_000 ? events : 0));
  const events = total(rows, (row) => row.events);
  const metricName = `${name}_bucket`;
  return [
    ...buckets.map((bound) => ({ labels: { ...labels, le: String(bound) }, value: upTo(bound), metricName })),
    { labels: { ...labels, le: "+Inf" }, value: events, metricName },
    { labels, value: total(rows, (row) => row.sum), metricName: `${name}_sum` },
    { labels, value: events, metricName: `${name}_count` },
  ];
}

function total(rows: Counted[], of: (row: Counted) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}
