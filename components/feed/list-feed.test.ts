import { afterEach, expect, test, vi } from "vitest";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import type { ListBatch } from "@/core/shapes/wire";
import { fakeSocket } from "./testing/fake-socket";
import { followLists, type ListEvent, type ListFeed, reduceList } from "./use-list-feed";

const tree = (id: string, title: string) => ({ id, title, status: "running", ended_at: null }) as Tree;
const status = (openReviews: number) => ({ openReviews }) as unknown as ServerStatus;
const review = (id: string) => ({ id }) as Review;
const START: ListFeed = {
  trees: new Map([["a", tree("a", "old")]]),
  reviews: [],
  status: status(0),
  mark: 0,
  brought: new Set(),
  listed: [],
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

test("rows that the page shows are never dropped, whatever many others end", () => {
  const ended = (id: string, at: string) => ({ ...tree(id, id), status: "succeeded", ended_at: at }) as Tree;
  const listed = [ended("old", "2026-01-01"), ended("older", "2025-01-01")];
  let feed: ListFeed = { ...START, trees: new Map(listed.map((one) => [one.id, one])), listed };
  const others = Array.from({ length: 450 }, (_, at) => ended(`n${at}`, `2026-02-01T${1_000 + at}`));
  feed = reduceList(feed, { type: "batch", batch: batch(1, others) });
  expect([feed.trees.size, feed.trees.has("old"), feed.trees.has("older")]).toEqual([400, true, true]);
  // The page was loaded again, so it shows another row.
  feed = reduceList(feed, { type: "listed", trees: [ended("n51", "read"), ended("further", "2024-01-01")] });
  expect([feed.trees.get("n51")?.ended_at, feed.trees.get("further")?.id]).toEqual(["read", "further"]);
  feed = reduceList(feed, { type: "batch", batch: batch(2, [ended("last", "2026-03-01")]) });
  expect([feed.trees.has("further"), feed.trees.has("n51"), feed.trees.has("older")]).toEqual([true, true, false]);
});

afterEach(() => vi.unstubAllGlobals());

/** Follows lists that hold tree b, and returns what was asked and sent. */
function follow(isConnected: boolean) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const items = address.includes("trees") ? [tree("b", "read")] : [];
    return new Response(JSON.stringify(address.endsWith("status") ? status(7) : { items }));
  });
  const socket = fakeSocket(isConnected);
  let feed = START;
  const dispatch = (event: ListEvent) => {
    feed = reduceList(feed, event);
  };
  const leave = followLists(socket.socket, ["trees?limit=9"], () => feed.trees.keys(), dispatch);
  return { ...socket, asked, leave, feed: () => feed };
}

test("a page that a person goes back to asks for its rows and reads its lists, because both are from earlier", async () => {
  const { sent, asked, feed, leave } = follow(true);
  expect(sent).toEqual([["trees:join", { held: ["a"] }]]);
  await vi.waitFor(() => expect(titles(feed())).toEqual({ a: "old", b: "read" }));
  expect(asked).toContain("/api/v1/trees?limit=9");
  leave();
  expect(sent.at(-1)).toEqual(["trees:leave"]);
});

test("a page that loads joins when it is connected, and after a lost connection again, with the rows that it has then", async () => {
  const { sent, hear, feed, leave } = follow(false);
  expect(sent).toEqual([]);
  hear("connect");
  await vi.waitFor(() => expect(titles(feed())).toEqual({ a: "old", b: "read" }));
  hear("trees:batch", batch(3, [tree("c", "new")]), () => {});
  hear("connect");
  expect(sent).toEqual([
    ["trees:join", { held: ["a"] }],
    ["trees:join", { held: ["a", "b", "c"] }],
  ]);
  leave();
});
