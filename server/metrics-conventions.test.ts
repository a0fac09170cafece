/** The conventions of Prometheus, which `promtool check metrics` also checks: https://prometheus.io/docs/practices/naming */
import { expect, test } from "vitest";
import { groupBy } from "@/core/kpis/measure";
import { FAMILIES, type Family } from "@/core/metrics/families";
import { everyMetric } from "./testing/measured";

async function exported(): Promise<{ lines: string[]; types: Map<string, string> }> {
  const text = await everyMetric();
  const lines = text.trimEnd().split("\n");
  const types = new Map(
    lines
      .flatMap((line) => [/^# TYPE (\S+) (\S+)$/.exec(line) ?? []])
      .flatMap(([, name, type]) => {
        return name && type ? [[name, type] as const] : [];
      }),
  );
  return { lines, types };
}

/** Units that are not the base unit, and words that a unit already says. */
const WRONG_UNITS =
  /(^|_)(ms|milliseconds|minutes|hours|days|percent|percentage|kilobytes|megabytes|mb|kb|micro|usd|cents|gauge|counter|histogram)(_|$)/;

test("each metric has a help and a type before its series, and its name is in snake case", async () => {
  const { lines, types } = await exported();
  expect([...types.keys()].filter((name) => !/^banyan(_[a-z0-9]+)+$/.test(name))).toEqual([]);
  const seen = new Set<string>();
  let current = "";
  for (const line of lines.filter(Boolean)) {
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    if (help) {
      [, current = ""] = help;
      expect([current, seen.has(current)]).toEqual([current, false]);
      expect(help[2]).toMatch(/\.$/);
      seen.add(current);
    } else if (!line.startsWith("#")) {
      const name = /^\w+/.exec(line)?.[0] ?? "";
      const base = types.get(current) === "histogram" ? name.replace(/_(bucket|sum|count)$/, "") : name;
      expect(base).toBe(current);
    }
  }
  expect([...seen].sort()).toEqual([...types.keys()].sort());
});

test("only counters end with _total, histograms are in seconds, and all units are base units", async () => {
  const { types } = await exported();
  for (const [name, type] of types) {
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    expect([name, WRONG_UNITS.test(name)]).toEqual([name, false]);
    expect([name, /_(bucket|sum|count)$/.test(name)]).toEqual([name, false]);
  }
  expect([...types.keys()]).toEqual(expect.arrayContaining(Object.keys(FAMILIES)));
});

test("no series comes twice, and a histogram has rising buckets up to +Inf that agree with its count", async () => {
  const { lines, types } = await exported();
  const series = lines.flatMap((line) =>
    line === "" || line.startsWith("#") ? [] : [line.slice(0, line.lastIndexOf(" "))],
  );
  expect(new Set(series).size).toBe(series.length);
  const valuesOf = (start: string) =>
    lines.filter((line) => line.startsWith(start)).map((line) => Number(line.split(" ").at(-1)));
  for (const name of [...types.keys()].filter((one) => types.get(one) === "histogram")) {
    const buckets = lines.filter((line) => line.startsWith(`${name}_bucket{`));
    const byLabels = groupBy(buckets, (line) => line.replace(/,?le="[^"]+"}.*$/, ""));
    for (const [labels, rows] of byLabels) {
      const values = rows.map((line) => Number(line.split(" ").at(-1)));
      expect(values.toSorted((a, b) => a - b)).toEqual(values);
      const own = labels.replace("_bucket{", "_count{").replace(/\{$/, "");
      expect([labels, values.at(-1)]).toEqual([labels, valuesOf(own)[0]]);
      expect(rows.find((line) => line.includes('le="+Inf"'))).toBeDefined();
    }
  }
});

test("buckets rise, and no label has a name that Prometheus keeps for itself", () => {
  for (const [name, { buckets = [], labels, type }] of Object.entries<Family>(FAMILIES)) {
    expect([name, buckets.length > 0]).toEqual([name, type === "histogram"]);
    expect([...buckets].sort((a, b) => a - b)).toEqual([...buckets]);
    expect(
      labels.filter((label) => !/^[a-z]+$/.test(label) || ["le", "quantile", "job", "instance"].includes(label)),
    ).toEqual([]);
  }
});
