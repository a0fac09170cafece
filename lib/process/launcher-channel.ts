/** What a server and its launcher tell each other: one JSON object a line over an inherited descriptor. */
import { Socket } from "node:net";
import { createInterface } from "node:readline";

const CHANNEL_FD = 4;

export interface LauncherChannel {
  /** Tells that the server listens, with the levels of its database. */
  ready(told: { level: number; reads: number; url: string | null }): void;
  /** A server only asks; the launcher decides. `by` is the person or task that wants it. */
  ask(what: "restart" | "stop", by: string): void;
}

export interface LauncherOrders {
  /** Turns end, then the process. `by` is a person, or the signal that the launcher got. */
  stop(by: string): void;
  /** The release is no longer on trial. */
  makePermanent(): void;
}

export function openLauncherChannel(orders: LauncherOrders): LauncherChannel {
  const socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
  // Without its launcher the process would hold the port against the next one. Committed work is safe.
  socket.on("close", () => process.exit(1));
  const lines = createInterface({ input: socket });
  lines.on("error", () => socket.destroy());
  lines.on("line", (line) => {
    const { type, by = "the launcher" } = JSON.parse(line) as { type: string; by?: string };
    if (type === "stop") orders.stop(by);
    if (type === "permanent") orders.makePermanent();
  });
  const send = (line: object) => void socket.write(`${JSON.stringify(line)}\n`);
  return {
    ready: (told) => send({ type: "ready", ...told }),
    ask: (what, by) => send({ type: "ask", what, by }),
  };
}
