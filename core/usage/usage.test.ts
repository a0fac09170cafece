import { expect, test } from "vitest";
import { addCharges, type Charge, daysBetween, type UsageFacts, usageOf, workedMs } from "./usage";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-28T10:00:00Z");
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);

test("days are whole days in UTC, both included, by default this month until today", () => {
  expect(daysBetween(undefined, undefined, NOW)).toEqual({ fromMs: at("2026-11-01"), untilMs: at("2026-11-29") });
  expect(daysBetween("2026-10-01", "2026-10-31", NOW)).toEqual({ fromMs: at("2026-10-01"), untilMs: at("2026-11-01") });
  expect(daysBetween("2026-10-05", "2026-10-05", NOW)).toEqual({ fromMs: at("2026-10-05"), untilMs: at("2026-10-06") });
  for (const wrong of ["2026-02-30", "yesterday", "2026-11", "2026-11-01T00:00Z", ""])
    expect(daysBetween(wrong, undefined, NOW)).toBeNull();
});

test("work counts as far as it lies in the period", () => {
  const span = { fromMs: 10 * DAY, untilMs: 11 * DAY };
  const stretch = (from: number, to: number) => ({ fromMs: from * DAY, toMs: to * DAY });
  expect(workedMs([stretch(9.5, 10.25), stretch(10.5, 12), stretch(3, 4), stretch(11, 12)], span)).toBe(0.75 * DAY);
});

const charge = (given: Partial<Charge>): Charge => {
  return { tree: "a", model: "anthropic/one", calls: 1, tokensIn: 100, tokensOut: 10, microUsd: 1_000, ...given };
};

test("charges of any number become one sum for each tree and model", () => {
  const sums = new Map<string, Charge>();
  addCharges(sums, [charge({}), charge({ tree: "b" }), charge({ calls: 0, tokensIn: 5, tokensOut: 0, microUsd: 7 })]);
  addCharges(sums, [charge({}), charge({ model: "ollama/two" })]);
  expect([...sums.values()]).toEqual([
    charge({ calls: 2, tokensIn: 205, tokensOut: 20, microUsd: 2_007 }),
    charge({ tree: "b" }),
    charge({ model: "ollama/two" }),
  ]);
});

test("rows add up to the total, and what was removed is said", () => {
  const facts: UsageFacts = {
    days: [
      { day: "2026-11-02", tokens: 330, microUsd: 3_000 },
      { day: "2026-11-03", tokens: 1_000, microUsd: 7_000 },
    ],
    charges: [
      charge({}),
      charge({ tree: "b", microUsd: 2_000 }),
      charge({ tree: "b", model: "ollama/two", calls: 0, microUsd: 0 }),
      charge({ model: "runbook", tokensIn: 0, tokensOut: 0, microUsd: 0 }),
    ],
    trees: [
      { tree: "a", project: "shop", agentMs: 1_500 },
      { tree: "b", project: null, agentMs: 3_000 },
      { tree: "c", project: "idle", agentMs: 0 },
    ],
    tasks: { started: 3, ended: 2 },
    storage: [{ what: "database", size_bytes: null, files: null }],
    unpriced: ["ollama/two"],
  };
  const span = { fromMs: at("2026-11-01"), untilMs: at("2026-12-01") };
  const usage = usageOf(facts, { span, nowMs: NOW, installation: "https://a.example.org" });
  expect(usage).toMatchObject({
    is_over: false,
    total: { tokens: 1_330, cost_usd: 0.01 },
    models: [
      { model: "anthropic/one", calls: 2, tokens_in: 200, tokens_out: 20, cost_usd: 0.003 },
      { model: "ollama/two", calls: 0, tokens_in: 100, tokens_out: 10, cost_usd: 0 },
    ],
    projects: [
      { project: null, trees: 1, cost_usd: 0.002, agent_seconds: 3 },
      { project: "shop", trees: 1, cost_usd: 0.001, agent_seconds: 2 },
      { project: "idle", trees: 0, cost_usd: 0, agent_seconds: 0 },
    ],
    removed: { tokens: 1_000, cost_usd: 0.007 },
    agent_seconds: 5,
  });
  expect(usage.not_measured.map(({ what }) => what)).toEqual(["removed", "price", "storage", "storage_part"]);
  expect(usage.not_measured[0]?.sentence).toMatch(/^Trees that were removed spent \$0\.007 and 1,000 tokens: /);
  expect(usageOf(facts, { span, nowMs: span.untilMs, installation: null }).is_over).toBe(true);
});
