/** What is kept of a trial that its results decide. */
import { expect, test } from "vitest";
import type { TrialTree } from "@/core/rules/trial";
import type { Trial, TrialEnding } from "@/db/configuration/trials";
import { judgeTrials } from "./trials";

type TrialStore = Parameters<typeof judgeTrials>[0];

const treesOf = (passed: number, failed: number): TrialTree[] =>
  Array.from({ length: passed + failed }, (_, at) => ({
    status: at < passed ? "succeeded" : "failed",
    reason: at < passed ? null : "judged_failed",
    verdict: at < passed ? "pass" : "fail",
    person: null,
    microUsd: 1_000,
    tokens: 100,
  }));

test("the figures are those of the 20 trees of each version that decided, and not of later ones", async () => {
  const shown = { kind: "agent", name: "coder", version: 2, metric: "verdict", status: "open" } as const;
  const trial = { ...shown, endsAtMs: 10, replays: null } as Trial;
  const endings: TrialEnding[] = [];
  const live = [...treesOf(10, 10), ...treesOf(10, 0)];
  const trials = {
    open: () => [trial],
    treesOf: () => ({ live, candidate: treesOf(18, 2) }),
    end: async (_: Trial, ending: TrialEnding) => endings.push(ending) > 0,
  } as unknown as TrialStore["trials"];
  expect(await judgeTrials({ trials }, 0)).toBe(1);
  expect(endings).toMatchObject([
    {
      outcome: "better",
      figures: { sides: { live: { trees: 20, passed: 10 }, candidate: { trees: 20, passed: 18 } } },
    },
  ]);
  expect(endings[0]?.figures.odds.better).toBeGreaterThan(0.9);
});
