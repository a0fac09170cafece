/** One side of a server, as a separate process. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Launch } from "@/lib/process/launch";
import { type FromSide, LINK_FD, type Side, type SideName, type ToSide, toldSide } from "@/lib/process/side";

/** Runs the program that this process runs, with the same arguments. */
const RUN = "const [entry, ...argv] = process.argv.slice(1); await (await import(entry)).main(argv);";

export interface SidePlan {
  name: SideName;
  /** The address of the module with the server's `main`. */
  entry: string;
  argv: string[];
  launch: Launch | null;
  /** The bound port; null: the side binds it. */
  port: { fd: number; port: number } | null;
  isFirst: boolean;
  isDraining: boolean;
  hasLink: boolean;
}

export interface SideProcess {
  name: SideName;
  /** The other side's end of the socket between them. */
  link: Socket | null;
  /** Resolves with how it ended, and with its status. */
  ended: Promise<SideEnd>;
  hasEnded(): boolean;
  tell(line: ToSide, socket?: Socket): void;
  kill(): void;
}

export interface SideEnd {
  /** Continues a sentence: "The worker …". */
  how: string;
  status: number;
}

export function startSide(plan: SidePlan, hear: (line: FromSide) => void): SideProcess {
  const { name, port, isFirst, isDraining, hasLink } = plan;
  const side: Side = { name, isFirst, isDraining, hasLink, port: port?.port ?? null, supervisorPid: process.pid };
  const child = spawned(plan, side);
  if (child instanceof Error) return unstarted(name, child);
  child.on("message", (line) => hear(line as FromSide));
  let isOver = false;
  const ended = endOf(child).then((end) => {
    isOver = true;
    return end;
  });
  return {
    name,
    link: hasLink ? unread((child.stdio as unknown as Socket[])[LINK_FD]) : null,
    ended,
    hasEnded: () => isOver,
    tell(line, socket) {
      // A side that has just ended reads nothing; the event of its end follows.
      if (child.connected) child.send(line, socket, {}, () => {});
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Without memory for a process, spawn throws; it reports all other faults later. */
function spawned({ name, entry, argv, launch, port, hasLink }: SidePlan, side: Side): ChildProcess | Error {
  const isPages = name === "web";
  try {
    return spawn(process.execPath, ["--input-type=module", "-e", RUN, "--", entry, ...argv], {
      // It stays in this process's group, so that a signal to the group ends both sides.
      env: { ...process.env, ...toldSide(side), ...(launch && { BANYAN_LAUNCH: JSON.stringify(launch) }) },
      stdio: [
        ...(["ignore", "inherit", "inherit"] as const),
        isPages && port ? port.fd : "ignore",
        "ignore",
        hasLink ? "pipe" : "ignore",
        "ipc",
      ],
    });
  } catch (error) {
    return error as Error;
  }
}

function unstarted(name: SideName, { message }: Error): SideProcess {
  const end = { how: `could not be started (${message})`, status: 1 };
  return { name, link: null, ended: Promise.resolve(end), hasEnded: () => true, tell() {}, kill() {} };
}

/**
 * Node reads from a child's pipe at once, until the pipe has been handed to another process: lines that it read before
 * would be lost.
 */
function unread(socket: Socket | undefined): Socket | null {
  const { _handle: handle } = (socket ?? {}) as { _handle?: { readStop(): void } };
  handle?.readStop();
  return socket ?? null;
}

function endOf(child: ChildProcess): Promise<SideEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ how: `could not be started (${error.message})`, status: 1 }));
    child.once("exit", (status, signal) =>
      resolve({ how: signal ? `was ended by ${signal}` : `ended with status ${status}`, status: status ?? 1 }),
    );
  });
}
