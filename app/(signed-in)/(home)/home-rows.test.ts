import { expect, test } from "vitest";
import type { TaskStatus } from "@/core/log/terms";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { FailedTask } from "@/core/shapes/trees";
import { cutNeeds, neededCount, placesOf, unlistedCount, withSettled } from "./home-rows";

const tree = (id: string, status: TaskStatus, created: string, ended: string | null = null) =>
  ({ id, status, created_at: created, ended_at: ended }) as Tree;
const review = (id: string) => ({ id }) as Review;

const trees = new Map(
  [
    tree("old", "running", "2026-01-01"),
    tree("new", "ready", "2026-01-03"),
    tree("asks", "waiting", "2026-01-03"),
    tree("paused", "paused", "2026-01-02"),
    tree("parked", "parked", "2026-01-02"),
    tree("good", "succeeded", "2026-01-01", "2026-01-05"),
    tree("bad", "failed", "2026-01-01", "2026-01-04"),
    tree("worse", "failed", "2026-01-01", "2026-01-09"),
    tree("seen", "failed", "2026-01-01", "2026-01-02"),
  ].map((one) => [one.id, one]),
);

const known = {
  trees,
  reviews: [review("q1"), review("q2")],
  failures: ["bad"],
  since: "2026-01-08",
  mayRun: true,
  failedTasks: [{ task: { id: "k1" }, tree: { id: "old", title: "Old" } }] as FailedTask[],
  schedules: [{ id: "s1", name: "Nightly", at: "2026-01-02", sentence: "Ann left." }],
  forges: [{ project: "widgets", host: "github.com", at: "2026-01-02", sentence: "No token.", is_paused: false }],
  changes: [{ project: "shop", cycle: "c1", title: "It is complex", at: "2026-01-02" }],
  promotions: [
    {
      project: "shop",
      promotion: "p1",
      target: "production",
      kind: "promote" as const,
      commit: null,
      asked_by: "mara",
      at: "2026-01-02",
    },
  ],
  evolutions: [{ project: "shop", at: "2026-01-02", sentence: "3 rejections." }],
};

test("trees are running, wait only for a person, are paused, or finished; unseen new failures need the user", () => {
  expect(placesOf({ ...known, seen: new Set() })).toEqual({
    needs: {
      reviews: ["q1", "q2"],
      changes: ["c1"],
      promotions: ["p1"],
      failures: ["worse", "bad"],
      tasks: ["k1"],
      schedules: ["s1"],
      forges: ["widgets"],
      evolutions: ["shop"],
    },
    lists: {
      running: ["new", "parked", "old"],
      asking: ["asks"],
      paused: ["paused"],
      finished: ["good", "seen"],
    },
  });
  const dismissed = placesOf({ ...known, seen: new Set(["worse"]) });
  expect([dismissed.needs.failures, dismissed.lists.finished]).toEqual([["bad"], ["worse", "good", "seen"]]);
  expect(placesOf({ ...known, seen: new Set(), mayRun: false }).needs).toMatchObject({
    failures: [],
    tasks: [],
    schedules: [],
    forges: [],
    changes: [],
    promotions: [],
    evolutions: [],
  });
});

test("a decided item stays in its place after the server has dropped it; others leave", () => {
  const before = ["a", "b", "c"];
  expect(withSettled(["a", "c", "d"], before, new Set(["b"]))).toEqual(["a", "b", "c", "d"]);
  expect(withSettled(["c", "d"], before, new Set(["a"]))).toEqual(["a", "c", "d"]);
  expect(withSettled(["c"], before, new Set(["a", "b"]))).toEqual(["a", "b", "c"]);
  expect(withSettled(["c"], before, new Set())).toEqual(["c"]);
});

test("calls that are alike are one row, which is the first of them", () => {
  const call = (id: string, alike: number) => ({ id, alike, tool: "web_fetch", evidence: "{}" }) as Review;
  const reviews = [
    call("a", 2),
    call("b", 2),
    { ...call("c", 1), evidence: "{1}" },
    { ...call("d", 1), evidence: "{1}" },
  ];
  expect(placesOf({ ...known, reviews, seen: new Set() }).needs.reviews).toEqual(["a", "c", "d"]);
});

test("a few items are shown, among them one of each kind; the others are counted, and shown when asked for", () => {
  const ids = (word: string, many: number) => Array.from({ length: many }, (_, index) => `${word}${index}`);
  const none = {
    reviews: [],
    changes: [],
    promotions: [],
    failures: [],
    tasks: [],
    schedules: [],
    forges: [],
    evolutions: [],
  };
  const needs = { ...none, reviews: ids("r", 5), tasks: ids("t", 271), schedules: ids("s", 1) };
  expect(cutNeeds(needs, false)).toEqual({
    shown: { ...none, reviews: ["r0", "r1", "r2"], tasks: ["t0"], schedules: ["s0"] },
    more: 272,
  });
  expect(cutNeeds(needs, true)).toEqual({ shown: needs, more: 0 });
  const few = { ...none, reviews: ids("r", 2), failures: ids("f", 3) };
  expect(cutNeeds(few, false)).toEqual({ shown: few, more: 0 });
});

test("what the lists of the status leave out counts too", () => {
  const lists = {
    paused_schedules: known.schedules,
    stuck_forges: known.forges,
    waiting_changes: known.changes,
    waiting_promotions: known.promotions,
    stopped_evolutions: known.evolutions,
  };
  const one = {
    paused_schedules: 1,
    stuck_forges: 1,
    waiting_changes: 1,
    waiting_promotions: 1,
    stopped_evolutions: 1,
  };
  expect(unlistedCount({ ...lists, totals: one })).toBe(0);
  const unlisted = unlistedCount({ ...lists, totals: { ...one, stuck_forges: 35, waiting_changes: 3 } });
  expect(unlisted).toBe(36);
  const { needs } = placesOf({ ...known, seen: new Set() });
  // Three open reviews, two failed trees, a failed task, and the five above.
  expect(neededCount(3, needs, unlisted)).toBe(3 + 2 + 1 + 5 + unlisted);
});
