"use client";

import { useEffect, useReducer, useRef } from "react";
import { isEnded } from "@/core/log/terms";
import type { Review, ServerStatus, Tree } from "@/core/shapes/shapes";
import type { ListBatch } from "@/core/shapes/wire";
import { liveSocket } from "./socket";

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
      return { trees, reviews: batch.reviews ?? state.reviews, status: batch.status, mark: batch.mark, brought };
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

/** A server that has just come back may not answer yet. */
const REREAD_AGAIN_MS = 3_000;

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
  const held = useRef(feed.trees);
  useEffect(() => {
    held.current = feed.trees;
  }, [feed.trees]);
  useEffect(() => {
    const socket = liveSocket();
    /** Of this page, from 1; 0 once it looks no more. */
    let connection = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What changed while the connection was lost is in no batch: rows that are held come with the first ones, those that
    // are not are in the lists. An answer from an earlier connection is older than what is known.
    const read = (of: number): void =>
      void reread(addresses.split("\n")).then(
        (rows) => of === connection && dispatch({ type: "reread", rows }),
        () => {
          timer = setTimeout(() => of === connection && read(of), REREAD_AGAIN_MS);
        },
      );
    const join = () => {
      connection += 1;
      if (connection === 1) return socket.emit("trees:join");
      dispatch({ type: "joined" });
      socket.emit("trees:join", { held: [...held.current.keys()] });
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
  }, [addresses]);
  return feed;
}

async function reread(lists: string[]): Promise<Extract<ListEvent, { type: "reread" }>["rows"]> {
  const { fetchJson } = await import("@/components/http/fetch-json");
  const [reviews, status, ...trees] = await Promise.all([
    fetchJson<{ items: Review[] }>("reviews?open=1&limit=50"),
    fetchJson<ServerStatus>("status"),
    ...lists.map((address) => fetchJson<{ items: Tree[] }>(address)),
  ]);
  return { trees: trees.flatMap((list) => list.items), reviews: reviews.items, status };
}
