/** The messages between a server and its launcher: one JSON object a line over an inherited descriptor. */
import { Socket } from "node:net";
import type { ReleasesStatus } from "@/core/shapes/improving/self";
import { eachLine } from "./lines";

const CHANNEL_FD = 4;

/** What a server does while it starts: `STEPS` in `launcher/start-watch.mjs` has the words. */
type StartStep = "database" | "configuration" | "worker" | "pages";

export interface LauncherChannel {
  /** Tells which step of its start the server begins, so that a slow machine is not taken for a server that hangs. */
  doing(step: StartStep): void;
  /** Tells that the server listens, with the levels of its database; again when it has raised the level. */
  ready(told: { level: number; reads: number; url: string | null }): void;
  /** A server only asks; the launcher decides. `by` is the person or task that wants it. `restMs`: a restart begins again after so long. */
  ask(what: "restart" | "stop" | "halt" | "resume", by: string, restMs?: number): void;
  /** Gives the launcher a change that a person approved. It takes the same commit once. */
  release(approved: ApprovedRelease): void;
  /** Tells that nothing runs any more, or what a call waits for. */
  drained(busy: string | null): void;
  /** Tells that the leftovers of a trial have been repaired. */
  settled(n: number): void;
}

export interface ApprovedRelease {
  item: string;
  commit: string;
  by: string;
  /** The digest of the gates' report, and its folder. */
  gates: string;
  evidence: string;
  /** The approved commit that this one replaces on the release that runs. Absent: a person approved exactly this one. */
  carried?: string;
}

export interface LauncherOrders {
  /** Turns end, then the process. `by` is a person, or the signal that the launcher got. */
  stop(by: string): void;
  /** The release is no longer on trial. */
  makePermanent(): void;
  /** Runs a small tree that has the nonce in its result. `asks`: it also runs a command, and asks for an approval, which the launcher's probe gives. */
  canary(nonce: string, asks: boolean): void;
  /** From now on everybody's tasks are claimed. */
  claim(): void;
  /** Claims nothing more: turns end in the first time, calls that should not be cut in the second. */
  drain(limits: { turnMs: number; callMs: number }): void;
  resume(): void;
  status(status: ReleasesStatus): void;
}

/** An order as the launcher writes it. */
export interface OrderLine {
  type: string;
  by?: string;
  nonce?: string;
  asks?: boolean;
  turnMs?: number;
  callMs?: number;
  status?: ReleasesStatus;
}

export function openLauncherChannel(orders: LauncherOrders): LauncherChannel {
  return toldBy(openLauncherLines((line) => followOrder(line, orders)));
}

/** Calls `hear` with each order of the launcher. Returns the function that sends a line to it. */
export function openLauncherLines(hear: (line: OrderLine) => void): (line: object) => void {
  const socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
  // Without its launcher the process would hold the port against the next one. Committed work is safe.
  socket.on("close", () => process.exit(1));
  socket.on("error", () => socket.destroy());
  eachLine(socket, (line) => hear(JSON.parse(line) as OrderLine));
  return (line) => void socket.write(`${JSON.stringify(line)}\n`);
}

/** Calls what an order stands for; orders of a later launcher are ignored. */
export function followOrder(line: OrderLine, orders: LauncherOrders): void {
  const { type, by = "the launcher", nonce = "", asks = false, turnMs = 0, callMs = 0, status } = line;
  if (type === "stop") orders.stop(by);
  if (type === "permanent") orders.makePermanent();
  if (type === "canary") orders.canary(nonce, asks);
  if (type === "claim") orders.claim();
  if (type === "drain") orders.drain({ turnMs, callMs });
  if (type === "resume") orders.resume();
  if (type === "status" && status) orders.status(status);
}

/** Returns what a server tells its launcher, each as one line. */
export function toldBy(send: (line: object) => void): LauncherChannel {
  return {
    doing: (step) => send({ type: "doing", step }),
    ready: (told) => send({ type: "ready", ...told }),
    ask: (what, by, restMs) => send({ type: "ask", what, by, ...(restMs !== undefined && { restMs }) }),
    release: (approved) => send({ type: "release", ...approved }),
    drained: (busy) => send({ type: "drained", busy }),
    settled: (n) => send({ type: "settled", n }),
  };
}
