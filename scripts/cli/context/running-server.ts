import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the address of the server that uses the data folder; null when none runs. */
export function runningAt(dataDir: string): string | null {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as { pid: number; url: string };
    process.kill(pid, 0);
    return url;
  } catch {
    return null;
  }
}
