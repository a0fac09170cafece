/**
 * A server in two processes: its supervisor starts one side that answers people (`web`) and one that works (`worker`),
 * and tells each what it needs over Node's own channel between a process and its child.
 */
import { readdirSync } from "node:fs";
import { Socket } from "node:net";
import { constants, getPriority, setPriority } from "node:os";
import { followOrder, type LauncherChannel, type LauncherOrders, type OrderLine, toldBy } from "./launcher-channel";
import { HAS_PROC } from "./ps";

export type SideName = "web" | "worker";

export interface Side {
  name: SideName;
  /** The port that the supervisor or the launcher has bound; null: the side that answers people binds it. */
  port: number | null;
  /** Whether the process inherits its socket to the other side as `LINK_FD`. */
  hasLink: boolean;
  /** Whether both sides start now. One that starts again finds the database as it needs it. */
  isFirst: boolean;
  /** Whether a release is prepared, so that a worker that starts again claims nothing until it is told to. */
  isDraining: boolean;
  /** The process that a person stops. */
  supervisorPid: number;
}

/** How often a side tells the supervisor that it runs. */
export const ALIVE_EVERY_MS = 2_000;

/** The descriptor of the socket to the other side; 3 and 4 are what a launcher passes on. */
export const LINK_FD = 5;

/** How much lower the worker's priority (nice) is: pages get three times its share of a busy processor. */
const NICENESS = 5;

/** The supervisor sets this; tools do not see it. */
const SIDE_SETTING = "BANYAN_SIDE";

/** What the supervisor tells a side. `go`: the database is ready. `link`: comes with the socket to the other side, which has started again. */
export type ToSide = OrderLine | { type: "go" } | { type: "drainPages" } | { type: "link" };

/** What a side tells the supervisor, besides what it tells the launcher. `opened`: the database is ready. `signal`: somebody sent one to this side alone. */
export type FromSide =
  | { type: "ready"; level: number; reads: number; url: string | null }
  | { type: "ask"; what: string; by: string }
  | { type: "drained" | "settled" | "release" | "doing" }
  | { type: "opened" }
  | { type: "alive" }
  | { type: "signal"; signal: string };

/** Returns the variable of the environment that tells a process which side it is. */
export function toldSide(side: Side): Record<string, string> {
  return { [SIDE_SETTING]: JSON.stringify(side) };
}

/** Returns null for a process that is a whole server, or a role of its own. */
export function sideIn(env: Record<string, string | undefined>): Side | null {
  const text = env[SIDE_SETTING];
  // Without the channel the setting was inherited by a program that a side started.
  return text && process.send ? (JSON.parse(text) as Side) : null;
}

/** Called by the worker, because people wait for pages. Programs that tasks start inherit the lower priority. */
export function comeSecond(by = NICENESS): void {
  const niceness = Math.min(getPriority() + by, constants.priority.PRIORITY_LOW);
  for (const thread of threads()) {
    try {
      setPriority(thread, niceness);
    } catch {
      // It has ended since.
    }
  }
}

/** Linux gives each thread a niceness of its own: those of V8 and of Node's pool are there already. */
function threads(): number[] {
  return HAS_PROC ? readdirSync("/proc/self/task").map(Number) : [process.pid];
}

/** Returns the process below which everything of this server runs. */
export function serverPid(env: Record<string, string | undefined>): number {
  return sideIn(env)?.supervisorPid ?? process.pid;
}

export interface SideOrders extends LauncherOrders {
  /** From now on each answer ends its connection. */
  drainPages(): void;
  /** Talks with the other side over this socket, which replaces the one before. */
  link(socket: Socket): void;
}

export interface SideChannel extends LauncherChannel {
  /** Resolves when the database is ready for the side that did not make it so. */
  go: Promise<void>;
  opened(): void;
  /** A signal for one side ends both, in order. */
  signalled(signal: string): void;
}

/** Opens the channel to the supervisor. Without its supervisor the process ends: committed work is safe. */
export function openSideChannel(side: Side, orders: SideOrders): SideChannel {
  let begin = () => {};
  const go = side.isFirst ? new Promise<void>((resolve) => (begin = resolve)) : Promise.resolve();
  process.on("message", (line: ToSide, socket?: unknown) => {
    if (line.type === "go") begin();
    else if (line.type === "drainPages") orders.drainPages();
    else if (line.type === "link") {
      if (socket instanceof Socket) orders.link(socket);
    } else followOrder(line as OrderLine, orders);
  });
  process.on("disconnect", () => process.exit(1));
  if (side.hasLink) orders.link(new Socket({ fd: LINK_FD, readable: true, writable: true }));
  // A supervisor that was killed hears nothing; then the channel closes, which ends this process.
  const send = (line: object) => void process.send?.(line, undefined, {}, () => {});
  setInterval(() => send({ type: "alive" }), ALIVE_EVERY_MS).unref();
  return {
    ...toldBy(send),
    go,
    opened: () => send({ type: "opened" }),
    signalled: (signal) => send({ type: "signal", signal }),
  };
}
