"use client";

/** The page's socket, shared by all live data on it, and the state of the connection. */
import { io, type Socket } from "socket.io-client";
import { type BrowserEvents, type ServerEvents, SOCKET_PATH } from "@/core/shapes/wire";

export type Connection =
  | { state: "connecting" | "signed_out" }
  /** `isPolling`: no WebSocket gets through, so the page asks for news over HTTP. */
  | { state: "live"; isPolling: boolean }
  /**
   * `sinceMs`: when the page stopped updating. `isRestarting`: the server announced that it closes. `isAnswering`: only the
   * news do not get through, and the server answers everything else.
   */
  | { state: "lost"; sinceMs: number; isRestarting: boolean; isAnswering: boolean };

type LiveSocket = Socket<ServerEvents, BrowserEvents>;

let socket: LiveSocket | undefined;
let connection: Connection = { state: "connecting" };
const listeners = new Set<() => void>();

export function liveSocket(): LiveSocket {
  socket ??= openSocket();
  return socket;
}

export function currentConnection(): Connection {
  return connection;
}

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A WebSocket is quicker, and polling gets through every proxy. */
const TRANSPORTS = { quickest: ["websocket", "polling"], surest: ["polling", "websocket"] };
/** A proxy may accept a WebSocket and pass nothing on. */
const CONNECT_MS = 10_000;
/** After a connection by polling, a WebSocket takes over within this time, or never. */
const UPGRADE_MS = 5_000;
/** One answer may be the first one of a server that has just come back; the socket connects a moment later. */
const SURE_ANSWERS = 2;

function openSocket(): LiveSocket {
  const opened: LiveSocket = io({
    path: SOCKET_PATH,
    transports: TRANSPORTS.quickest,
    tryAllTransports: true,
    timeout: CONNECT_MS,
    reconnectionDelay: 250,
    reconnectionDelayMax: 1_000,
  });
  let isRestarting = false;
  let answers = 0;
  const lose = () => {
    const isAnswering = answers >= SURE_ANSWERS;
    if (connection.state !== "lost") set({ state: "lost", sinceMs: Date.now(), isRestarting, isAnswering });
    else if (connection.isAnswering !== isAnswering) set({ ...connection, isAnswering });
  };
  opened.on("connect", () => {
    isRestarting = false;
    answers = 0;
    set({ state: "live", isPolling: false });
    setTimeout(() => {
      if (opened.connected && connection.state === "live") set({ state: "live", isPolling: isPolling(opened) });
    }, UPGRADE_MS);
  });
  opened.on("server:closing", () => {
    isRestarting = true;
  });
  opened.on("disconnect", (reason) => {
    lose();
    // socket.io does not reconnect after a disconnect by the server, but here that only means a restart.
    if (reason === "io server disconnect") setTimeout(() => opened.connect(), 500);
  });
  opened.on("connect_error", () => {
    opened.io.opts.transports = TRANSPORTS.surest;
    lose();
    void askServer().then((status) => {
      answers = status === 200 ? answers + 1 : 0;
      if (status === 401) {
        opened.disconnect();
        set({ state: "signed_out" });
      } else if (!opened.connected) lose();
    });
  });
  return opened;
}

function isPolling(opened: LiveSocket): boolean {
  return opened.io.engine.transport.name === "polling";
}

/**
 * Asks the API, because a refused handshake gives no reason. Returns its status: 401 says that the session has ended. 0 is no
 * answer, or the answer of a proxy, which knows nothing of sessions.
 */
async function askServer(): Promise<number> {
  const answer = await fetch("/api/v1/session").catch(() => null);
  const isJson = /json/.test(answer?.headers.get("content-type") ?? "");
  return answer && isJson ? answer.status : 0;
}

function set(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}
