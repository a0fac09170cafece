import "./check-node.mjs";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { option } from "./places.mjs";
import { runningServer } from "./port.mjs";
import { runEntry, SetupError, say } from "./say.mjs";
import { loadSettings } from "./settings.mjs";

/** A server ends when its running turns end, and a model may be in the middle of a long answer. */
const LONGEST_STOP_MS = 120_000;
const POLL_MS = 50;

// Stops the server of this data folder gracefully and returns when it has ended.
await runEntry(async () => {
  loadSettings();
  const server = runningServer(option(process.argv, "--data"));
  if (!server || !isNode(server.pid)) return say("No server runs for this data folder.");
  say(`Stopping the server (process ${server.pid}) …`);
  process.kill(server.pid, "SIGTERM");
  for (const startedMs = Date.now(); Date.now() - startedMs < LONGEST_STOP_MS; await sleep(POLL_MS)) {
    if (!isNode(server.pid)) return;
  }
  throw new SetupError(
    `Process ${server.pid} has not ended within two minutes: check its log, or end it with \`kill -9 ${server.pid}\` (nothing is lost), then start again.`,
  );
});

/**
 * Whether a process is alive and is Node. The file of a crashed server may name a process number that another program has now.
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
