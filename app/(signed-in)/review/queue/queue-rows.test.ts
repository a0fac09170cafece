import { expect, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { attentionWord, countKinds, groupsOf, held, nextItem } from "./queue-rows";

const item = (id: string, more: Partial<Review> = {}) =>
  ({ id, tree_id: "t1", kind: "approval", title: "fetch a", detail: "", evidence: "{}", ...more }) as Review;
const all = { kind: "all", byTree: false, unfolded: new Set<string>() } as const;
const ids = (rows: { id: string }[] | undefined) => rows?.map((row) => row.id);

test("identical calls share a row with their number, and expand into a row each", () => {
  const reviews = [item("a"), item("q", { kind: "question" }), item("b"), item("c", { evidence: "{1}" })];
  const [group] = groupsOf(reviews, all);
  expect(group?.rows.map((row) => [row.id, row.items.length])).toEqual([
    ["a", 2],
    ["q", 1],
    ["c", 1],
  ]);
  const [unfolded] = groupsOf(reviews, { ...all, unfolded: new Set(["a"]) });
  expect(unfolded?.rows.map((row) => [row.id, row.isMember])).toEqual([
    ["a", false],
    ["b", true],
    ["q", false],
    ["c", false],
  ]);
});

test("questions and proposals with the same text keep a row each", () => {
  const reviews = [item("a", { kind: "question" }), item("b", { kind: "question" }), item("c", { kind: "proposal" })];
  expect(ids(groupsOf(reviews, all)[0]?.rows)).toEqual(["a", "b", "c"]);
  expect(ids(groupsOf(reviews, { ...all, kind: "proposal" })[0]?.rows)).toEqual(["c"]);
});

test("grouped by tree, items keep their order, and identical items of two trees keep a row each", () => {
  const groups = groupsOf([item("a"), item("b", { tree_id: "t2" }), item("c", { title: "x" })], {
    ...all,
    byTree: true,
  });
  expect(groups.map((group) => [group.treeId, ids(group.rows)])).toEqual([
    ["t1", ["a", "c"]],
    ["t2", ["b"]],
  ]);
});

test("new and closed items move no row", () => {
  const after = held([item("a"), item("b")], [item("n"), item("b", { attention: 9 })]);
  expect(after.rows.map((one) => [one.id, one.attention])).toEqual([
    ["a", undefined],
    ["b", 9],
  ]);
  expect([after.fresh, [...after.gone]]).toEqual([1, ["a"]]);
});

test("after a decision the next open item is shown: of the same row, then below, then above", () => {
  const reviews = [item("q", { kind: "question" }), item("a"), item("b"), item("c", { evidence: "{1}" })];
  const rows = groupsOf(reviews, all)[0]?.rows ?? [];
  const next = (id: string, ...done: string[]) => nextItem(rows, id, (one) => done.includes(one));
  expect(next("a")).toBe("b");
  expect(next("b", "a")).toBe("c");
  expect(next("c", "a")).toBe("q");
  expect(next("c", "a", "b", "q")).toBe(null);
});

test("kinds are counted, and attention has a word", () => {
  expect(countKinds([item("a"), item("b", { kind: "flag" })])).toMatchObject({
    all: 2,
    approval: 1,
    flag: 1,
    question: 0,
  });
  expect(attentionWord({ risk: { level: "High", says: "it deletes files" } })).toBe("high");
  expect(attentionWord({ risk: { level: "No", says: "your words go to the task" } })).toBe("");
});
