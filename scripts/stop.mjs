import "./check-node.mjs";
import { setTimeout as sleep } from "node:timers/promises";
import { runs, startOf } from "../launcher/lock.mjs";
import { option } from "./places.mjs";
import { runningServer } from "./port.mjs";
import { runEntry, SetupError, say } from "./say.mjs";
import { loadSettings } from "./settings.mjs";

/** A server ends when its running turns end, and a model may be in the middle of a long answer. */
const LONGEST_STOP_MS = 120_000;
const POLL_MS = 50;
const ANSWER_MS = 5_000;

// Stops the server of this data folder gracefully and returns when it has ended.
await runEntry(async () => {
  loadSettings();
  const server = runningServer(option(process.argv, "--data"));
  if (!server || !(server.started || (await answers(server.url)))) return say("No server runs for this data folder.");
  const started = server.started || startOf(server.pid);
  say(`Stopping the server (process ${server.pid}) …`);
  process.kill(server.pid, "SIGTERM");
  for (const startedMs = Date.now(); Date.now() - startedMs < LONGEST_STOP_MS; await sleep(POLL_MS)) {
    if (!runs(server.pid, started)) return;
  }
  throw new SetupError(
    `Process ${server.pid} has not ended within two minutes: check its log, or end it with \`kill -9 ${server.pid}\` (nothing is lost), then start again.`,
  );
});

/** Whether Banyan answers at the address, also an unwell one. @param {string} url */
async function answers(url) {
  try {
    const answer = await fetch(`${url}/health`, { redirect: "error", signal: AbortSignal.timeout(ANSWER_MS) });
    return "instance" in (await answer.json());
  } catch {
    return false;
  }
}
