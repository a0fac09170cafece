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
  mark: number;
}

/** A page that is open for days hears of many trees: those that ended first are let go beyond so many. */
const MOST_KEPT = 400;

/** Rows of a later read replace those of an earlier one; a batch that comes twice or late changes nothing. */
export function reduceList(state: ListFeed, batch: ListBatch): ListFeed {
  if (batch.mark <= state.mark) return state;
  const trees = new Map(state.trees);
  for (const tree of batch.trees) trees.set(tree.id, tree);
  for (const id of batch.gone) trees.delete(id);
  const surplus = trees.size - Math.max(MOST_KEPT, state.trees.size);
  if (surplus > 0) {
    const ended = [...trees.values()].filter((tree) => isEnded(tree.status));
    ended.sort((a, b) => (a.ended_at ?? "").localeCompare(b.ended_at ?? ""));
    for (const { id } of ended.slice(0, surplus)) trees.delete(id);
  }
  return { trees, reviews: batch.reviews, status: batch.status, mark: batch.mark };
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
  }));
  const addresses = lists.join("\n");
  useEffect(() => {
    const socket = liveSocket();
    let joined = false;
    const join = () => {
      socket.emit("trees:join");
      // What changed while the connection was lost is not in any batch, so the rows are read once.
      if (joined) void reread(addresses.split("\n")).then(dispatch, () => {});
      joined = true;
    };
    const onBatch = (batch: ListBatch, taken: () => void) => {
      dispatch(batch);
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

async function reread(lists: string[]): Promise<ListBatch> {
  const { fetchJson } = await import("./fetch-json");
  const [reviews, status, ...trees] = await Promise.all([
    fetchJson<{ items: Review[] }>("reviews?open=1&limit=50"),
    fetchJson<ServerStatus>("status"),
    ...lists.map((address) => fetchJson<{ items: Tree[] }>(address)),
  ]);
  const rows = trees.flatMap((list) => list.items);
  return { mark: Date.now() * 1000, trees: rows, gone: [], reviews: reviews.items, status };
}
