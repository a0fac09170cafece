"use client";

import { useEffect, useReducer } from "react";
import type { Review, ServerStatus, Tree } from "@/agents/core/shapes";
import { isEnded } from "@/agents/core/shapes";
import { liveSocket } from "./socket";
import type { ListBatch } from "./wire";

export interface ListFeed {
  trees: Map<string, Tree>;
  reviews: Review[];
  status: ServerStatus;
  /** Of the last batch over this connection, by the server's clock; 0 before the first. */
  mark: number;
  /** Trees that batches over this connection brought: newer than what is read beside them. */
  brought: ReadonlySet<string>;
}

export type ListEvent =
  | { type: "batch"; batch: ListBatch }
  /** The connection is a new one, perhaps to another server: its batches are compared with each other only. */
  | { type: "joined" }
  /** Rows that were read because some changes were in no batch. */
  | { type: "reread"; rows: Pick<ListFeed, "reviews" | "status"> & { trees: Tree[] } };

/** A page that is open for days hears of many trees: those that ended first are let go beyond so many. */
const MOST_KEPT = 400;

/** Rows of a later read replace those of an earlier one; a batch that comes twice or late changes nothing. No clock of the browser is asked. */
export function reduceList(state: ListFeed, event: ListEvent): ListFeed {
  switch (event.type) {
    case "joined":
      return { ...state, mark: 0, brought: new Set() };
    case "reread": {
      const { rows } = event;
      const older = rows.trees.filter((tree) => !state.brought.has(tree.id));
      const trees = withRows(state.trees, older, []);
      return state.mark > 0 ? { ...state, trees } : { ...state, trees, reviews: rows.reviews, status: rows.status };
    }
    case "batch": {
      const { batch } = event;
      if (batch.mark <= state.mark) return state;
      const brought = new Set([...state.brought, ...batch.trees.map(({ id }) => id), ...batch.gone]);
      const trees = withRows(state.trees, batch.trees, batch.gone);
      return { trees, reviews: batch.reviews, status: batch.status, mark: batch.mark, brought };
    }
  }
}

function withRows(held: Map<string, Tree>, rows: Tree[], gone: string[]): Map<string, Tree> {
  const trees = new Map(held);
  for (const tree of rows) trees.set(tree.id, tree);
  for (const id of gone) trees.delete(id);
  const surplus = trees.size - Math.max(MOST_KEPT, held.size);
  if (surplus > 0) {
    const ended = [...trees.values()].filter((tree) => isEnded(tree.status));
    ended.sort((a, b) => (a.ended_at ?? "").localeCompare(b.ended_at ?? ""));
    for (const { id } of ended.slice(0, surplus)) trees.delete(id);
  }
  return trees;
}

export interface ListStart {
  trees: Tree[];
  reviews: Review[];
  status: ServerStatus;
}

/** What a page shows when it does not say otherwise. */
const NEWEST = ["trees?limit=100"];

/** `lists`: addresses of the API that hold the rows of the page, read anew after the connection was lost. */
export function useListFeed(start: ListStart, lists: readonly string[] = NEWEST): ListFeed {
  const [feed, dispatch] = useReducer(reduceList, start, (from) => ({
    trees: new Map(from.trees.map((tree) => [tree.id, tree])),
    reviews: from.reviews,
    status: from.status,
    mark: 0,
    brought: new Set<string>(),
  }));
  const addresses = lists.join("\n");
  useEffect(() => {
    const socket = liveSocket();
    let joined = false;
    const join = () => {
      if (joined) dispatch({ type: "joined" });
      socket.emit("trees:join");
      // What changed while the connection was lost is not in any batch, so the rows are read once.
      if (joined)
        void reread(addresses.split("\n")).then(
          (rows) => dispatch({ type: "reread", rows }),
          () => {},
        );
      joined = true;
    };
    const onBatch = (batch: ListBatch, taken: () => void) => {
      dispatch({ type: "batch", batch });
      taken();
    };
    socket.on("connect", join).on("trees:batch", onBatch);
    if (socket.connected) join();
    return () => {
      socket.off("connect", join).off("trees:batch", onBatch);
      socket.emit("trees:leave");
    };
  }, [addresses]);
  return feed;
}

async function reread(lists: string[]): Promise<Extract<ListEvent, { type: "reread" }>["rows"]> {
  const { fetchJson } = await import("./fetch-json");
  const [reviews, status, ...trees] = await Promise.all([
    fetchJson<{ items: Review[] }>("reviews?open=1&limit=50"),
    fetchJson<ServerStatus>("status"),
    ...lists.map((address) => fetchJson<{ items: Tree[] }>(address)),
  ]);
  return { trees: trees.flatMap((list) => list.items), reviews: reviews.items, status };
}
