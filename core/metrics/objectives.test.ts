import { expect, test } from "vitest";
import { budgetText, measuredText, objectivesPeriod, sharePercent, spentText } from "@/core/words/kpis/objectives";
import { BEYOND_MS, FAMILIES } from "./families";
import { type DayCount, OBJECTIVES, objectivesNow, QUEUE_SECONDS } from "./objectives";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-11-29T12:00:00Z");
const TODAY = Math.floor(NOW_MS / DAY_MS);

const row = (name: string, day: number, labels: string[], events: number, up_to_ms = 1_000): DayCount => {
  return { day, name, labels: JSON.stringify(labels), up_to_ms, events, sum: events };
};

const HTTP = "banyan_http_request_duration_seconds";
const QUEUE = "banyan_queue_wait_seconds";
const MODELS = "banyan_model_call_duration_seconds";

const ROWS = [
  row(HTTP, TODAY, ["/", "GET", "2xx"], 960),
  row(HTTP, TODAY - 27, ["/", "GET", "4xx"], 39),
  row(HTTP, TODAY - 27, ["/", "GET", "5xx"], 1),
  row(HTTP, TODAY, ["/", "GET", "cut"], 500),
  row(QUEUE, TODAY, [], 6, 10_000),
  row(QUEUE, TODAY, [], 1, 30_000),
  row(QUEUE, TODAY, [], 1, BEYOND_MS),
];

const now = (rows: DayCount[]) =>
  objectivesNow(NOW_MS, (name, fromDay) => rows.filter((one) => one.name === name && one.day >= fromDay));

test("an objective counts what it is about, and its budget is what may still fail", () => {
  const { items, since, days } = now(ROWS);
  expect([since, days]).toEqual(["2026-11-02", 28]);
  const [requests, queue, models] = items;
  expect(requests).toEqual({
    name: "requests",
    objective: 0.995,
    events: 1_000,
    good: 999,
    share: 0.999,
    budget_left: expect.closeTo(0.8),
  });
  expect(queue).toMatchObject({ events: 8, good: 6, share: 0.75, budget_left: expect.closeTo(-4) });
  expect(models).toEqual({ name: "models", objective: 0.98, events: 0, good: 0, share: null, budget_left: null });
});

test("28 days count, and a call that Banyan ended or whose outcome was not kept counts nowhere", () => {
  const { items } = now([
    row(MODELS, TODAY - 28, ["openai", "gpt", "failed"], 99),
    row(MODELS, TODAY - 27, ["openai", "gpt", "ok"], 3),
    row(MODELS, TODAY, ["openai", "gpt", "cut"], 50),
    row(MODELS, TODAY, ["other", "other", "other"], 70),
    row(MODELS, TODAY, ["openai", "gpt", "failed"], 1),
  ]);
  expect(items[2]).toMatchObject({ events: 4, good: 3 });
});

test("each objective has a family that is kept for each day, and the queue's seconds are one of its bounds", () => {
  for (const { family } of OBJECTIVES) expect("daily" in FAMILIES[family]).toBe(true);
  expect(FAMILIES[QUEUE].buckets).toContain(QUEUE_SECONDS);
});

test("the words say what was measured, what is left, and that nothing was measured", () => {
  const { items } = now(ROWS);
  const [requests, queue, models] = items;
  if (!requests || !queue || !models) throw new Error("An objective is missing.");
  expect([measuredText(requests), budgetText(requests), spentText(requests)]).toEqual([
    "99.9 % of 1,000",
    "80 % left",
    "1 server error, 5 allowed",
  ]);
  expect([measuredText(queue), budgetText(queue)]).toEqual(["75 % of 8", "Overspent: 5.0 times the budget"]);
  expect([measuredText(models), budgetText(models), spentText(models)]).toEqual([
    "Nothing measured yet",
    "Unknown",
    null,
  ]);
  expect(budgetText({ ...requests, budget_left: 0 })).toBe("Used up");
  expect(budgetText({ ...requests, budget_left: 0.001 })).toBe("1 % left");
  expect([sharePercent(1), sharePercent(0.999_999), sharePercent(0.57)]).toEqual(["100 %", "99.99 %", "57 %"]);
});

test("the period is 28 days, or begins when Banyan began to count", () => {
  const period = (since: string | null) => objectivesPeriod({ days: 28, since, items: [] }, "2026-11-29");
  expect(period("2026-11-02")).toBe("Last 28 days");
  expect(period("2026-11-20")).toBe("Since 2026-11-20, when Banyan began to count");
  expect(period(null)).toBe("Nothing counted yet");
});

test("a day without an event does not make the period shorter", () => {
  const found = now([row(HTTP, TODAY - 30, ["/", "GET", "5xx"], 7), row(HTTP, TODAY - 26, ["/", "GET", "2xx"], 5)]);
  expect(objectivesPeriod(found, "2026-11-29")).toBe("Last 28 days");
  expect(found.items[0]).toMatchObject({ events: 5, good: 5 });
  const young = now([row(HTTP, TODAY - 26, ["/", "GET", "2xx"], 5)]);
  expect(objectivesPeriod(young, "2026-11-29")).toBe("Since 2026-11-03, when Banyan began to count");
});
