"use client";

import { createContext, type ReactNode, startTransition, useContext, useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { ServerStatus } from "@/core/shapes/shapes";
import { liveSocket } from "./socket";

const StatusContext = createContext<ServerStatus | null>(null);

/** Keeps the server's state for everything on the page that shows it: counts, spend, alerts. */
export function StatusProvider({ start, children }: { start: ServerStatus; children: ReactNode }) {
  const [status, setStatus] = useState(start);
  // The page was read anew.
  useEffect(() => setStatus(start), [start]);
  useEffect(() => {
    const socket = liveSocket();
    // An urgent change above a page that has not yet come to life makes React throw away what the server rendered, with
    // what somebody typed there; a transition waits for it.
    const take = (next: ServerStatus) => startTransition(() => setStatus(next));
    const join = () => socket.emit("status:join");
    const look = () => {
      if (document.hidden) return;
      // While the server is away, what was last known stands.
      fetchJson<ServerStatus>("status").then(take, () => {});
    };
    socket.on("connect", join).on("status", take);
    if (socket.connected) join();
    document.addEventListener("visibilitychange", look);
    return () => {
      socket.off("connect", join).off("status", take);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return <StatusContext value={status}>{children}</StatusContext>;
}

/** Of every page below the frame. */
export function useServerStatus(): ServerStatus {
  const status = useContext(StatusContext);
  if (!status) throw new Error("Only a page inside the frame knows the server's state.");
  return status;
}
