/**
 * Ends what a demo has started, also when the demo was killed. It reads the demo's pipe: a line is the process id of
 * the server, and the end of the pipe is the end of the demo. Its argument is the folder to remove, if any.
 */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Running turns end before; a server that takes longer is stuck. */
const STOP_MS = 15_000;
const LOOK_MS = 50;

const [folder] = process.argv.slice(2);
/** @type {number[]} */
const servers = [];
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => servers.push(Number(line)));
await once(lines, "close");
for (const pid of servers) await end(pid);
if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/** @param {number} pid of a server that leads its own process group */
async function end(pid) {
  const lastMs = Date.now() + STOP_MS;
  signal(pid, "SIGTERM");
  while (signal(pid, 0) && Date.now() < lastMs) await sleep(LOOK_MS);
  signal(-pid, "SIGKILL");
}

/** @param {number} pid @param {NodeJS.Signals | 0} name @returns {boolean} whether there is such a process */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
