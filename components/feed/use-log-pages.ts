"use client";

import { type Dispatch, useEffect, useMemo } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Message, Page } from "@/core/shapes/shapes";
import type { FeedEvent, TreeFeed } from "./tree-feed";

export const LOG_PAGE = 200;
/** Number of messages to load before a target message, so that it has context. */
const BEFORE_TARGET = 60;

export interface LogPages {
  /** Each function resolves when the messages are loaded, and rejects with a sentence for the user. */
  loadEarlier(): Promise<void>;
  loadLater(): Promise<void>;
  /** Loads the log around a message, unless it is held already. */
  goTo(seq: number): Promise<void>;
  /** Loads the end of the log, unless it is held already. */
  goToLatest(): Promise<void>;
  setFollowing(isFollowing: boolean): void;
}

/** Returns functions that load pages of the open task's log. A new request cancels the previous one. */
export function useLogPages(feed: TreeFeed, taskId: string | null, dispatch: Dispatch<FeedEvent>): LogPages {
  const { log, hasLater, logLoaded } = feed;
  const [first, last] = [log[0]?.seq, log.at(-1)?.seq];
  const reader = useMemo(() => makeReader(taskId), [taskId]);
  useEffect(() => reader.end, [reader]);

  return useMemo(() => {
    if (taskId === null) return NOTHING;
    const { read } = reader;
    const add = (page: Extract<FeedEvent, { type: "log" }>["page"]) => dispatch({ type: "log", taskId, page });
    return {
      async loadEarlier() {
        if (first === undefined) return;
        const { items } = await read(`before=${first}&limit=${LOG_PAGE}`);
        add({ side: "earlier", messages: items, more: items.length === LOG_PAGE });
      },
      async loadLater() {
        if (last === undefined) return;
        const { items, next } = await read(`after=${last}&limit=${LOG_PAGE}`);
        add({ side: "later", messages: items, more: next !== null });
      },
      async goTo(seq) {
        if (first !== undefined && last !== undefined && first <= seq && (seq <= last || !hasLater)) return;
        dispatch({ type: "seek", taskId, to: "around" });
        const { items: before } = await read(`before=${seq}&limit=${BEFORE_TARGET}`);
        const { items: after, next } = await read(`after=${seq - 1}&limit=${LOG_PAGE}`);
        const ends = { hasEarlier: before.length === BEFORE_TARGET, hasLater: next !== null };
        add({ side: "around", messages: [...before, ...after], ...ends });
      },
      async goToLatest() {
        if (logLoaded && !hasLater) return;
        dispatch({ type: "seek", taskId, to: "latest" });
        const { items } = await read(`latest=1&limit=${LOG_PAGE}`);
        add({ side: "latest", messages: items, more: items.length === LOG_PAGE });
      },
      setFollowing: (isFollowing) => dispatch({ type: "following", isFollowing }),
    };
  }, [taskId, first, last, hasLater, logLoaded, reader, dispatch]);
}

function makeReader(taskId: string | null) {
  let reading: AbortController | null = null;
  return {
    async read(query: string): Promise<Page<Message>> {
      reading?.abort();
      reading = new AbortController();
      return fetchJson(`tasks/${taskId}/messages?${query}`, reading.signal);
    },
    end: () => reading?.abort(),
  };
}

const nothing = async () => {};
const NOTHING: LogPages = {
  loadEarlier: nothing,
  loadLater: nothing,
  goTo: nothing,
  goToLatest: nothing,
  setFollowing: () => {},
};
