/** The first process of a sandbox: the kernel lets it end only after every other process in the sandbox has ended. */
import { statOf } from "@/lib/process/identity";

export interface FirstProcess {
  pid: number;
  /** When it began, in clock ticks since boot; null when it had ended before anybody looked. */
  start: string | null;
}

/** Throws when its start cannot be determined, for example without a file descriptor. */
export function firstProcessOf(pid: number): FirstProcess {
  return { pid, start: statOf(pid)?.start ?? null };
}

/**
 * Returns whether the process is still there; `unknown` when that cannot be determined now, for example without a file
 * descriptor. Its id may belong to another process by now, so it must not be killed then, and counts as not ended.
 */
export function isThere({ pid, start }: FirstProcess, stat: typeof statOf = statOf): boolean | "unknown" {
  if (start === null) return false;
  try {
    return stat(pid)?.start === start;
  } catch {
    return "unknown";
  }
}
