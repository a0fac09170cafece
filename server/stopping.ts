/** Ends a server for a signal, a person, its launcher or its supervisor, and hears the orders of the last two. */
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { type LaterOrders, laterOrders } from "@/agents/boot/follow-launcher";
import type { Journal } from "@/agents/boot/journal";
import type { Runtime } from "@/agents/boot/runtime-parts";
import type { keepWebRow } from "@/agents/boot/web-row";
import type { Worker } from "@/agents/worker/worker";
import type { Settings } from "@/lib/env";
import type { Launch } from "@/lib/process/launch";
import { type LauncherChannel, openLauncherChannel } from "@/lib/process/launcher-channel";
import { openSideChannel, type Side, type SideChannel } from "@/lib/process/side";
import type { WebServer } from "./web";

/** At shutdown, tasks in a model or tool call get this long to reach the end of their turn; then the call is cut. */
const GRACE_MS = 30_000;

/** The parts that end. */
interface Running {
  runtime: Runtime;
  worker: Pick<Worker, "id" | "active" | "stop"> | null;
  web: WebServer | null;
  /** Set without a worker. */
  webRow: Awaited<ReturnType<typeof keepWebRow>> | null;
  settings: Settings;
  journal: Journal;
}

export interface Stopping {
  /** To the launcher, directly or through the supervisor; null: nobody runs this process. */
  channel: LauncherChannel | null;
  side: SideChannel | null;
  orders: LaterOrders;
  /** Sockets to the other side; those that come before `begin` wait for it. */
  link: ReturnType<typeof laterLink>;
  /** Ends the server for a person. */
  shutDown(by: string): void;
  /** Ends the server for a person, and lets its launcher start it again after `restMs`; null: there is no launcher. */
  restart: ((by: string, restMs: number) => void) | null;
  /** From now on a stop ends the running parts, then calls `ends`. */
  begin(running: Running, ends: (() => unknown)[]): void;
}

/** Lets people, the launcher and the supervisor end the process, and remembers who asked. */
export function openStopping(launch: Launch | null, side: Side | null, makePermanent: () => void): Stopping {
  let asked: string | null = null;
  // Until it runs there is nothing to end in order.
  let stop: (by: string) => void = () => process.exit(0);
  let drainPages = () => {};
  const end = (by: string) => {
    const isSignal = by === "SIGINT" || by === "SIGTERM";
    if (!isSignal) asked ??= by;
    if (side) stop(by);
    else process.kill(process.pid, by === "SIGINT" ? by : "SIGTERM");
  };
  const orders = laterOrders(makePermanent);
  const link = laterLink();
  const passOn = { stop: end, ...orders.passOn, drainPages: () => drainPages(), link: link.take };
  const sideChannel = side && openSideChannel(side, passOn);
  // A terminal that closes signals all processes of its group; their supervisor decides whether that ends the server.
  if (side) process.on("SIGHUP", () => {});
  const channel = sideChannel ?? (launch && openLauncherChannel(passOn));
  return {
    channel,
    side: sideChannel,
    orders,
    link,
    shutDown(by) {
      if (!channel) return end(by);
      asked = by;
      channel.ask("stop", by);
    },
    restart:
      launch &&
      ((by, restMs) => {
        asked = by;
        channel?.ask("restart", by, restMs);
      }),
    begin(running, ends) {
      const journalStop = (by: string) => running.journal.stopped(asked === null ? "signal" : "asked", asked ?? by);
      stop = stopOnce(running, journalStop, ends);
      drainPages = () => running.web?.drain();
      process.on("SIGTERM", () => (sideChannel ? sideChannel.signalled("SIGTERM") : stop("SIGTERM")));
      // A terminal sends it to both sides and their supervisor, which ends them.
      process.on("SIGINT", () => (sideChannel ? undefined : stop("SIGINT")));
    },
  };
}

function laterLink() {
  let begun: ((socket: Socket) => void) | null = null;
  let waiting: Socket | null = null;
  return {
    take(socket: Socket): void {
      waiting?.destroy();
      if (begun) begun(socket);
      else waiting = socket;
    },
    begin(take: (socket: Socket) => void): void {
      begun = take;
      if (waiting) take(waiting);
      waiting = null;
    },
  };
}

/**
 * The first signal stops after the present turn of each task; a second signal exits immediately. Neither loses work.
 */
function stopOnce(
  { runtime, worker, web, webRow, settings }: Running,
  journalStop: (by: string) => Promise<void>,
  ends: (() => unknown)[],
): (by: string) => void {
  let stopping = false;
  const stop = async (by: string) => {
    if (stopping) process.exit(130);
    stopping = true;
    // A full disk may block the last writes. Exit anyway; the next start decides them again.
    setTimeout(() => process.exit(1), GRACE_MS + 10_000).unref();
    if (worker && worker.active() > 0) console.log(`Stopping: ${turnsEnd(worker.active())}.`);
    await journalStop(by);
    // Pages answer while turns end: people read, and what they ask for waits in the database.
    web?.drain();
    if (worker) await worker.stop(GRACE_MS);
    if (webRow) await runtime.store.workers.leave(await webRow.stop());
    await web?.close();
    await journalStop(by);
    // The file names the process that answers.
    if (web) rmSync(join(settings.dataDir, "server.json"), { force: true });
    await Promise.all(ends.map((end) => end()));
    await runtime.close();
    process.exit(0);
  };
  return (by) => void stop(by);
}

/** "1 task finishes its turn", "2 tasks finish their turns". */
function turnsEnd(active: number): string {
  return active === 1 ? "1 task finishes its turn" : `${active} tasks finish their turns`;
}
