import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runs, startOf } from "@/launcher/lock.mjs";

export interface RunningServer {
  /** The process that has to end to stop the server. */
  pid: number;
  url: string;
  /** The options of `serve` with which it starts at the same address; an older one tells only its port. */
  startedWith: string[];
}

/** What a server writes about itself. */
interface Announced {
  pid: number;
  /** When the process started, so that a later one with its number is not taken for it; "": not known, as on macOS. */
  started?: string;
  url: string;
  port?: unknown;
  host?: unknown;
  role?: unknown;
}

function optionsOf({ port, host, role }: Announced): string[] {
  return [
    ...(typeof port === "number" ? ["--port", String(port)] : []),
    ...(typeof host === "string" ? ["--host", host] : []),
    ...(typeof role === "string" && role !== "all" ? ["--role", role] : []),
  ];
}

/** Returns the server that uses the data folder; null when none runs. */
export function runningServer(dataDir: string): RunningServer | null {
  try {
    const told = JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as Announced;
    if (!runs(told.pid, told.started || startOf(told.pid))) return null;
    return { pid: told.pid, url: told.url, startedWith: optionsOf(told) };
  } catch {
    return null;
  }
}

/** Returns the address of the server that uses the data folder; null when none runs. */
export function runningAt(dataDir: string): string | null {
  return runningServer(dataDir)?.url ?? null;
}
