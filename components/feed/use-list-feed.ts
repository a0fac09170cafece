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
}

export type ListEvent =
  | { type: "batch"; batch: ListBatch }
  /** A new connection, maybe to another server, so its batches can only be compared with each other. */
  | { type: "joined" }
  /** Rows that were reloaded after a lost connection, because its changes came in no batch. */
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

/** Time before another try, because a server that has just restarted may not answer yet. */
const REREAD_AGAIN_MS = 3_000;

/** Default lists: the newest trees. */
const NEWEST = ["trees?limit=100"];

/** Returns the live lists of a page. `lists`: API paths of its rows, which are reloaded after a lost connection. */
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
    /** Number of this connection, from 1; 0 after the page is left. */
    let connection = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Changes during a lost connection come in no batch. The server sends the held rows again, and the lists hold new
    // ones. An answer to an earlier connection's request is outdated, so it is dropped.
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
