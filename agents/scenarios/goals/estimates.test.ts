/** Estimates against what happened: fifty scripted goals of one project on the simulated clock. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UNIT_KINDS } from "@/core/log/plans";
import { estimateOf, type FinishedUnit, type Missed, missedBy, timesOf } from "@/core/plans/estimates";
import { missedText } from "@/core/words/plans/plans";
import { runDay } from "@/tests/agents/goal-day/day";
import { plannedGoals } from "@/tests/agents/goal-day/goals";
import { isRight } from "@/tests/agents/goal-day/verdict";
import { seededDatabase } from "@/tests/agents/seeded-database";

const GOALS = 50;

const missed = (units: Parameters<typeof missedBy>[0]) => missedBy(units) ?? expect.fail("No unit has ended.");

const told = ({ share, inRange, count }: Missed) => missedText({ share, units: count, in_range: inRange });

test("over fifty goals, estimates come from the project's own units and miss by a known share", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-estimates-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // The newest first.
  let units: FinishedUnit[] = [];
  const { tally, report } = await runDay({
    seed: 7,
    goals: plannedGoals(GOALS),
    dayMs: 30 * 3_600_000,
    isCalm: true,
    repository: "github.com/simulated/project",
    template: await seededDatabase(),
    folder: join(folder, "day"),
    look({ web }) {
      const tree = web.store.client.sqlite.prepare("SELECT uid FROM trees WHERE repository IS NOT NULL").pluck().get();
      units = web.store.queries.goals.finishedUnits({ treeUid: String(tree) });
    },
  });
  expect([...new Set(tally.faults)]).toEqual([]);
  expect(report?.goals.filter((goal) => !isRight(goal))).toEqual([]);
  expect(report?.goals.length).toBe(GOALS);
  const late = units.slice(0, Math.floor(units.length / 2));
  const [all, inLate] = [missed(units), missed(late)];
  // What the same units would have missed with the table alone, and with times that only their end showed.
  const byTable = missed(late.map(({ took, kind }) => ({ ...estimateOf({ kind }, []), took })));
  const byEnd = missed(late.map(({ took, kind }) => ({ ...estimateOf({ kind }, timesOf(late)), took })));
  process.stdout.write(
    `${GOALS} goals: ${told(all)}; later half: ${told(inLate)}; with the table alone: ${told(byTable)}; with hindsight: ${told(byEnd)}\n`,
  );
  expect(units.length).toBeGreaterThanOrEqual(250);
  expect(new Set(units.map(({ kind }) => kind))).toEqual(new Set(UNIT_KINDS));
  expect(inLate.share).toBeLessThan(byTable.share);
  expect(inLate.share).toBeLessThan(byEnd.share + 0.15);
  expect(inLate.inRange / inLate.count).toBeGreaterThan(0.6);
}, 600_000);
