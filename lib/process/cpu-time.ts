import { readFileSync } from "node:fs";

/** The kernel tells times to programs in hundredths of a second, whatever its own clock is (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * Returns the CPU seconds of this process and of all ended descendants that somebody waited for, from /proc/self/stat
 * (utime, stime, cutime and cstime; see proc_pid_stat(5)); undefined where the system has no such file.
 */
export function cpuSeconds(): number | undefined {
  let stat: string;
  try {
    stat = readFileSync("/proc/self/stat", "utf8");
  } catch {
    return undefined;
  }
  // The command's name may contain spaces and parentheses, so the fields start after the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_PER_SECOND;
}
