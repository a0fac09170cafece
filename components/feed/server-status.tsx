"use client";

import { createContext, type ReactNode, startTransition, useContext, useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { ServerStatus } from "@/core/shapes/shapes";
import type { ListBatch } from "@/core/shapes/wire";
import { liveSocket } from "./socket";

const StatusContext = createContext<ServerStatus | null>(null);

/** Provides the server's live status (counts, spend, alerts) to the page. */
export function StatusProvider({ start, children }: { start: ServerStatus; children: ReactNode }) {
  const [status, setStatus] = useState(start);
  // A page that was rendered again has a newer status.
  useEffect(() => setStatus(start), [start]);
  useEffect(() => {
    const socket = liveSocket();
    // A transition waits for hydration. An urgent update would make React discard the server's markup, and with it the
    // text that the user has already typed.
    const take = (next: ServerStatus) => startTransition(() => setStatus(next));
    // The lists of a page come with the status of the same moment, so that no count is ahead of its list.
    const takeBatch = ({ status: next }: ListBatch) => take(next);
    const join = () => socket.emit("status:join");
    const look = () => {
      if (document.hidden) return;
      // While the server is away, the last known status stays.
      fetchJson<ServerStatus>("status").then(take, () => {});
    };
    socket.on("connect", join).on("status", take).on("trees:batch", takeBatch);
    if (socket.connected) join();
    document.addEventListener("visibilitychange", look);
    return () => {
      socket.off("connect", join).off("status", take).off("trees:batch", takeBatch);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return <StatusContext value={status}>{children}</StatusContext>;
}

/** Returns the server's live status. Works on every page inside the frame. */
export function useServerStatus(): ServerStatus {
  const status = useContext(StatusContext);
  if (!status) throw new Error("useServerStatus needs a StatusProvider above it.");
  return status;
}
