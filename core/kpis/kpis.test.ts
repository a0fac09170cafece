import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { Kpi } from "@/core/shapes/kpis";
import { basisText, changeText, targetText, valueText, verdictSentence } from "@/core/words/kpis/kpis";
import { reportMarkdown, totalOf } from "@/core/words/kpis/report";
import type { BacklogFacts } from "./backlog";
import type { Cycle, KpiFacts, TaskEnd } from "./facts";
import { kpisOf, neededSince } from "./kpis";
import { monthOf, type Spans, spansOf } from "./spans";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 27);
const SPANS = spansOf({ fromMs: NOW_MS - 30 * DAY_MS, untilMs: NOW_MS });
const NONE = { rows: [], sinceMs: null };
const NO_FACTS: KpiFacts = {
  project: null,
  cycles: [],
  memory: [],
  pulls: [],
  failures: [],
  failuresSinceMs: 0,
  tasks: NONE,
  replies: NONE,
  reviews: [],
  services: [],
  gateRuns: [],
  pages: [],
  starts: { crashes: [], sinceMs: null },
};
const NO_BACKLOG: BacklogFacts = { insights: [], retired: [], advice: [] };

const cycle = (end: Cycle["end"], daysAgo: number, more: Partial<Cycle> = {}): Cycle => ({
  kind: "goal",
  tree: `${end}-${daysAgo}`,
  title: `Goal of ${daysAgo} days ago`,
  endedAtMs: NOW_MS - daysAgo * DAY_MS,
  end,
  microUsd: 1_000_000,
  steps: 0,
  before: null,
  after: null,
  project: null,
  ...more,
});

function of(facts: Partial<KpiFacts>, more: { spans?: Spans; project?: string; backlog?: Partial<BacklogFacts> } = {}) {
  const { spans = SPANS, project = null, backlog } = more;
  return kpisOf({ ...NO_FACTS, ...facts }, { ...NO_BACKLOG, ...backlog }, { ...spans, project });
}

function kpi(found: { items: Kpi[] }, id: string): Kpi {
  return found.items.find((one) => one.id === id) ?? expect.fail(`There is no KPI ${id}.`);
}

test("stopped cycles count neither way, the first moment of a period is in it and its end is not", () => {
  const ended = [
    cycle("succeeded", 30),
    cycle("succeeded", 2),
    cycle("failed", 3),
    cycle("stopped", 4),
    // The end of the period, and the last moment before it.
    cycle("failed", 0),
    cycle("failed", 30, { endedAtMs: SPANS.period.fromMs - 1 }),
  ];
  const success = kpi(of({ cycles: ended }), "cycles_succeeded");
  expect([success.value, success.basis, success.before]).toEqual([
    2 / 3,
    { amount: 2, unit: "number", of: 3, noun: "cycle" },
    0,
  ]);
  expect(success.change).toBeCloseTo(2 / 3);
  expect(success.counted.map(({ id, says }) => [id, says])[0]).toEqual(["failed-3", "failed"]);
});

test("a target is met, missed, or has too few cycles to say; above is not at least", () => {
  const many = (count: number, failed: number) =>
    Array.from({ length: count }, (_, at) => cycle(at < failed ? "failed" : "succeeded", 1 + at / 10));
  const verdict = (cycles: Cycle[]) => kpi(of({ cycles }), "cycles_succeeded").verdict;
  expect([verdict(many(4, 0)), verdict(many(5, 0)), verdict(many(20, 3)), verdict(many(20, 4)), verdict([])]).toEqual([
    "few",
    "met",
    "missed",
    "missed",
    "none",
  ]);
});

test("what is not measured says why, and a difference needs 20 goals on each side", () => {
  const goal = (arm: "with" | "without", at: number, daysAgo = 60) => ({
    tree: `${arm}-${at}`,
    title: "Goal",
    arm,
    succeeded: true,
    rounds: arm === "with" ? 2 : 4,
    endedAtMs: NOW_MS - daysAgo * DAY_MS,
    project: null,
  });
  const sides = (count: number) =>
    Array.from({ length: count }, (_, at) => [goal("with", at), goal("without", at)]).flat();
  const lacking = kpi(of({ memory: [...sides(17), goal("with", 50), goal("without", 51, 91)] }), "rounds_saved");
  expect([lacking.value, lacking.not_measured?.sentence]).toEqual([
    null,
    "Too few goals that succeeded to compare. Missing: 2 goals with memory and 3 goals without.",
  ]);
  // They ended before the period of 30 days, and within the 90 days that this KPI is about.
  expect(kpi(of({ memory: sides(20) }), "rounds_saved")).toMatchObject({ value: 0.5, verdict: "met" });
  expect(neededSince(SPANS)).toBe(NOW_MS - (77 + 90) * DAY_MS);
  const cut = of({ tasks: { rows: [], sinceMs: NOW_MS - 10 * DAY_MS } });
  expect(kpi(cut, "tasks_per_day").not_measured?.code).toBe("too_many");
});

test("a merge counts as taken back within 14 days, and as kept only where its base was read for long enough", () => {
  const pull = (daysAgo: number, takenBackAfter: number | null, readAfter: number | null) => ({
    tree: `pull-${daysAgo}`,
    title: "Change",
    isMerged: true,
    rounds: 0,
    endedAtMs: NOW_MS - daysAgo * DAY_MS,
    takenBackAtMs: takenBackAfter === null ? null : NOW_MS - (daysAgo - takenBackAfter) * DAY_MS,
    readMs: readAfter === null ? null : NOW_MS - (daysAgo - readAfter) * DAY_MS,
    project: null,
  });
  const measured = (...pulls: ReturnType<typeof pull>[]) => kpi(of({ pulls }), "merges_taken_back");
  expect(measured().not_measured?.code).toBe("no_pull_request");
  expect(measured(pull(20, null, 13), pull(10, null, 8), pull(3, null, null)).not_measured?.code).toBe("no_reverts");
  const found = measured(pull(20, null, 14), pull(10, null, 9.5), pull(9, 2, 2), pull(29, 15, 15), pull(3, null, null));
  expect(found).toMatchObject({ value: 1 / 4, basis: { amount: 1, of: 4, noun: "merge" } });
  expect(found.counted[0]).toMatchObject({ id: "pull-9", says: "taken back after 2 days" });
});

test("the time of pages is of the whole server, of the hours that began in the period", () => {
  const hour = (hoursAgo: number, step: number, pages: number) => ({
    atMs: NOW_MS - hoursAgo * 3_600_000,
    step,
    pages,
  });
  const pages = [hour(2, 100, 95), hour(2, 110, 4), hour(1, 120, 1), hour(24 * 31, 200, 50)];
  expect(kpi(of({ pages }), "page_p95")).toMatchObject({ value: 1.05 ** 100, basis: { of: 100 }, verdict: "met" });
  expect(kpi(of({ pages: [] }), "page_p95").not_measured?.code).toBe("no_page");
  expect(kpi(of({ pages }, { project: "shop" }), "page_p95").not_measured?.code).toBe("whole_server");
});

test("only facts of the project count, and those about the whole server say so", () => {
  const cycles = [
    cycle("succeeded", 1, { project: "shop" }),
    cycle("failed", 1, { project: "docs" }),
    cycle("failed", 2),
  ];
  const found = of({ cycles, starts: { crashes: [], sinceMs: 0 } }, { project: "shop" });
  expect(kpi(found, "cycles_succeeded").value).toBe(1);
  expect(kpi(found, "crashes").not_measured?.code).toBe("whole_server");
  expect(found.tables.projects.map(({ project, cycles: count }) => [project, count])).toEqual([["shop", 1]]);
});

test("the backlog is one list: gates that got worse, missed targets, advice, insights and lessons, by weight", () => {
  const run = (id: string, hoursAgo: number, outcome: "passed" | "failed" | "not_measured"): GateRun => ({
    id,
    outcome: outcome === "passed" ? "passed" : "failed",
    quick: false,
    started_at: new Date(NOW_MS - hoursAgo * 3_600_000).toISOString(),
    seconds: 1,
    base: "b",
    head: "h",
    gates: [
      { gate: "old_tests", outcome, required: true, seconds: 1, flags: 0, faults: 0 },
      { gate: "coverage", outcome: "not_measured", required: false, seconds: 1, flags: 0, faults: 0 },
    ],
  });
  const cycles = Array.from({ length: 10 }, (_, at) => cycle(at < 2 ? "failed" : "succeeded", 1 + at));
  const evidence = { facts: [], places: [], quote: [], impact: 1, confidence: 1, effort: 1 };
  const at = new Date(NOW_MS).toISOString();
  const insight = {
    id: "in-1",
    kind: "complex" as const,
    title: "pay is\ncomplex",
    path: "pay.ts",
    line: 1,
    end: 9,
    symbol: "pay",
    evidence,
    score: 0.4,
    state: "open" as const,
    reason: null,
    by: null,
    state_at: at,
    first_seen: at,
    last_seen: at,
  };
  const retired = [{ id: "l1", advice: "Use a mock", harmed: 2, atMs: NOW_MS - DAY_MS }];
  const backlog = {
    insights: [{ project: "shop", insight }],
    retired: [...retired, { id: "l2", advice: "Old", harmed: 2, atMs: NOW_MS - 40 * DAY_MS }],
    advice: [{ kind: "same_error", says: "It happened often.", action: "Do this." }],
  };
  const gateRuns = [run("r2", 1, "failed"), run("r1", 2, "passed")];
  const found = of({ cycles, gateRuns }, { backlog });
  expect(found.backlog.map(({ id, page }) => [id, page])).toEqual([
    ["gate old_tests", "/operations/gates/r2"],
    ["failure same_error", "/memory/failures"],
    ["kpi cycles_succeeded", "/trees/failed-1"],
    ["insight shop in-1", "/projects/shop/insights?insight=in-1"],
    ["lesson l1", "/memory/lessons/l1"],
  ]);
  expect(found.backlog[2]).toMatchObject({
    title: "Cycles that succeed: 80 %",
    why: "The target is above 85 %; counted: 8 ÷ 10 cycles. What weighs most: “Goal of 1 days ago”, failed.",
  });
  expect(found.backlog[3]?.title).toBe("pay is complex");
  expect(verdictSentence(found)).toBe("3 of 4 targets are met.");
  // Of a project, only what is about it.
  const own = of({ cycles, gateRuns }, { backlog, project: "shop" }).backlog.map(({ kind }) => kind);
  expect(own).toEqual(["insight"]);
  // A gate that was not measured twice did not get worse.
  expect(of({ gateRuns: [run("r2", 1, "not_measured"), run("r1", 2, "not_measured")] }).backlog).toEqual([]);
});

test("months are in UTC, and the month that runs ends now", () => {
  const iso = (ms: number) => new Date(ms).toISOString();
  const march = monthOf("2026-03", NOW_MS) ?? expect.fail("It is a month.");
  expect([iso(march.before.fromMs), iso(march.period.fromMs), iso(march.period.untilMs), march.isOver]).toEqual([
    "2026-02-01T00:00:00.000Z",
    "2026-03-01T00:00:00.000Z",
    "2026-04-01T00:00:00.000Z",
    true,
  ]);
  expect(monthOf("2026-01", NOW_MS)?.before.fromMs).toBe(Date.UTC(2025, 11, 1));
  expect(monthOf("2026-11", NOW_MS)).toMatchObject({ period: { untilMs: NOW_MS }, isOver: false });
  expect([monthOf("2026-13", NOW_MS), monthOf("november", NOW_MS), monthOf("2026-1", NOW_MS)]).toEqual([
    null,
    null,
    null,
  ]);
});

test("figures as people read them", () => {
  expect([
    valueText("share", 0.0341),
    valueText("points", 0.021),
    valueText("points", -0.3),
    valueText("usd", 1.479),
    valueText("usd", 0.0004),
    valueText("number", 1.94),
    valueText("ms", 240),
    valueText("ms", 13_320_000),
  ]).toEqual(["3.4 %", "+2.1 points", "−30 points", "$1.47", "$0.0004", "1.9", "240 ms", "3 h 42 m"]);
  // What has missed its target, or is not all, does not look otherwise.
  expect([
    valueText("share", 0.8996, "least"),
    valueText("share", 0.9996),
    valueText("share", 0.0504, "most"),
    valueText("share", 0.05, "most"),
    valueText("share", 0.0004, "most"),
    valueText("share", 0.57, "least"),
  ]).toEqual(["89.9 %", "99.9 %", "5.1 %", "5 %", "0.1 %", "57 %"]);
  expect([
    targetText("share", { at: "least", value: 0.9 }),
    targetText("points", { at: "above", value: 0 }),
    targetText("ms", { at: "below", value: 200 }),
  ]).toEqual(["at least 90 %", "above 0", "below 200 ms"]);
  expect([changeText({ unit: "share", change: 0.04 }), changeText({ unit: "usd", change: -0.22 })]).toEqual([
    "+4 points",
    "−$0.22",
  ]);
  expect(basisText({ basis: { amount: 230.881, unit: "usd", of: 1, noun: "cycle" } })).toBe("$230.88 ÷ 1 cycle");
});

test("docs/kpis.md has every KPI with its formula and target", () => {
  const text = readFileSync("docs/kpis.md", "utf8");
  for (const { id, name, formula, unit, target } of of({}).items) {
    const limit = target === null ? "" : targetText(unit, target);
    expect(text).toContain(`| \`${id}\` | ${name} | ${formula} | ${limit} |\n`);
  }
});

test("a service counts once, in the period in which production had it first", () => {
  const service = (project: string, hours: number, daysAgo: number) => {
    const endedAtMs = NOW_MS - daysAgo * DAY_MS;
    return { project, beganAtMs: endedAtMs - hours * 3_600_000, endedAtMs };
  };
  const services = [service("shop", 5, 2), service("docs", 50, 3), service("old", 1, 200)];
  expect(kpi(of({ services }), "time_to_service")).toMatchObject({ value: 5 * 3_600_000, basis: { of: 2 } });
  expect(kpi(of({ services }, { project: "docs" }), "time_to_service")).toMatchObject({ value: 50 * 3_600_000 });
  expect(kpi(of({ services }, { project: "old" }), "time_to_service").not_measured).toEqual({
    code: "no_services",
    sentence: "No project reached production for the first time in this period.",
  });
});

test("what counts failures is not measured for a time whose failures are forgotten, and is for the time after it", () => {
  const spans = spansOf({ fromMs: NOW_MS - 90 * DAY_MS, untilMs: NOW_MS });
  const end = (days: number): TaskEnd => ({
    endedAtMs: NOW_MS - days * DAY_MS,
    status: "succeeded",
    reason: null,
    attempt: 1,
    isLast: true,
    model: "m",
    microUsd: 0,
    queuedMs: null,
    project: null,
  });
  const facts = {
    ...NO_FACTS,
    failuresSinceMs: NOW_MS - 90 * DAY_MS,
    tasks: { rows: [120, 10].map(end), sinceMs: null },
  };
  const ids = ["model_errors", "calls_cut", "recovered"];
  const found = kpisOf(facts, NO_BACKLOG, { ...spans, project: null }).items.filter(({ id }) => ids.includes(id));
  expect(found.map(({ id, value, before }) => [id, value, before])).toEqual([
    ["recovered", null, null],
    ["model_errors", 0, null],
    ["calls_cut", 0, null],
  ]);
  const older = kpisOf(facts, NO_BACKLOG, { period: spans.before, before: spans.before, project: null }).items;
  for (const id of ids)
    expect(older.find((kpi) => kpi.id === id)?.not_measured?.sentence).toBe(
      "Failures are kept for 90 days, and the period begins earlier.",
    );
});

test("a table of which only a part was read, or is kept, is not measured", () => {
  const ended: TaskEnd = {
    endedAtMs: NOW_MS - DAY_MS,
    status: "failed",
    reason: "timeout",
    attempt: 1,
    isLast: true,
    model: "a/b",
    microUsd: 2_000_000,
    queuedMs: null,
    project: "shop",
  };
  const failures = [{ kind: "rate_limited", atMs: NOW_MS - DAY_MS, became: "open" as const, project: null }];
  const sinceMs = SPANS.period.fromMs;
  const whole = of({ tasks: { rows: [ended], sinceMs }, failures, failuresSinceMs: sinceMs });
  expect(whole.tables).toMatchObject({
    not_measured: { tasks: null, failures: null },
    failed: [{ reason: "timeout", times: 1 }],
    failures: [{ kind: "rate_limited", times: 1 }],
    models: [{ cost_usd: 2 }],
    days: [{ cost_usd: 2 }],
    projects: [{ project: "shop", all_usd: 2 }],
  });
  expect(totalOf(whole.tables).all_usd).toBe(2);

  const part = of({
    cycles: [cycle("succeeded", 2, { project: "shop" })],
    tasks: { rows: [ended], sinceMs: sinceMs + 1 },
    failures,
    failuresSinceMs: sinceMs + 1,
  });
  expect(part.tables).toMatchObject({
    not_measured: { tasks: { code: "too_many" }, failures: { code: "failures_forgotten" } },
    failed: null,
    failures: null,
    models: null,
    days: null,
    projects: [{ project: "shop", cycles: 1, cycles_usd: 1, all_usd: null }],
  });
  expect(totalOf(part.tables)).toMatchObject({ cycles: 1, all_usd: null });
  const told = reportMarkdown({ month: "2026-11", is_over: false, made_at: "now", kpis: part });
  // All three kinds of cycles.
  expect(told).toContain("A cycle is a goal, an issue of a forge or a change of an evolution, from its");
  expect(told).toContain("| shop | 1 | 1 | $1.00 | not measured |");
  expect(told).toContain("## What went wrong\n\nNot measured. Failures are kept for 90 days");
  expect(totalOf(of({ tasks: { rows: [], sinceMs: sinceMs + 1 } }).tables).all_usd).toBeNull();
});

test("no value is rounded onto a target that it missed, or off one that it met", () => {
  const texts = [
    valueText("number", 2.04, "most"),
    valueText("number", 2, "most"),
    valueText("number", 0.1 + 0.2, "most"),
    valueText("usd", 9.997, "below"),
    valueText("usd", 10.004, "below"),
    valueText("usd", 1_000.4, "most"),
    valueText("usd", 0.29, "below"),
    valueText("points", 0.0002, "above"),
    valueText("points", -0.0002, "above"),
    valueText("ms", 199.7, "below"),
    valueText("ms", 200.2, "most"),
    valueText("ms", DAY_MS + 60_000, "most"),
    valueText("ms", DAY_MS, "most"),
    valueText("ms", 9_990, "most"),
  ];
  expect(texts).toEqual([
    "2.1",
    "2",
    "0.3",
    "$9.99",
    "$10.00",
    "$1,001",
    "$0.29",
    "+0.1 points",
    "±0 points",
    "199 ms",
    "201 ms",
    "1 d 1 h",
    "1 d 0 h",
    "10 s",
  ]);
});
