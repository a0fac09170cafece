import "./check-node.mjs";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadDotenv } from "./dotenv.mjs";
import { runningServer } from "./port.mjs";
import { runEntry, SetupError, say } from "./say.mjs";
import { ROOT } from "./setup.mjs";

/** A server ends at the next boundary of its turns; a model may be in the middle of a long answer. */
const LONGEST_STOP_MS = 120_000;
const POLL_MS = 50;

// Stops the server that runs on this data folder, gracefully, and returns when it has ended.
await runEntry(async () => {
  loadDotenv(path.join(ROOT, ".env"));
  const server = runningServer();
  if (!server || !isNode(server.pid)) return say("No server runs on this data folder.");
  say(`Stopping the server (process ${server.pid}) …`);
  process.kill(server.pid, "SIGTERM");
  for (const startedMs = Date.now(); Date.now() - startedMs < LONGEST_STOP_MS; await sleep(POLL_MS)) {
    if (!isNode(server.pid)) return;
  }
  throw new SetupError(
    `Process ${server.pid} has not ended within two minutes: look at its log, or end it with \`kill -9 ${server.pid}\` (nothing is lost), then start again.`,
  );
});

/**
 * Whether a process lives and is a Node: a crashed server leaves its number behind, which the system gives to others.
 * @param {number} pid
 */
function isNode(pid) {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    if (/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return false;
    return /node|start\.mjs|banyan/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false;
  }
}
