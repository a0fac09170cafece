/** The server for a program that a client has started, such as `banyan mcp`: the client should not have to start it too. */
import { setTimeout as sleep } from "node:timers/promises";
import { startCommand } from "@/lib/places";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { sentenceOf } from "@/scripts/cli/context/failure";
import { INTERRUPTED } from "@/scripts/cli/context/interrupt";
import { runningAt } from "@/scripts/cli/context/running-server";
import { UsageError, warn } from "@/scripts/cli/print/output";
import { serverFor } from "./server";

/** Clients give up their first request after half a minute; a first start can take longer. */
const PATIENCE_MS = 25_000;
const STARTING =
  "Banyan's server is still starting: its first start prepares the pages, which can take minutes. Reconnect in a while.";

export interface StartedServer {
  /** Resolves with the address of the server. Throws UsageError with a sentence for the client while there is none. */
  address(): Promise<string>;
  /** Stops waiting for a server that is starting; it keeps starting. */
  close(): void;
}

/** Finds the server of the data folder, or starts one that outlives the client, unless `--no-start` is given. */
export function startedServer(context: Context, flags: Flags): StartedServer {
  const { dataDir } = context.settings;
  const stopped = new AbortController();
  const { signal } = stopped;
  let failure: UsageError | null = null;
  const isMissing = runningAt(dataDir) === null;
  const mayStart = isMissing && flags.start !== false;
  // People find the sentence in the client's log; the client gets it as the error of its request.
  if (isMissing && !mayStart) warn(noServer());
  const isThere = mayStart ? serverFor({ context, isNamed: flags.data !== undefined, signal }) : Promise.resolve(null);
  const isSettled = isThere.then(
    (found) => {
      // A signal has ended the wait, and the listener has taken it: the program ends as it would have without one.
      if (mayStart && found === null && !signal.aborted) process.exit(INTERRUPTED);
    },
    (error: unknown) => {
      failure = new UsageError(sentenceOf(error));
      warn(failure.message);
    },
  );
  return {
    async address() {
      const late = new AbortController();
      const isLate = await Promise.race([
        isSettled.then(() => false),
        sleep(PATIENCE_MS, true, { signal: late.signal }).catch(() => true),
      ]);
      late.abort();
      const url = runningAt(dataDir);
      if (url !== null) return url;
      throw isLate ? new UsageError(STARTING) : (failure ?? new UsageError(noServer()));
    },
    close: () => stopped.abort(),
  };
}

function noServer(): string {
  return `No server runs on this data folder. Start Banyan with \`${startCommand()}\`, then try again.`;
}
