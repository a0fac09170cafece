/** Processes of a machine without /proc, such as macOS, as `ps` shows them. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** False on macOS, which has no /proc. */
export const HAS_PROC = existsSync("/proc/self/stat");

export interface ShownProcess {
  pid: number;
  parent: number;
  /** When it started, to the second. */
  start: string;
}

const COLUMNS = ["-o", "pid=", "-o", "ppid=", "-o", "stat=", "-o", "lstart="];
const ROW = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/;

/** Returns null for a process that there is not, or that is a zombie. Throws when `ps` cannot be started. */
export function processByPs(pid: number): ShownProcess | null {
  return rowsOf(["-p", String(pid)])[0] ?? null;
}

/** Throws when `ps` cannot be started. */
export function allByPs(): ShownProcess[] {
  return rowsOf(["-A"]);
}

/** Returns the command lines of all processes, as one text each. Throws when `ps` cannot be started. */
export function commandsByPs(): Map<number, string> {
  const found = spawnSync("ps", ["-A", "-ww", "-o", "pid=", "-o", "command="], { encoding: "utf8" });
  if (found.error) throw found.error;
  const rows = found.stdout.split("\n").flatMap((line) => {
    const [, pid, command = ""] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [[Number(pid), command] as const];
  });
  return new Map(rows);
}

function rowsOf(which: string[]): ShownProcess[] {
  // `ps` ends with 1 when it finds none. The language decides how it writes dates.
  const found = spawnSync("ps", [...which, ...COLUMNS], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (found.error) throw found.error;
  return found.stdout.split("\n").flatMap((line) => {
    const [, pid, parent, state = "", start = ""] = ROW.exec(line) ?? [];
    return pid === undefined || state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), start }];
  });
}

/** Returns what macOS names the present boot by; empty where that is unknown. */
export function bootSession(): string {
  try {
    return execFileSync("sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "";
  }
}
