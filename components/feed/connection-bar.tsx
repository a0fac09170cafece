"use client";

import { useEffect, useSyncExternalStore } from "react";
import { Clock } from "@/components/ui/time";
import { NoticeBar } from "./notice-bar";
import { type Connection, currentConnection, liveSocket, onConnection } from "./socket";

const CONNECTING: Connection = { state: "connecting" };

function useConnection(): Connection {
  return useSyncExternalStore(onConnection, currentConnection, () => CONNECTING);
}

/** Says that the page stands still and since when. Silent while all is well. */
export function ConnectionBar() {
  const connection = useConnection();
  if (connection.state === "lost") {
    return (
      <NoticeBar icon="retry" role="status">
        <b>{connection.isRestarting ? "The server restarts." : "Connection lost."}</b> You see the state of{" "}
        <Clock at={new Date(connection.sinceMs).toISOString()} />. It reconnects by itself; what you have typed is kept,
        and {connection.isRestarting ? "agents go on when it is back." : "agents go on meanwhile."}
      </NoticeBar>
    );
  }
  if (connection.state === "signed_out") {
    return (
      <NoticeBar icon="tri" role="alert">
        <b>You are signed out.</b> What you see is what was there before; what you have typed is kept.{" "}
        <a className="link" href={`/signin?callbackUrl=${encodeURIComponent(location.pathname + location.search)}`}>
          Sign in again
        </a>{" "}
        to go on from here.
      </NoticeBar>
    );
  }
  return null;
}

/** In the navigation: a dot and a word. */
export function ConnectionDot() {
  const { state } = useConnection();
  // Also on a page that follows nothing: whoever reads it sees when the server is gone.
  useEffect(() => void liveSocket(), []);
  const words = { connecting: "Connecting", live: "Live", lost: "Reconnecting", signed_out: "Signed out" };
  return (
    <span className="flex min-w-0 items-center gap-1.5" data-connection={state}>
      <span className={`size-2 flex-none rounded-full ${state === "live" ? "bg-ok" : "bg-wait-mark"}`} />
      {words[state]}
    </span>
  );
}
