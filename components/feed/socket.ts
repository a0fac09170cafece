"use client";

/** The page's socket, shared by all live data on it, and the state of the connection. */
import { io, type Socket } from "socket.io-client";
import { type BrowserEvents, type ServerEvents, SOCKET_PATH } from "@/core/shapes/wire";

export type Connection =
  | { state: "connecting" | "live" | "signed_out" }
  /** `sinceMs`: when the page stopped updating. `isRestarting`: the server announced that it closes. */
  | { state: "lost"; sinceMs: number; isRestarting: boolean };

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

function openSocket(): LiveSocket {
  const opened: LiveSocket = io({
    path: SOCKET_PATH,
    transports: ["websocket"],
    reconnectionDelay: 250,
    reconnectionDelayMax: 1_000,
  });
  let isRestarting = false;
  const lose = () => {
    if (connection.state !== "lost") set({ state: "lost", sinceMs: Date.now(), isRestarting });
  };
  opened.on("connect", () => {
    isRestarting = false;
    set({ state: "live" });
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
    lose();
    void checkSession(opened);
  });
  return opened;
}

/** Asks the API whether the session has ended, because a refused handshake gives no reason. */
async function checkSession(opened: LiveSocket): Promise<void> {
  const answer = await fetch("/api/v1/session").catch(() => null);
  if (answer?.status !== 401) return;
  opened.disconnect();
  set({ state: "signed_out" });
}

function set(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}
