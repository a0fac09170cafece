import fc from "fast-check";
import { expect, test } from "vitest";
import { fateOf, KEPT_FOR, keptFor, NO_LIMITS, type RetentionLimits, type StoredTree, snapshotsGo } from "./retention";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const ended = (days: number, more: Partial<StoredTree> = {}): StoredTree => ({
  uid: "tree",
  title: "A tree",
  endedAtMs: NOW - days * DAY,
  isPinned: false,
  isUnseenFailure: false,
  pursuedGoal: false,
  hasOpenReview: false,
  isNewestOfSchedule: false,
  hasOpenFork: false,
  isInTrial: false,
  hasOpenChange: false,
  isChangeEvidence: false,
  isFolderShared: false,
  ...more,
});
const fate = (tree: StoredTree, limits: Partial<RetentionLimits>, excessBytes = 0) =>
  fateOf(tree, { ...NO_LIMITS, ...limits }, { ms: NOW, excessBytes });

test("nothing goes unless a person set a limit", () => {
  expect(fate(ended(10_000), {}, 10 ** 12)).toBe(null);
});

test("a tree goes by age on the day that was set, not before", () => {
  expect(fate(ended(29.9), { days: 30 })).toBe(null);
  expect(fate(ended(30), { days: 30 })).toEqual({ goes: "age" });
});

test("a tree goes by size only while too much is stored, and not on the day of its end", () => {
  expect(fate(ended(5), { bytes: 1 }, 0)).toBe(null);
  expect(fate(ended(5), { bytes: 1 }, 1)).toEqual({ goes: "size" });
  expect(fate(ended(0.5), { bytes: 1 }, 1)).toEqual({ stays: "recent" });
});

test("each reason keeps an old tree, and is told", () => {
  const reasons: [Partial<StoredTree>, string][] = [
    [{ endedAtMs: null }, "open"],
    [{ isPinned: true }, "pinned"],
    [{ isUnseenFailure: true }, "unseen_failure"],
    [{ hasOpenReview: true }, "open_review"],
    [{ pursuedGoal: true }, "goal"],
    [{ isNewestOfSchedule: true }, "schedule"],
    [{ hasOpenFork: true }, "fork"],
    [{ isInTrial: true }, "trial"],
    [{ hasOpenChange: true }, "open_change"],
    [{ isChangeEvidence: true }, "change"],
    [{ isFolderShared: true }, "folder"],
  ];
  for (const [more, why] of reasons) expect(keptFor(ended(999, more), NO_LIMITS)).toBe(why);
  expect(reasons.map(([, why]) => why)).toEqual(KEPT_FOR.slice(0, -1));
});

test("snapshots of kept trees stay, except that goals and unseen failures go when those of others did not suffice", () => {
  const goes = (more: Partial<StoredTree>, keepsGoals = true) => snapshotsGo(ended(5, more), { keepsGoals });
  expect(goes({})).toBe("first");
  for (const more of [{ isPinned: true }, { hasOpenChange: true }, { hasOpenReview: true }, { endedAtMs: null }])
    expect([more, goes(more), goes({ ...more, isUnseenFailure: true, pursuedGoal: true })]).toEqual([
      more,
      "never",
      "never",
    ]);
  expect([goes({ isUnseenFailure: true }), goes({ pursuedGoal: true })]).toEqual(["last", "last"]);
  expect(goes({ pursuedGoal: true }, false)).toBe("first");
});

test("goals go as other trees do when the settings say so", () => {
  expect(fate(ended(40, { pursuedGoal: true }), { days: 30 })).toEqual({ stays: "goal" });
  expect(fate(ended(40, { pursuedGoal: true }), { days: 30, keepsGoals: false })).toEqual({ goes: "age" });
});

test("whatever is set, an open tree and a tree that something needs never go", () => {
  const flag = fc.boolean();
  const tree = fc.record({
    uid: fc.constant("tree"),
    title: fc.constant("A tree"),
    endedAtMs: fc.option(fc.integer({ min: 0, max: NOW })),
    isPinned: flag,
    isUnseenFailure: flag,
    pursuedGoal: flag,
    hasOpenReview: flag,
    isNewestOfSchedule: flag,
    hasOpenFork: flag,
    isInTrial: flag,
    hasOpenChange: flag,
    isChangeEvidence: flag,
    isFolderShared: flag,
  });
  const limits = fc.record({
    days: fc.option(fc.integer({ min: 1, max: 1_000 })),
    bytes: fc.option(fc.nat()),
    keepsGoals: flag,
  });
  fc.assert(
    fc.property(tree, limits, fc.integer(), (tree, set, excessBytes) => {
      const found = fateOf(tree, set, { ms: NOW, excessBytes });
      if (!found || !("goes" in found)) return;
      expect(tree.endedAtMs).not.toBe(null);
      expect([
        tree.isPinned,
        tree.isUnseenFailure,
        tree.hasOpenReview,
        tree.isNewestOfSchedule,
        tree.hasOpenFork,
        tree.hasOpenChange,
      ]).toEqual(Array(6).fill(false));
      expect([tree.isInTrial, tree.isChangeEvidence, tree.isFolderShared]).toEqual([false, false, false]);
      expect(tree.pursuedGoal && set.keepsGoals).toBe(false);
    }),
  );
});
