import { expect, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { countKinds, groupsOf, held, nextItem, placesWords } from "./queue-rows";

const risk = (level: Review["risk"]["level"]): Review["risk"] => ({ level, says: "it only reads" });
const item = (id: string, more: Partial<Review> = {}) =>
  ({
    id,
    tree_id: "t1",
    kind: "approval",
    tool: "web_fetch",
    title: "fetch a",
    detail: "",
    evidence: "{}",
    risk: risk("Low"),
    ...more,
  }) as Review;
const all = { kind: "all", byTree: false } as const;
const ids = (rows: { id: string }[] | undefined) => rows?.map((row) => row.id);

test("alike calls of several trees share a row, and say where they come from", () => {
  const reviews = [item("a"), item("b", { tree_id: "t2" }), item("c", { evidence: "{1}" }), item("d")];
  const [group] = groupsOf(reviews, all);
  expect(group?.rows.map((row) => [row.id, ids(row.items)])).toEqual([
    ["a", ["a", "b", "d"]],
    ["c", ["c"]],
  ]);
  expect(placesWords(reviews.slice(0, 2))).toBe("2 trees");
  expect(placesWords([item("a"), item("b")])).toBe("2 calls in one tree");
  expect(placesWords([item("a"), item("b"), item("c", { tree_id: "t2" })])).toBe("3 calls in 2 trees");
});

test("a call that changes files is alike only within its tree, because its difference is another one elsewhere", () => {
  const write = (id: string, tree_id: string) => item(id, { tool: "write_file", tree_id });
  const [group] = groupsOf([write("a", "t1"), write("b", "t2"), write("c", "t1")], all);
  expect(group?.rows.map((row) => ids(row.items))).toEqual([["a", "c"], ["b"]]);
});

test("what cannot be taken back or needs an answer is to be looked at closely, the rest is quick", () => {
  const groups = groupsOf(
    [
      item("low"),
      item("high", { risk: risk("High"), evidence: "{1}" }),
      item("question", { kind: "question", risk: risk("No") }),
      item("flag", { kind: "flag", risk: risk("No") }),
      item("medium", { risk: risk("Medium"), evidence: "{2}" }),
    ],
    all,
  );
  expect(groups.map(({ id, rows }) => [id, ids(rows)])).toEqual([
    ["close", ["high", "question", "medium"]],
    ["quick", ["low", "flag"]],
  ]);
});

test("questions and proposals with the same text keep a row each", () => {
  const reviews = [item("a", { kind: "question" }), item("b", { kind: "question" }), item("c", { kind: "proposal" })];
  expect(groupsOf(reviews, all).map(({ rows }) => ids(rows))).toEqual([["a", "b"], ["c"]]);
  expect(ids(groupsOf(reviews, { ...all, kind: "proposal" })[0]?.rows)).toEqual(["c"]);
});

test("grouped by tree, items keep their order, and alike items of two trees keep a row each", () => {
  const groups = groupsOf([item("a"), item("b", { tree_id: "t2" }), item("c", { title: "x" })], {
    ...all,
    byTree: true,
  });
  expect(groups.map((group) => [group.id, ids(group.rows)])).toEqual([
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
  const reviews = [item("q", { kind: "flag" }), item("a"), item("b"), item("c", { evidence: "{1}" })];
  const rows = groupsOf(reviews, all)[0]?.rows ?? [];
  const next = (id: string, ...done: string[]) => nextItem(rows, id, (one) => done.includes(one));
  expect(next("a")).toBe("b");
  expect(next("b", "a")).toBe("c");
  expect(next("c", "a")).toBe("q");
  expect(next("c", "a", "b", "q")).toBe(null);
});

test("kinds are counted", () => {
  expect(countKinds([item("a"), item("b", { kind: "flag" })])).toMatchObject({
    all: 2,
    approval: 1,
    flag: 1,
    question: 0,
  });
});
