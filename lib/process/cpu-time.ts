import { readFileSync } from "node:fs";

/** The kernel tells times to programs in hundredths of a second, whatever its own clock is (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * Returns the CPU seconds of this process and of all ended descendants that somebody waited for, from /proc/self/stat
 * (utime, stime, cutime and cstime; see proc_pid_stat(5)); undefined where the system has no such file.
 */
export function cpuSeconds(): number | undefined {
  return secondsIn("/proc/self/stat", 4);
}

/**
 * Returns the CPU milliseconds that the calling thread has used, in steps of ten; where the system does not tell them,
 * those of the whole process.
 */
export function threadCpuMs(): number {
  const seconds = secondsIn("/proc/thread-self/stat", 2);
  if (seconds !== undefined) return seconds * 1_000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Returns the sum of the first times: utime, stime, cutime, cstime. */
function secondsIn(file: string, times: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  // The command's name may contain spaces and parentheses, so the fields start after the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 11 + times).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_PER_SECOND;
}
