import { expect, test } from "vitest";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import type { ListBatch } from "@/core/shapes/wire";
import { type ListFeed, reduceList } from "./use-list-feed";

const tree = (id: string, title: string) => ({ id, title, status: "running", ended_at: null }) as Tree;
const status = (openReviews: number) => ({ openReviews }) as unknown as ServerStatus;
const review = (id: string) => ({ id }) as Review;
const START: ListFeed = {
  trees: new Map([["a", tree("a", "old")]]),
  reviews: [],
  status: status(0),
  mark: 0,
  brought: new Set(),
};
const batch = (mark: number, trees: Tree[], open = 1): ListBatch => ({
  mark,
  trees,
  gone: [],
  reviews: [review(`r${mark}`)],
  status: status(open),
});
const titles = (feed: ListFeed) => Object.fromEntries([...feed.trees].map(([id, one]) => [id, one.title]));
/** Server times in 1970 and in the far future: the browser's clock must not matter. */
const MARKS = [5, 4e15];

test.each(MARKS)("rows that were reloaded after a reconnect do not block later batches (mark %d)", (mark) => {
  let feed = reduceList(START, { type: "batch", batch: batch(mark, [tree("a", "before")]) });
  feed = reduceList(feed, { type: "joined" });
  const rows = { trees: [tree("a", "read"), tree("b", "read")], reviews: [review("read")], status: status(7) };
  feed = reduceList(feed, { type: "reread", rows });
  expect(titles(feed)).toEqual({ a: "read", b: "read" });
  expect(feed.reviews).toEqual([review("read")]);
  feed = reduceList(feed, { type: "batch", batch: batch(1, [tree("a", "after")]) });
  expect(titles(feed)).toEqual({ a: "after", b: "read" });
});

test("a batch that arrives during a reload wins for its own rows; the other rows come from the reload", () => {
  let feed = reduceList(START, { type: "joined" });
  feed = reduceList(feed, { type: "batch", batch: batch(9, [tree("a", "batch")]) });
  const rows = { trees: [tree("a", "read"), tree("b", "read")], reviews: [review("read")], status: status(7) };
  feed = reduceList(feed, { type: "reread", rows });
  expect(titles(feed)).toEqual({ a: "batch", b: "read" });
  expect(feed.reviews).toEqual([review("r9")]);
  expect(feed.status).toEqual(status(1));
});

test("a repeated or late batch changes nothing", () => {
  const feed = reduceList(START, { type: "batch", batch: batch(9, [tree("a", "new")]) });
  expect(reduceList(feed, { type: "batch", batch: batch(9, [tree("a", "twice")]) })).toBe(feed);
  expect(reduceList(feed, { type: "batch", batch: batch(8, [tree("a", "late")]) })).toBe(feed);
});

test("reviews stay when a batch omits them because they have not changed", () => {
  const feed = reduceList(START, { type: "batch", batch: batch(1, []) });
  const next = reduceList(feed, { type: "batch", batch: { ...batch(2, []), reviews: null } });
  expect([next.mark, next.reviews]).toEqual([2, [review("r1")]]);
});

test("a tree deleted while the connection was lost stays gone after the lists are reloaded", () => {
  let feed = reduceList(START, { type: "joined" });
  feed = reduceList(feed, { type: "batch", batch: { ...batch(1, []), gone: ["a"] } });
  const rows = { trees: [tree("a", "read before it was deleted")], reviews: [], status: status(0) };
  expect(titles(reduceList(feed, { type: "reread", rows }))).toEqual({});
});
