import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface RunningServer {
  /** The process that has to end to stop the server. */
  pid: number;
  url: string;
}

/** Returns the server that uses the data folder; null when none runs. */
export function runningServer(dataDir: string): RunningServer | null {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as RunningServer;
    process.kill(pid, 0);
    return { pid, url };
  } catch {
    return null;
  }
}

/** Returns the address of the server that uses the data folder; null when none runs. */
export function runningAt(dataDir: string): string | null {
  return runningServer(dataDir)?.url ?? null;
}
