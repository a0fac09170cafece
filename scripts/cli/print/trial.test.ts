import { expect, test } from "vitest";
import type { ReplayedTree, ShownReplay, ShownTrialSide, Trial } from "@/core/shapes/improving/trials";
import { trialLines } from "./trial";

const side = (version: number, trees = 0, passed = 0): ShownTrialSide => {
  return { version, trees, passed, started: trees, cost_usd: 0, tokens: 100 * trees };
};
const replay = (of: ShownReplay["side"], more: Partial<ShownReplay>): ShownReplay => {
  return { side: of, tree_id: null, status: "waiting", why: null, ...more };
};

const trees: ReplayedTree[] = [
  {
    source_id: "aaaabbbbcccc",
    decides: true,
    live: replay("live", { tree_id: "ddddeeeeffff", status: "passed" }),
    candidate: replay("candidate", { tree_id: "gggghhhhjjjj", status: "failed" }),
  },
  {
    source_id: "kkkkmmmmnnnn",
    decides: false,
    live: replay("live", { status: "not_counted", why: "asked" }),
    candidate: replay("candidate", {}),
  },
];

const trial: Trial = {
  id: "ppppqqqqrrrr",
  kind: "agent",
  name: "coder",
  status: "replaying",
  outcome: null,
  metric: "verdict",
  live: side(1),
  candidate: side(2),
  odds: { better: 0.5, worse: 0.45, cost: null },
  looks: [20, 40],
  replays: {
    state: "running",
    decides: { live: side(1, 1, 1), candidate: side(2, 1, 0) },
    shown: { live: side(1), candidate: side(2) },
    trees,
  },
  undecided_by: null,
  proposed_by: "worker",
  approved_by: "you",
  review_id: "sssstttt2222",
  started_at: "2026-11-22T00:00:00.000Z",
  ends_at: "2026-12-06T00:00:00.000Z",
  ended_at: null,
  ended_by: null,
};

test("a trial that replays shows its progress, the results of each half, and each replay with its tree", () => {
  const text = trialLines(trial).join("\n");
  for (const line of [
    "Replaying ended trees with both versions, before the trial.",
    "3 of 4 replays have ended.",
    "decide: version 1 passed 1 of 1, version 2 passed 0 of 1",
    "seen by the proposer: none counts",
    "The trial begins when the replays have ended, at the latest after 24 h.",
    "End it: banyan trials take",
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/aaaabbbb\S*\s+decides\s+live passed \(ddddeeee\S*\), candidate failed \(gggghhhh\S*\)/);
  expect(text).toMatch(/kkkkmmmm\S*\s+seen\s+live needed a person, candidate waiting/);
  expect(text).not.toContain("Without a result");
});

test.each([
  ["off", "they are switched off (BANYAN_TRIAL_REPLAYS)"],
  ["judges", "which only people measure"],
  ["none", "no ended tree used it"],
] as const)("without replays it says why: %s", (state, why) => {
  const none = { live: side(1), candidate: side(2) };
  const text = trialLines({ ...trial, status: "trial", replays: { state, decides: none, shown: none, trees: [] } });
  expect(text.join("\n")).toContain(`No replays: `);
  expect(text.join("\n")).toContain(why);
});
