"use client";

import { useEffect, useReducer, useRef } from "react";
import { isEnded } from "@/core/log/terms";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import type { ListBatch } from "@/core/shapes/wire";
import { liveSocket } from "./socket";

export interface ListFeed {
  trees: Map<string, Tree>;
  reviews: Review[];
  status: ServerStatus;
  /** Server time of this connection's last batch; 0 before the first. */
  mark: number;
  /** Ids of trees that this connection's batches updated. They are newer than reloaded rows. */
  brought: ReadonlySet<string>;
  /** The rows that the page came with. It shows them, so they are never dropped. */
  listed: readonly Tree[];
}

export type ListEvent =
  | { type: "batch"; batch: ListBatch }
  /** A new connection, maybe to another server, so its batches can only be compared with each other. */
  | { type: "joined" }
  /** The page's own rows: its first ones, and those that it came with when it was loaded again. */
  | { type: "listed"; trees: readonly Tree[] }
  /** Rows that were reloaded at a join, because changes before it came in no batch. */
  | { type: "reread"; rows: Pick<ListFeed, "reviews" | "status"> & { trees: Tree[] } };

/** A page that is open for days receives many trees. Above this number, it drops those that ended first. */
const MOST_KEPT = 400;

/**
 * Returns the next state: newer rows replace older ones, and a repeated or late batch changes nothing. It compares only
 * the server's times, because the browser's clock may be wrong.
 */
export function reduceList(state: ListFeed, event: ListEvent): ListFeed {
  switch (event.type) {
    case "joined":
      return { ...state, mark: 0, brought: new Set() };
    case "listed": {
      if (event.trees === state.listed) return state;
      const next = { ...state, listed: event.trees };
      return { ...next, ...withRows(next, notBrought(state, event.trees), []) };
    }
    case "reread": {
      const { rows } = event;
      const next = { ...state, ...withRows(state, notBrought(state, rows.trees), []) };
      return state.mark > 0 ? next : { ...next, reviews: rows.reviews, status: rows.status };
    }
    case "batch": {
      const { batch } = event;
      if (batch.mark <= state.mark) return state;
      const brought = new Set([...state.brought, ...batch.trees.map(({ id }) => id), ...batch.gone]);
      const rows = withRows({ ...state, brought }, batch.trees, batch.gone);
      const { reviews, status, mark } = batch;
      return { ...state, ...rows, reviews: reviews ?? state.reviews, status, mark };
    }
  }
}

const notBrought = ({ brought }: ListFeed, rows: readonly Tree[]) => rows.filter(({ id }) => !brought.has(id));

function withRows(state: ListFeed, rows: readonly Tree[], gone: string[]): Pick<ListFeed, "trees" | "brought"> {
  const trees = new Map(state.trees);
  for (const tree of rows) trees.set(tree.id, tree);
  for (const id of gone) trees.delete(id);
  const surplus = trees.size - Math.max(MOST_KEPT, state.trees.size);
  if (surplus <= 0) return { trees, brought: state.brought };
  const listed = new Set(state.listed.map(({ id }) => id));
  const ended = [...trees.values()].filter((tree) => isEnded(tree.status) && !listed.has(tree.id));
  ended.sort((a, b) => (a.ended_at ?? "").localeCompare(b.ended_at ?? ""));
  // A row that is dropped may be listed later.
  const brought = new Set(state.brought);
  for (const { id } of ended.slice(0, surplus)) {
    trees.delete(id);
    brought.delete(id);
  }
  return { trees, brought };
}

export interface ListStart {
  trees: Tree[];
  reviews: Review[];
  status: ServerStatus;
}

/** Time before another try, because a server that has just restarted may not answer yet. */
const REREAD_AGAIN_MS = 3_000;

/** What this needs of the page's socket. */
type ListSocket = Pick<ReturnType<typeof liveSocket>, "connected" | "emit" | "on" | "off">;

/**
 * Follows the lists on the socket until the returned function is called. At each join the server sends the rows in `held`
 * again, and the lists are read for new ones, because changes before a join come in no batch. That holds for the first
 * join too: a page that the person goes back to has the rows of the moment at which they left it.
 */
export function followLists(
  socket: ListSocket,
  addresses: readonly TreesAddress[],
  held: () => Iterable<string>,
  dispatch: (event: ListEvent) => void,
): () => void {
  /** Number of this connection, from 1; 0 after the page is left. */
  let connection = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // An answer to an earlier connection's request is outdated, so it is dropped.
  const read = (of: number): void =>
    void reread(addresses).then(
      (rows) => of === connection && dispatch({ type: "reread", rows }),
      () => {
        if (of === connection) timer = setTimeout(() => of === connection && read(of), REREAD_AGAIN_MS);
      },
    );
  const join = () => {
    connection += 1;
    dispatch({ type: "joined" });
    socket.emit("trees:join", { held: [...held()] });
    clearTimeout(timer);
    read(connection);
  };
  const onBatch = (batch: ListBatch, taken: () => void) => {
    dispatch({ type: "batch", batch });
    taken();
  };
  socket.on("connect", join).on("trees:batch", onBatch);
  if (socket.connected) join();
  return () => {
    connection = 0;
    clearTimeout(timer);
    socket.off("connect", join).off("trees:batch", onBatch);
    socket.emit("trees:leave");
  };
}

/** An address of the API that answers with trees. */
export type TreesAddress = `trees?${string}`;

/** Returns the live lists of a page. `lists`: where its rows are, which are read at each join. */
export function useListFeed(start: ListStart, lists: readonly TreesAddress[]): ListFeed {
  const [feed, dispatch] = useReducer(reduceList, start, (from) => ({
    trees: new Map(from.trees.map((tree) => [tree.id, tree])),
    reviews: from.reviews,
    status: from.status,
    mark: 0,
    brought: new Set<string>(),
    listed: from.trees,
  }));
  const addresses = lists.join("\n");
  const held = useRef(feed.trees);
  useEffect(() => {
    held.current = feed.trees;
  }, [feed.trees]);
  useEffect(() => dispatch({ type: "listed", trees: start.trees }), [start.trees]);
  useEffect(() => {
    const read = addresses.split("\n") as TreesAddress[];
    return followLists(liveSocket(), read, () => held.current.keys(), dispatch);
  }, [addresses]);
  return feed;
}

async function reread(lists: readonly TreesAddress[]): Promise<Extract<ListEvent, { type: "reread" }>["rows"]> {
  const { fetchJson } = await import("@/components/http/fetch-json");
  const [reviews, status, ...trees] = await Promise.all([
    fetchJson("reviews?open=1&limit=50"),
    fetchJson("status"),
    ...lists.map((address) => fetchJson(address)),
  ]);
  return { trees: trees.flatMap((list) => list.items), reviews: reviews.items, status };
}
