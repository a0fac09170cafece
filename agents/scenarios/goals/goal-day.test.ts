/**
 * Goals in long operation, on the simulated clock. `BANYAN_GOAL_DAY=1` runs the whole day (minutes of real time) and prints
 * its figures; `BANYAN_GOAL_SEED=s` runs another one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DayOptions, runDay } from "@/tests/agents/goal-day/day";
import { KINDS_OF_FAULTS } from "@/tests/agents/goal-day/faults";
import { shortDay, wholeDay } from "@/tests/agents/goal-day/goals";
import { figuresOf } from "@/tests/agents/goal-day/print";
import { type DayReport, isRight } from "@/tests/agents/goal-day/verdict";
import { seededDatabase } from "@/tests/agents/seeded-database";

const SEED = Number(process.env.BANYAN_GOAL_SEED ?? 1);
const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "banyan-goal-day-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it, and checks what every day must keep. */
async function day(options: Pick<DayOptions, "goals" | "dayMs" | "heapAtMs">) {
  const template = await seededDatabase();
  const { tally, report } = await runDay({ ...options, seed: SEED, template, folder: join(folder, "day") });
  expect([...new Set(tally.faults)]).toEqual([]);
  if (!report) return expect.fail("There is no report.");
  process.stdout.write(figuresOf(report));
  expect(report.goals.length).toBe(options.goals.length);
  expect(report.goals.filter(({ end }) => end === null)).toEqual([]);
  // Four rounds in a row that break off end a goal: only the whole day has so few of them that it tests that.
  expect(report.goals.filter((goal) => !isRight(goal) && !goal.brokeOff)).toEqual([]);
  expect(report.asked).toBe(0);
  for (const { rounds, late, tokens, given } of report.goals) {
    expect(rounds).toBeLessThanOrEqual(given.submission.goal?.max_iterations ?? 0);
    expect(late).toBe(0);
    expect(tokens).toBeLessThanOrEqual(given.submission.grant?.tokens ?? Number.POSITIVE_INFINITY);
  }
  return report;
}

test("goals go on through faults of every kind without a person, to their right ends and within their limits", async () => {
  const { goals, faults, recovered } = await day({ goals: shortDay(), dayMs: 1_200_000 });
  expect(goals.reduce((sum, { rounds }) => sum + rounds, 0)).toBeGreaterThanOrEqual(60);
  expect(faults.length).toBeGreaterThan(10);
  // Of so few faults one goal that broke off loses more than a twentieth.
  expect(recovered / faults.length).toBeGreaterThanOrEqual(0.8);
});

if (process.env.BANYAN_GOAL_DAY)
  describe("a whole day", () => {
    let report: DayReport;

    beforeAll(async () => {
      report = await day({
        goals: wholeDay(),
        dayMs: 24 * HOUR_MS,
        heapAtMs: [6, 12, 18, 24].map((hour) => hour * HOUR_MS),
      });
    }, 3_600_000);

    test("has a thousand rounds and every kind of fault, of which nearly all are recovered", () => {
      expect(report.goals.reduce((sum, { rounds }) => sum + rounds, 0)).toBeGreaterThanOrEqual(1_000);
      expect(new Set(report.faults.map(({ kind }) => kind))).toEqual(new Set(KINDS_OF_FAULTS));
      expect(report.recovered / report.faults.length).toBeGreaterThanOrEqual(0.95);
    });

    test("needs no more memory at its end", () => {
      const [early = 0] = report.heap;
      const late = report.heap.at(-1) ?? 0;
      expect(early).toBeGreaterThan(0);
      expect(late / early).toBeLessThan(1.2);
    });

    test("keeps the log of its longest goal within 2 MB for 1,000 rounds", () => {
      const [long] = report.goals;
      expect((long?.logBytes ?? 0) / Math.max(1, long?.rounds ?? 0)).toBeLessThanOrEqual(2_000);
    });

    test("brings every goal to its right end", () => {
      expect(
        report.goals.filter((goal) => !isRight(goal)).map(({ given, rounds, why }) => [given.name, rounds, why]),
      ).toEqual([]);
    });
  });
