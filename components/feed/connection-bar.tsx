"use client";

import { useEffect, useSyncExternalStore } from "react";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
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
      <div className="connection" role="status">
        <Icon name="retry" />
        <span>
          <b>{connection.isRestarting ? "The server restarts." : "Connection lost."}</b> You see the state of{" "}
          <Clock at={new Date(connection.sinceMs).toISOString()} />. It reconnects by itself; what you have typed is
          kept, and {connection.isRestarting ? "agents go on when it is back." : "agents go on meanwhile."}
        </span>
      </div>
    );
  }
  if (connection.state === "signed_out") {
    return (
      <div className="connection" role="alert">
        <Icon name="tri" />
        <span>
          <b>You are signed out.</b> What you see is what was there before; what you have typed is kept.{" "}
          <a className="link" href={`/signin?callbackUrl=${encodeURIComponent(location.pathname + location.search)}`}>
            Sign in again
          </a>{" "}
          to go on from here.
        </span>
      </div>
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
    <span className="flex gap-1.5" data-connection={state}>
      <span className={`dot ${state === "live" ? "" : "off"}`} />
      {words[state]}
    </span>
  );
}
