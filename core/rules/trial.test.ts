import { describe, expect, test } from "vitest";
import { chanceBelow, chanceOfMore, hasPassed, judgeTrial, LOOKS, oddsOf, sideOf, type TrialTree } from "./trial";

const tree = (more: Partial<TrialTree> = {}): TrialTree => ({
  status: "succeeded",
  reason: null,
  verdict: "pass",
  person: null,
  microUsd: 1_000,
  tokens: 100,
  ...more,
});
const trees = (passed: number, failed: number, more: Partial<TrialTree> = {}): TrialTree[] => [
  ...Array.from({ length: passed }, () => tree(more)),
  ...Array.from({ length: failed }, () =>
    tree({ status: "failed", reason: "judged_failed", verdict: "fail", ...more }),
  ),
];
const counts = (passed: number, failed: number) => ({ trees: passed + failed, passed });

describe("posteriors", () => {
  test.each([
    // I_x(1, 1) = x; I_x(2, 1) = x²; I_x(2, 2) = 3x² − 2x³; I_x(3, 5) by the tables of the beta distribution.
    [0, 0, 0.3, 0.3],
    [1, 0, 0.3, 0.09],
    [1, 1, 0.5, 0.5],
    [1, 1, 0.25, 0.15625],
    [2, 4, 0.5, 0.7734375],
    [2, 4, 0.2, 0.148032],
  ])("%i passed and %i failed are below %f with probability %f", (passed, failed, share, expected) => {
    expect(chanceBelow(counts(passed, failed), share)).toBeCloseTo(expected, 10);
  });

  test("of two versions without a tree each is better with probability one half, and worse by 5 points with 0.95² / 2", () => {
    expect(chanceOfMore(counts(0, 0), counts(0, 0), 0)).toBeCloseTo(0.5, 10);
    expect(chanceOfMore(counts(0, 0), counts(0, 0), 0.05)).toBeCloseTo(0.95 ** 2 / 2, 10);
    expect(chanceOfMore(counts(1, 0), counts(0, 0), 0)).toBeCloseTo(2 / 3, 10);
  });

  test.each([
    [17, 3, 12, 8],
    [30, 10, 31, 9],
    [40, 0, 0, 40],
    [40, 0, 40, 0],
    [0, 40, 40, 0],
  ])("the integral is the exact sum for whole numbers: %i:%i against %i:%i", (passed, failed, others, othersFailed) => {
    const found = chanceOfMore(counts(passed, failed), counts(others, othersFailed), 0);
    expect(found).toBeCloseTo(exactly(passed + 1, failed + 1, others + 1, othersFailed + 1), 6);
  });
});

/** The closed form of https://www.evanmiller.org/bayesian-ab-testing.html, equation 6: a way of its own to the same number. */
function exactly(a: number, b: number, otherA: number, otherB: number): number {
  const logGamma = (n: number) => Array.from({ length: n - 1 }, (_, index) => Math.log(index + 1)).reduce(sum, 0);
  const logBeta = (a: number, two: number) => logGamma(a) + logGamma(two) - logGamma(a + two);
  const terms = Array.from({ length: a }, (_, i) =>
    Math.exp(logBeta(otherA + i, otherB + b) - Math.log(b + i) - logBeta(1 + i, b) - logBeta(otherA, otherB)),
  );
  return terms.reduce(sum, 0);
}
const sum = (a: number, two: number) => a + two;

describe("what counts", () => {
  test("a verdict counts, a failure of the work counts, and what could have happened to any version does not", () => {
    expect(hasPassed(tree(), "verdict")).toBe(true);
    expect(hasPassed(tree({ status: "failed", reason: "judged_failed", verdict: "fail" }), "verdict")).toBe(false);
    expect(hasPassed(tree({ status: "failed", reason: "by_agent", verdict: "unjudged" }), "verdict")).toBe(false);
    expect(hasPassed(tree({ verdict: "unjudged" }), "verdict")).toBe(null);
    expect(hasPassed(tree({ verdict: null }), "verdict")).toBe(null);
    for (const reason of ["model_error", "no_key", "internal", "by_person"] as const)
      expect(hasPassed(tree({ status: "failed", reason, verdict: null }), "verdict")).toBe(null);
  });

  test("a judge is measured only where a person said something", () => {
    expect(hasPassed(tree(), "agreement")).toBe(null);
    expect(hasPassed(tree({ person: "pass" }), "agreement")).toBe(true);
    expect(hasPassed(tree({ person: "fail" }), "agreement")).toBe(false);
    expect(hasPassed(tree({ person: "fail", verdict: "fail", status: "failed" }), "agreement")).toBe(true);
    expect(hasPassed(tree({ person: "pass", verdict: "unjudged" }), "agreement")).toBe(false);
    expect(hasPassed(tree({ person: "fail" }), "person")).toBe(false);
    expect(hasPassed(tree({ person: null }), "person")).toBe(null);
  });

  test("a side is the first trees that count", () => {
    expect(sideOf([tree({ verdict: null }), ...trees(2, 1), ...trees(1, 0)], "verdict", 3)).toEqual({
      trees: 3,
      passed: 2,
      microUsd: 3_000,
      tokens: 300,
      paid: 3,
    });
  });
});

describe("judging", () => {
  const judge = (live: TrialTree[], candidate: TrialTree[], isOver = false) => {
    const end = judgeTrial({ live, candidate }, "verdict", isOver);
    return end && { status: end.status, outcome: end.outcome };
  };

  test("nothing is decided before 20 trees of each", () => {
    expect(judge(trees(0, 19), trees(40, 0))).toBe(null);
    expect(judge(trees(0, 40), trees(19, 0))).toBe(null);
  });
  test("better is permanent, at 20 or at 40", () => {
    expect(judge(trees(10, 10), trees(18, 2))).toEqual({ status: "permanent", outcome: "better" });
    expect(judge([...trees(10, 10), ...trees(10, 10)], [...trees(11, 9), ...trees(20, 0)])).toEqual({
      status: "permanent",
      outcome: "better",
    });
  });
  test("worse goes back", () => {
    expect(judge(trees(18, 2), trees(10, 10))).toEqual({ status: "bad", outcome: "worse" });
  });
  test("more than 1.25 times the cost goes back, even where it is better; tokens count where nothing has a price", () => {
    const better = (more: Partial<TrialTree>) => trees(19, 1, more);
    expect(judge(trees(10, 10), better({ microUsd: 1_260 }))).toEqual({ status: "bad", outcome: "cost" });
    expect(judge(trees(10, 10), better({ microUsd: 1_250 }))).toEqual({ status: "permanent", outcome: "better" });
    const free = { microUsd: 0 };
    expect(judge(trees(10, 10, free), better({ ...free, tokens: 126 }))).toEqual({ status: "bad", outcome: "cost" });
    expect(oddsOf({ live: sideOf(trees(1, 0, free), "verdict"), candidate: sideOf([], "verdict") }).cost).toBe(null);
  });
  test("the same goes back at 40, or when the time is over", () => {
    expect(judge(trees(14, 6), trees(14, 6))).toBe(null);
    expect(judge(trees(14, 6), trees(14, 6), true)).toEqual({ status: "bad", outcome: "undecided" });
    expect(judge(trees(28, 12), trees(28, 12))).toEqual({ status: "bad", outcome: "undecided" });
    expect(judge([], [], true)).toEqual({ status: "bad", outcome: "undecided" });
  });
  test("of trees of which some cost money and others none, tokens are compared: the money is that of other models", () => {
    const mixed = [...trees(13, 6, { microUsd: 0 }), tree({ microUsd: 4_000 })];
    expect(judge(trees(14, 6, { microUsd: 0 }), mixed)).toBe(null);
    expect(judge(mixed, trees(14, 6, { microUsd: 0, tokens: 126 }))).toEqual({ status: "bad", outcome: "cost" });
    const [live, candidate] = [sideOf(trees(1, 0, { microUsd: 0 }), "verdict"), sideOf(mixed, "verdict")];
    expect(oddsOf({ live, candidate }).cost).toBe(1);
  });
  test("the figures are those of the look that decided; when the time is over, all count", () => {
    const [live, candidate] = [[...trees(10, 10), ...trees(10, 0)], trees(18, 2)];
    expect(judgeTrial({ live, candidate }, "verdict", false)).toMatchObject({
      outcome: "better",
      sides: { live: { trees: 20, passed: 10, microUsd: 20_000 }, candidate: { trees: 20, passed: 18 } },
    });
    expect(judgeTrial({ live: trees(24, 6), candidate: trees(14, 5) }, "verdict", true)).toMatchObject({
      outcome: "undecided",
      sides: { live: { trees: 30 }, candidate: { trees: 19 } },
    });
  });
  test("later trees do not change what an earlier look has decided", () => {
    expect(judge([...trees(10, 10), ...trees(20, 0)], [...trees(18, 2), ...trees(0, 20)])?.outcome).toBe("better");
  });
});

/** Returns the probability that a candidate becomes permanent, over all results that 20 and 40 trees can have. */
function permanentFor(liveShare: number, candidateShare: number): number {
  const [first, last] = LOOKS;
  const chances = (n: number, share: number) =>
    Array.from({ length: n + 1 }, (_, hits) => choose(n, hits) * share ** hits * (1 - share) ** (n - hits));
  const judged = new Map<string, string | null>();
  const outcome = (n: number, live: number, candidate: number): string | null => {
    const key = `${n} ${live} ${candidate}`;
    if (!judged.has(key)) {
      const sides = { live: trees(live, n - live), candidate: trees(candidate, n - candidate) };
      judged.set(key, judgeTrial(sides, "verdict", false)?.outcome ?? null);
    }
    return judged.get(key) ?? null;
  };
  // The second look sees the first 20 trees again, so only what they left open goes on.
  const [liveChances, candidateChances] = [chances(first, liveShare), chances(first, candidateShare)];
  const [liveRest, candidateRest] = [chances(last - first, liveShare), chances(last - first, candidateShare)];
  const open = new Map<string, number>();
  let permanent = 0;
  for (const [live, p] of liveChances.entries())
    for (const [candidate, q] of candidateChances.entries()) {
      const found = outcome(first, live, candidate);
      if (found === "better") permanent += p * q;
      if (found !== null) continue;
      for (const [more, r] of liveRest.entries())
        for (const [others, s] of candidateRest.entries()) {
          const key = `${live + more} ${candidate + others}`;
          open.set(key, (open.get(key) ?? 0) + p * q * r * s);
        }
    }
  // Judged here by the second look alone, because these trees are in no order.
  for (const [key, chance] of open) {
    const [live = 0, candidate = 0] = key.split(" ").map(Number);
    const { better, worse } = oddsOf({
      live: sideOf(trees(live, last - live), "verdict"),
      candidate: sideOf(trees(candidate, last - candidate), "verdict"),
    });
    if (worse < 0.8 && better >= 0.9) permanent += chance;
  }
  return permanent;
}

function choose(n: number, k: number): number {
  let product = 1;
  for (let number = 1; number <= k; number += 1) product *= (n - k + number) / number;
  return product;
}

describe("how often a candidate becomes permanent", () => {
  // RELEASES, section 10: of those that are 10 points worse about 4 % pass.
  test.each([
    [0.7, 0.6, 0.034],
    [0.9, 0.8, 0.017],
    [0.7, 0.7, 0.154],
    [0.7, 0.9, 0.873],
  ])("live passes with %f and the candidate with %f: %f", (live, candidate, expected) => {
    expect(permanentFor(live, candidate)).toBeCloseTo(expected, 3);
  });
});
