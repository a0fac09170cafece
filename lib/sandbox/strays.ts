/**
 * Bubblewrap makes its sandbox's first process, and only then lets it go on. When bubblewrap is killed in between, that
 * process waits for ever: it has run nothing, but it is there. It is known by its parent, which is no bubblewrap.
 */
import fs from "node:fs";

const PID = /^\d+$/;
/** As `bubblewrap.ts` writes them; nobody else's sandboxes have all of these. */
const MARK = "\0--hostname\0sandbox\0--die-with-parent\0--new-session\0";

export function endStrays(proc = "/proc"): void {
  for (const pid of fs.readdirSync(proc).filter((name) => PID.test(name))) {
    const status = read(`${proc}/${pid}/status`);
    if (field(status, "Name") !== "bwrap" || !/\s1$/.test(field(status, "NSpid") ?? "")) continue;
    if (!read(`${proc}/${pid}/cmdline`).includes(MARK)) continue;
    const parent = read(`${proc}/${field(status, "PPid")}/status`);
    // A parent that ended meanwhile took its sandbox along, or left a stray for the next look.
    if (parent === "" || field(parent, "Name") === "bwrap") continue;
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It is gone, or another user's.
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
