"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { keepIds, keptIds } from "@/components/ui/hooks/kept-ids";
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
  if (connection.state === "live" && connection.isPolling) return <PollingNotice />;
  if (connection.state === "lost" && connection.isAnswering) {
    return (
      <NoticeBar icon="retry" role="status">
        <b>This page gets no news.</b> You see the state at <Clock at={new Date(connection.sinceMs).toISOString()} />.
        The server answers, so what you send arrives.{" "}
        <button type="button" className="link" onClick={() => location.reload()}>
          Reload the page
        </button>{" "}
        for news. If a proxy is in front of Banyan, it must pass on requests to /live/: see docs/deploy.md.
      </NoticeBar>
    );
  }
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

const TOLD = "banyan-polling-told";

/** Says once in each browser why news come by polling: the cause is outside of Banyan, and everything works. */
function PollingNotice() {
  const [isTold, setTold] = useState(() => keptIds(TOLD).length > 0);
  if (isTold) return null;
  const hide = () => {
    keepIds(TOLD, [location.host]);
    setTold(true);
  };
  return (
    <NoticeBar icon="retry" look="quiet" role="status" onHide={hide}>
      <b>Live updates come over HTTP.</b> The proxy in front of Banyan does not pass on WebSockets: see docs/deploy.md.
    </NoticeBar>
  );
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
