/** Chart descriptions and address filters of the Operations pages. */
import { expect, test } from "vitest";
import type { History, HistoryPoint } from "@/core/shapes/operations";
import { auditFilterOf, auditLink, downloadLink, timesOf } from "./audit/filter";
import { CHARTS, describe as inWords, isAlone, newestOf } from "./chart-series";
import { hoursOf } from "./hours";
import { interventionsLink } from "./interventions/filters";

const point = (minute: number, cpu: number | null): HistoryPoint => ({
  at: new Date(minute * 60_000).toISOString(),
  cpu_percent: cpu,
  memory_percent: null,
  disk_percent: null,
  slots_used: 2,
  queued: 1,
  tokens_hour: 0,
  cost_usd_hour: 0,
  commits_minute: 0,
});
const history = { slots: 4, memory_bytes: null } as History;
const chart = (name: string) => CHARTS.find((series) => series.name === name) ?? expect.fail(name);

test("a chart description gives the present, smallest and largest value and mentions gaps", () => {
  const points = [point(1, 20), point(2, null), point(3, 90), point(4, 40)];
  expect(inWords(chart("cpu_percent"), points, history)).toBe("CPU: now 40 %, minimum 20 %, maximum 90 %.");
  expect(inWords(chart("cpu_percent"), [...points, point(5, null)], history)).toBe(
    "CPU: now 40 %, minimum 20 %, maximum 90 %. Some data is missing.",
  );
  expect(inWords(chart("memory_percent"), points, history)).toBe("Memory: no data yet.");
  expect(inWords(chart("slots_used"), points, history)).toContain("now 2 of 4");
  expect([isAlone(points, 0, "cpu_percent"), isAlone(points, 2, "cpu_percent")]).toEqual([true, false]);
  expect(newestOf([point(1, 7), point(2, null)], "cpu_percent")).toBe(7);
});

test("the address holds the filter, and the last day is included", () => {
  const filter = auditFilterOf({ actor: " Ann ", subject: "=1+1", until: "2026-01-31", from: ["twice", "named"] });
  expect(filter).toMatchObject({ actor: "Ann", subject: "=1+1", action: "", from: "", until: "2026-01-31" });
  expect(timesOf(filter)).toEqual({ actor: "Ann", subject: "=1+1", until: "2026-02-01T00:00:00.000Z" });
  expect(timesOf({ ...filter, until: "soon" }).until).toBe("soon");
  expect(auditLink(filter, "70")).toBe("/operations/audit?actor=Ann&subject=%3D1%2B1&until=2026-01-31&after=70");
  expect(downloadLink("audit.csv", filter)).toContain(
    "/downloads/audit.csv?actor=Ann&subject=%3D1%2B1&until=2026-02-01T",
  );
  expect(interventionsLink({ rule: "no_progress" }, 50)).toBe("/operations/interventions?rule=no_progress&skip=50");
  expect(interventionsLink({})).toBe("/operations/interventions");
  expect([hoursOf("168"), hoursOf("3"), hoursOf(undefined)]).toEqual([168, 1, 1]);
});
