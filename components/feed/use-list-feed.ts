"use client";

import { useEffect, useReducer } from "react";
import type { Review, ServerStatus, Tree } from "@/agents/core/shapes";
import { liveSocket } from "./socket";
import type { ListBatch } from "./wire";

export interface ListFeed {
  trees: Map<string, Tree>;
  reviews: Review[];
  status: ServerStatus;
  mark: number;
}

/** Rows of a later read replace those of an earlier one; a batch that comes twice or late changes nothing. */
function reduceList(state: ListFeed, batch: ListBatch): ListFeed {
  if (batch.mark <= state.mark) return state;
  const trees = new Map(state.trees);
  for (const tree of batch.trees) trees.set(tree.id, tree);
  for (const id of batch.gone) trees.delete(id);
  return { trees, reviews: batch.reviews, status: batch.status, mark: batch.mark };
}

export interface ListStart {
  trees: Tree[];
  reviews: Review[];
  status: ServerStatus;
}

export function useListFeed(start: ListStart): ListFeed {
  const [feed, dispatch] = useReducer(reduceList, start, (from) => ({
    trees: new Map(from.trees.map((tree) => [tree.id, tree])),
    reviews: from.reviews,
    status: from.status,
    mark: 0,
  }));
  useEffect(() => {
    const socket = liveSocket();
    let joined = false;
    const join = () => {
      socket.emit("trees:join");
      // What changed while the connection was lost is not in any batch, so the newest rows are read once.
      if (joined) void reread().then(dispatch, () => {});
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
  }, []);
  return feed;
}

async function reread(): Promise<ListBatch> {
  const { fetchJson } = await import("./fetch-json");
  const [trees, reviews, status] = await Promise.all([
    fetchJson<{ items: Tree[] }>("trees?limit=100"),
    fetchJson<{ items: Review[] }>("reviews?open=1&limit=50"),
    fetchJson<ServerStatus>("status"),
  ]);
  return { mark: Date.now() * 1000, trees: trees.items, gone: [], reviews: reviews.items, status };
}
