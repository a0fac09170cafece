/** Plans: what is refused, when units can run, and what they are expected to take. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { UNIT_KINDS, type UnitEstimate } from "@/core/log/plans";
import type { PlanUnit } from "@/core/shapes/plans";
import { chargedText, costText, faultText, ifItFailsText, planCostText } from "@/core/words/plans/plans";
import { costOfAll, costShape, estimateOf, type FinishedUnit, missedBy, timesOf } from "./estimates";
import { ifItFails } from "./failure";
import { faultsOf } from "./faults";
import { answerWithHint, hintIn } from "./hint";
import { orderOf, scheduleOf } from "./schedule";
import { MOST_UNITS, type Unit } from "./unit";

const unit = (title: string, more: Partial<Unit> = {}): Unit => ({ title, executor: "coder", after: [], ...more });
const KNOWN = { agents: new Set(["coder", "test_generator"]), done: new Set(["Old"]) };
const refusals = (units: Unit[]) => faultsOf(units, KNOWN).map(faultText);

test("a plan that cannot begin is refused with a sentence for each fault", () => {
  expect(refusals([unit("A", { minutes: 240 }), unit("B", { after: ["A"], executor: "test_generator" })])).toEqual([]);
  expect(refusals([])).toEqual(["The plan has no unit: add one."]);
  expect(refusals([unit("A", { minutes: 300 })])).toEqual(["“A” takes 5 h, and 4 h is the most: split it."]);
  expect(refusals([unit("A", { executor: "wizard" })])).toEqual([
    "“A” names the agent wizard, and no such agent takes units.",
  ]);
  expect(refusals([unit("A"), unit("A")])).toEqual(["Two units have the title “A”: give each its own."]);
  expect(refusals([unit("A", { after: ["Z"] })])).toEqual(["“A” waits for “Z”, and no unit has that title."]);
  expect(refusals([unit("A", { after: ["A"] })])).toEqual(["“A” waits for itself."]);
  expect(
    refusals([
      unit("First"),
      unit("A", { after: ["First", "C"] }),
      unit("B", { after: ["A"] }),
      unit("C", { after: ["B"] }),
    ]),
  ).toEqual(["These units wait for each other in a circle: “A” → “C” → “B” → “A”."]);
  expect(refusals([unit("Old")])).toEqual([
    "“Old” is done since an earlier round: leave it out, or plan its repair under another title.",
  ]);
  expect(refusals(Array.from({ length: MOST_UNITS + 1 }, (_, at) => unit(`U${at}`)))).toEqual([
    "The plan has 13 units, and 12 is the most: leave the rest to the next round.",
  ]);
});

/** The plan of the drawn design: nine units in five groups. */
const NINE = [
  { minutes: 35, low: 25, high: 50, after: [] },
  { minutes: 30, low: 20, high: 45, after: [0] },
  { minutes: 70, low: 50, high: 110, after: [0] },
  { minutes: 80, low: 55, high: 130, after: [0] },
  { minutes: 45, low: 30, high: 70, after: [1, 2] },
  { minutes: 50, low: 35, high: 75, after: [3, 4] },
  { minutes: 40, low: 25, high: 60, after: [4] },
  { minutes: 55, low: 40, high: 90, after: [5] },
  { minutes: 20, low: 15, high: 30, after: [5, 6] },
];

test("nine units have five groups, a critical path, and slack beside it", () => {
  const { groups, critical, wall, work, units } = scheduleOf(NINE);
  expect(groups).toEqual([[0], [1, 2, 3], [4], [5, 6], [7, 8]]);
  expect(critical).toEqual([0, 2, 4, 5, 7]);
  expect(wall).toEqual({ minutes: 255, low: 180, high: 395 });
  expect(work).toBe(425);
  expect(units.map(({ slack }) => slack)).toEqual([0, 40, 0, 35, 0, 0, 45, 0, 35]);
});

/** Units in which each waits only for earlier ones, so that there is no circle. */
const PLANS = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 1, max: 240 }),
      spread: fc.integer({ min: 0, max: 100 }),
      after: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((units) =>
    units.map(({ minutes, spread, after }, at) => ({
      minutes,
      low: minutes / (1 + spread / 50),
      high: minutes * (1 + spread / 20),
      after: at === 0 ? [] : [...new Set(after.map((other) => other % at))],
    })),
  );

test("for every plan: the critical path is a chain that fills the time, nothing outlasts it, and slack is what it says", () => {
  fc.assert(
    fc.property(PLANS, (units) => {
      const { groups, critical, wall, work, units: placed } = scheduleOf(units);
      const sum = (places: readonly number[]) => places.reduce((all, at) => all + (units[at]?.minutes ?? 0), 0);
      expect(sum(critical)).toBe(wall.minutes);
      for (const [at, place] of critical.entries()) if (at > 0) expect(units[place]?.after).toContain(critical[at - 1]);
      for (const at of critical) expect(placed[at]?.slack).toBe(0);
      expect(wall.low).toBeLessThanOrEqual(wall.minutes);
      expect(wall.minutes).toBeLessThanOrEqual(wall.high);
      expect(wall.minutes).toBeLessThanOrEqual(work);
      expect(groups.flat().toSorted((a, b) => a - b)).toEqual(units.map((_, at) => at));
      for (const [at, { after }] of units.entries())
        for (const before of after) expect(placed[before]?.group).toBeLessThan(placed[at]?.group ?? 0);
      // A unit that takes its slack longer moves nothing, and one more minute moves the end by that minute.
      for (const [at, { slack }] of placed.entries()) {
        const longer = (by: number) =>
          scheduleOf(units.map((one, other) => (other === at ? { ...one, minutes: one.minutes + by } : one))).wall
            .minutes;
        expect(longer(slack)).toBe(wall.minutes);
        expect(longer(slack + 1)).toBe(wall.minutes + 1);
      }
    }),
    { numRuns: 100 },
  );
});

test("for every plan: it is taken exactly when its units have an order, whatever the order in which they are given", () => {
  const WAITS = fc.array(fc.array(fc.nat({ max: 7 }), { maxLength: 2 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(WAITS, (given) => {
      const after = given.map((others) => [...new Set(others.filter((other) => other < given.length))]);
      const units = after.map((others, at) => unit(`U${at}`, { after: others.map((other) => `U${other}`) }));
      const order = orderOf(after);
      const cycles = faultsOf(units, KNOWN).filter(({ kind }) => kind === "cycle");
      expect(cycles.length).toBe(order.length === units.length ? 0 : 1);
      for (const fault of cycles) {
        if (fault.kind !== "cycle") continue;
        expect(fault.units[0]).toBe(fault.units.at(-1));
        for (const [at, title] of fault.units.slice(0, -1).entries())
          expect(units.find((one) => one.title === title)?.after).toContain(fault.units[at + 1]);
      }
    }),
  );
});

test("an estimate comes from what three or more finished units of the kind took, else from a table, unless it is given", () => {
  const took = (kind: FinishedUnit["kind"], ...minutes: number[]) =>
    minutes.map((one) => ({ kind, took: one, microUsd: 0 }));
  const times = timesOf([...took("integration", 58, 61, 74, 83, 96, 141), ...took("code", 5, 9)]);
  expect(times).toEqual([{ kind: "integration", count: 6, minutes: 74, low: 58, high: 141 }]);
  expect(estimateOf({ kind: "integration" }, times)).toMatchObject({
    minutes: 74,
    low: 58,
    high: 141,
    from: "history",
    count: 6,
  });
  expect(estimateOf({ kind: "code" }, times)).toMatchObject({ minutes: 15, from: "table", count: 0 });
  expect(estimateOf({}, times)).toMatchObject({ kind: "code" });
  // The range of given minutes is as wide as that of the kind.
  expect(estimateOf({ kind: "integration", minutes: 148 }, times)).toMatchObject({
    minutes: 148,
    low: 116,
    high: 282,
    from: "given",
    count: 6,
  });
  expect(timesOf(took("code", 0, 0, 0))).toMatchObject([{ minutes: 0.1, low: 0.1, high: 0.1 }]);
  for (const kind of UNIT_KINDS) {
    const { minutes, low, high } = estimateOf({ kind }, []);
    expect(low < minutes && minutes < high).toBe(true);
  }
});

test("a unit's cost comes from three or more finished units of the kind for which money was charged, and from no table", () => {
  const spent = (kind: FinishedUnit["kind"], ...dollars: number[]) =>
    dollars.map((one) => ({ kind, took: 10, microUsd: one * 1_000_000 }));
  // A kind whose models have no price, one with too few charged units, and one with enough.
  const times = timesOf([
    ...spent("code", 0, 0, 0, 0),
    ...spent("tests", 0, 0.5, 0.7),
    ...spent("integration", 0, 2.6, 1.1, 1.8),
  ]);
  const cost = { lowMicroUsd: 1_100_000, highMicroUsd: 2_600_000, count: 3 };
  expect(times.map((time) => [time.kind, time.count, time.cost])).toEqual([
    ["code", 4, undefined],
    ["tests", 3, undefined],
    ["integration", 4, cost],
  ]);
  const known = estimateOf({ kind: "integration" }, times);
  expect(known.cost).toEqual(cost);
  // Given minutes say nothing about money.
  expect(estimateOf({ kind: "integration", minutes: 200 }, times).cost).toEqual(cost);
  for (const kind of UNIT_KINDS) expect(estimateOf({ kind }, [])).not.toHaveProperty("cost");
  const unknown = estimateOf({ kind: "code" }, times);
  const told = (...estimates: UnitEstimate[]) => {
    const all = costOfAll(estimates);
    return planCostText({ ...costShape(all), units: estimates.length, cost_units: all?.count ?? 0 });
  };
  expect(told(unknown)).toBe("no cost known yet");
  expect(told(known, known)).toBe("$2.20 to $5.20");
  expect(told(known, unknown, known)).toBe("$2.20 to $5.20 for 2 of 3 units");
  expect(costText(costShape({ lowMicroUsd: 100, highMicroUsd: 4_000, count: 3 }))).toBe("$0.0001 to $0.004");
  expect(costText(costShape({ lowMicroUsd: 100, highMicroUsd: 40_000, count: 3 }))).toBe("$0.0001 to $0.04");
  expect(chargedText({ spent_usd: 3.31, ...costShape(known.cost) })).toBe("$3.31 instead of $1.10 to $2.60");
  expect(chargedText({ spent_usd: 3.31, ...costShape(null) })).toBe("$3.31");
  expect(chargedText({ spent_usd: 0, ...costShape(known.cost) })).toBe(null);
});

test("a unit that fails has itself and all that wait for it planned again, however far behind", () => {
  const units = NINE.map(({ after }, at) => ({ number: at + 1, after: after.map((place) => place + 1) }));
  expect(ifItFails(units, 4)).toEqual({ again: [4, 6, 8, 9], rest: [1, 2, 3, 5, 7] });
  // The units may stand in any order.
  expect(ifItFails(units.toReversed(), 4).again.toSorted()).toEqual([4, 6, 8, 9]);
  const told = (number: number, of = units) => ifItFailsText(of as PlanUnit[], number);
  expect(told(4)).toBe("Only 4, 6, 8 and 9 are planned again. 1, 2, 3, 5 and 7 go on.");
  expect(told(9)).toBe("Only 9 is planned again. 1, 2, 3, 4, 5, 6, 7 and 8 go on.");
  expect(told(1)).toBe("All units are planned again.");
  expect(told(1, [{ number: 1, after: [] }])).toBe("It is planned again.");
  const pair = [
    { number: 1, after: [] },
    { number: 2, after: [1] },
  ];
  expect(told(2, pair)).toBe("Only 2 is planned again. 1 goes on.");
});

test.each([
  ["Plan again: two units", "two units"],
  ["plan again, with two units.\nAnd tests", "with two units.\nAnd tests"],
  ["  PLAN AGAIN  ", ""],
  ["Plan against regressions", null],
  ["Then plan again: two units", null],
  [answerWithHint("  a: b "), "a: b"],
])("the hint of “%s” is %j", (answer, hint) => {
  expect(hintIn(answer)).toBe(hint);
});

test("estimates are missed by the median of how far each was off, with the number of units in their range", () => {
  const ended = (minutes: number, took: number) => ({
    kind: "code" as const,
    minutes,
    low: minutes / 2,
    high: minutes * 2,
    took,
  });
  expect(missedBy([])).toBe(null);
  expect(missedBy([ended(10, 10), ended(10, 12), ended(10, 50)])).toEqual({ share: 0.2, count: 3, inRange: 2 });
});
