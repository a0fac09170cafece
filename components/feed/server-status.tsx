"use client";

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { ServerStatus } from "@/core/shapes/status";
import type { ListBatch } from "@/core/shapes/wire";
import { liveSocket } from "./socket";

interface LiveStatus {
  current: () => ServerStatus;
  /** The status that the server rendered the page with. */
  rendered: () => ServerStatus;
  take: (next: ServerStatus) => void;
  subscribe: (listener: () => void) => () => void;
}

/**
 * The context holds the same object as long as the page is open. A changed context would make React throw away the
 * server's HTML of all parts that have not come alive, with what a person has typed into them.
 */
const StatusContext = createContext<LiveStatus | null>(null);

function liveStatus(rendered: ServerStatus): LiveStatus {
  let current = rendered;
  const listeners = new Set<() => void>();
  return {
    current: () => current,
    rendered: () => rendered,
    take: (next) => {
      current = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Provides the server's live status (counts, spend, alerts) to the page. */
export function StatusProvider({ start, children }: { start: ServerStatus; children: ReactNode }) {
  const [status] = useState(() => liveStatus(start));
  // A page that was rendered again has a newer status.
  useEffect(() => status.take(start), [status, start]);
  useEffect(() => {
    const socket = liveSocket();
    const { take } = status;
    // The lists of a page come with the status of the same moment, so that no count is ahead of its list.
    const takeBatch = ({ status: next }: ListBatch) => take(next);
    const join = () => socket.emit("status:join");
    const readWhenShown = () => {
      if (document.hidden) return;
      // While the server is away, the last known status stays.
      fetchJson("status").then(take, () => {});
    };
    socket.on("connect", join).on("status", take).on("trees:batch", takeBatch);
    if (socket.connected) join();
    document.addEventListener("visibilitychange", readWhenShown);
    return () => {
      socket.off("connect", join).off("status", take).off("trees:batch", takeBatch);
      document.removeEventListener("visibilitychange", readWhenShown);
    };
  }, [status]);
  return <StatusContext value={status}>{children}</StatusContext>;
}

/** Returns the server's live status. Works on every page inside the frame. */
export function useServerStatus(): ServerStatus {
  const status = useContext(StatusContext);
  if (!status) throw new Error("useServerStatus needs a StatusProvider above it.");
  return useSyncExternalStore(status.subscribe, status.current, status.rendered);
}
