/** The way of a service, from rows that say when things happened. */
import { expect, test } from "vitest";
import { type AskedItem, type MadePromotion, serviceWay, type WayFacts } from "./way";

const item = (more: Partial<AskedItem>): AskedItem => ({
  kind: "question",
  by: "people",
  isAwaited: true,
  askedAtMs: 0,
  settledAtMs: 0,
  ...more,
});
const promotion = (more: Partial<MadePromotion>): MadePromotion => ({
  target: "staging",
  isDone: true,
  kind: "promote",
  createdAtMs: 0,
  changedAtMs: 0,
  askedAtMs: null,
  decidedAtMs: null,
  ...more,
});
const facts: WayFacts = {
  beganAtMs: 1_000,
  trees: [
    { createdAtMs: 1_000, microUsd: 2_000_000 },
    { createdAtMs: 90_000, microUsd: 500_000 },
  ],
  items: [
    item({ askedAtMs: 2_000, settledAtMs: 12_000 }),
    // It waited at the same time, and counts once.
    item({ kind: "approval", askedAtMs: 10_000, settledAtMs: 15_000 }),
    item({ kind: "approval", by: "rules", isAwaited: false, askedAtMs: 16_000, settledAtMs: 16_000 }),
    item({ askedAtMs: 95_000, settledAtMs: 99_000 }),
  ],
  promotions: [
    promotion({ createdAtMs: 20_000, askedAtMs: 21_000, decidedAtMs: 24_000, changedAtMs: 30_000 }),
    promotion({
      target: "production",
      createdAtMs: 40_000,
      askedAtMs: 41_000,
      decidedAtMs: 51_000,
      changedAtMs: 61_000,
    }),
  ],
};

test("it ends where production has it, and what comes later does not count", () => {
  expect(serviceWay(facts, 200_000)).toEqual({
    began_at: "1970-01-01T00:00:01.000Z",
    target: "production",
    reached_at: "1970-01-01T00:01:01.000Z",
    ms: 60_000,
    waited_ms: 13_000 + 3_000 + 10_000,
    cost_usd: 2,
    steps: { answers: 1, decisions: 1, promotions: 4 },
  });
});

test("until production has it, the first other target counts, and until one has it, the time goes on", () => {
  const staged = { ...facts, promotions: facts.promotions.slice(0, 1) };
  expect(serviceWay(staged, 200_000)).toMatchObject({ target: "staging", ms: 29_000, steps: { promotions: 2 } });
  const [first] = staged.promotions;
  const rejected = { ...facts, promotions: [{ ...(first ?? promotion({})), isDone: false }] };
  expect(serviceWay(rejected, 201_000)).toMatchObject({ target: null, reached_at: null, ms: 200_000, cost_usd: 2.5 });
});

test("somebody who is still asked counts until now", () => {
  const open = { ...facts, items: [item({ askedAtMs: 100_000, settledAtMs: null })], promotions: [] };
  expect(serviceWay(open, 150_000)).toMatchObject({ waited_ms: 50_000, steps: { answers: 0, decisions: 0 } });
});
