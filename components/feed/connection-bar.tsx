"use client";

import { useEffect, useSyncExternalStore } from "react";
import { Clock } from "@/components/ui/time";
import { NoticeBar } from "./notice-bar";
import { type Connection, currentConnection, liveSocket, onConnection } from "./socket";

const CONNECTING: Connection = { state: "connecting" };

function useConnection(): Connection {
  return useSyncExternalStore(onConnection, currentConnection, () => CONNECTING);
}

/** Notice that the page no longer updates, and since when. Hidden while the connection works. */
export function ConnectionBar() {
  const connection = useConnection();
  if (connection.state === "lost") {
    return (
      <NoticeBar icon="retry" role="status">
        <b>{connection.isRestarting ? "The server is restarting." : "Connection lost."}</b> You see the state at{" "}
        <Clock at={new Date(connection.sinceMs).toISOString()} />. Your text is kept. Banyan looks again each second.
      </NoticeBar>
    );
  }
  if (connection.state === "signed_out") {
    return (
      <NoticeBar icon="tri" role="alert">
        <b>You are signed out.</b> Your text is kept.{" "}
        <a className="link" href={`/signin?callbackUrl=${encodeURIComponent(location.pathname + location.search)}`}>
          Sign in again
        </a>{" "}
        to continue here.
      </NoticeBar>
    );
  }
  return null;
}

/** State of the connection in the navigation: a dot and a word. */
export function ConnectionDot() {
  const { state } = useConnection();
  // Opens the socket even on a page without live data, so that every page shows when the server is gone.
  useEffect(() => void liveSocket(), []);
  const words = { connecting: "Connecting", live: "Live", lost: "Reconnecting", signed_out: "Signed out" };
  return (
    <span className="flex min-w-0 items-center gap-1.5" data-connection={state}>
      <span className={`size-2 flex-none rounded-full ${state === "live" ? "bg-ok" : "bg-wait-mark"}`} />
      {words[state]}
    </span>
  );
}
