/**
 * Ends first processes that a killed bubblewrap left behind. Bubblewrap creates its sandbox's first process and then
 * releases it; a kill in between leaves that process waiting forever, having run nothing. It is recognised by its
 * parent, which is not bubblewrap.
 */
import fs from "node:fs";

const PID = /^\d+$/;
/** The arguments that `bubblewrap.ts` writes; no other sandbox has all of them. */
const MARK = "\0--hostname\0sandbox\0--die-with-parent\0--new-session\0";

export function endStrays(proc = "/proc"): void {
  for (const pid of fs.readdirSync(proc).filter((name) => PID.test(name))) {
    const status = read(`${proc}/${pid}/status`);
    if (field(status, "Name") !== "bwrap" || !/\s1$/.test(field(status, "NSpid") ?? "")) continue;
    if (!read(`${proc}/${pid}/cmdline`).includes(MARK)) continue;
    const parent = read(`${proc}/${field(status, "PPid")}/status`);
    // A parent that has just ended took its sandbox with it, or left a stray for the next check.
    if (parent === "" || field(parent, "Name") === "bwrap") continue;
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended, or belongs to another user.
    }
  }
}

function field(status: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1];
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
