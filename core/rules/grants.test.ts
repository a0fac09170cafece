import fc from "fast-check";
import { expect, test } from "vitest";
import { type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import { carve, finishingGrant, type GrantState, isLow, leftOf } from "./grants";

const grant = (cap: Partial<GrantAmounts>, gone: Partial<GrantState> = {}): GrantState => ({
  cap: { ...NO_CAPS, ...cap },
  spent: { tokens: 0, microUsd: 0, tasks: 1 },
  reserved: { tokens: 0, microUsd: 0 },
  given: { tokens: 0, microUsd: 0, tasks: 0 },
  ...gone,
});
const inner = { isRoot: false, all: false, secondsLeft: null };

test("without a cap a subtask gets the amount that it asks for, else no cap", () => {
  expect(carve(grant({}), [{}, { tokens: 500, tasks: 3 }], inner)).toEqual([
    NO_CAPS,
    { ...NO_CAPS, tokens: 500, tasks: 3 },
  ]);
});

test("the default share is 80 % of the remainder, divided by the turn's subtasks", () => {
  // A tenth of 100,000 is held back; four fifths of 90,000 are 72,000, in three parts.
  const shares = carve(grant({ tokens: 100_000 }), [{}, {}, {}], inner);
  expect(shares.map((share) => "tokens" in share && share.tokens)).toEqual([24_000, 24_000, 24_000]);
});

test("requested amounts are given first, and the rest is divided", () => {
  const [asked, other] = carve(grant({ tokens: 10_000 }), [{ tokens: 5_000 }, {}], inner);
  expect(asked).toMatchObject({ tokens: 5_000 });
  expect(other).toMatchObject({ tokens: 3_200 });
});

test("a request for more than is left is refused with the amount left; the other requests are not", () => {
  const [big, small] = carve(grant({ microUsd: 1_000_000 }), [{ microUsd: 2_000_000 }, { microUsd: 100_000 }], inner);
  expect(big).toEqual({
    refusal:
      "Refused: the subtask needs $2, but this task's grant has $0.9 left. Ask for less, or do the work yourself.",
    lacks: { of: "microUsd", amount: 1_100_000 },
    rule: null,
  });
  expect(small).toMatchObject({ microUsd: 100_000 });
});

test("a grant of tasks counts the task itself, and the last subtask that it does not cover is refused", () => {
  const shares = carve(grant({ tasks: 3 }), [{}, {}, {}], inner);
  expect(shares.map((share) => ("refusal" in share ? share.refusal : share.tasks))).toEqual([
    1,
    1,
    "Refused by the rule tasks: this task may have 3 tasks (itself and all below it) and has 3. Finish with the results you have.",
  ]);
});

test("depth and seconds are at most the parent's remainder", () => {
  expect(carve(grant({ depth: 3 }), [{ depth: 9, seconds: 500 }], { ...inner, secondsLeft: 60 })).toEqual([
    { ...NO_CAPS, depth: 2, seconds: 60 },
  ]);
  expect(carve(grant({ depth: 0 }), [{}], inner)).toEqual([
    { refusal: expect.stringMatching(/no further level/), lacks: null, rule: "depth" },
  ]);
});

test("agent_selector gives all that is left, except the 2 % that a root never lends", () => {
  const all = carve(grant({ tokens: 100_000 }), [{}], { isRoot: true, all: true, secondsLeft: null });
  expect(all).toEqual([{ ...NO_CAPS, tokens: 98_000 }]);
});

test("finishing tasks can use the held-back part too, and something stays for the task", () => {
  const spent = { tokens: 90_000, microUsd: 0, tasks: 1 };
  const finishing = (msLeft: number) => finishingGrant(grant({ tokens: 100_000 }, { spent }), 3, false, msLeft);
  expect(finishing(Number.POSITIVE_INFINITY)).toMatchObject({ tokens: 2_500, seconds: null });
  expect([61_900, -5].map((ms) => finishing(ms).seconds)).toEqual([61, 1]);
});

test("from 80 % on a grant is low", () => {
  const spent = (tokens: number) => grant({ tokens: 100 }, { spent: { tokens, microUsd: 0, tasks: 1 } });
  expect([isLow(spent(79)), isLow(spent(80)), isLow(grant({}))]).toEqual([false, true, false]);
});

const amount = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined });
const asked = fc.array(fc.record({ tokens: amount, microUsd: amount, tasks: amount }), { maxLength: 12 });

test("property: carved grants never exceed what was left, whatever is asked for", () => {
  fc.assert(
    fc.property(
      fc.record({ tokens: fc.nat(2_000_000), microUsd: fc.nat(2_000_000), tasks: fc.integer({ min: 1, max: 500 }) }),
      fc.record({ tokens: fc.nat(1_000_000), microUsd: fc.nat(1_000_000), tasks: fc.nat(300) }),
      asked,
      fc.boolean(),
      fc.boolean(),
      (cap, given, wishes, isRoot, all) => {
        const state = grant(cap, { given });
        const shares = carve(state, wishes, { isRoot, all, secondsLeft: null });
        for (const of of ["tokens", "microUsd", "tasks"] as const) {
          const total = shares.reduce((sum, share) => sum + ("refusal" in share ? 0 : (share[of] ?? 0)), 0);
          expect(total).toBeLessThanOrEqual(leftOf(state, of, { isRoot, all }) ?? 0);
        }
      },
    ),
  );
});
