/** The server's connection with its runners: begun when it is needed first, and tried until a NATS node answers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunnerSettings } from "@/lib/env/runners";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { keyPools } from "@/lib/nats/credentials/pools";
import { openCell } from "@/lib/nats/open";
import type { CellLink, CellOptions } from "@/lib/nats/port";
import type { Timers } from "@/lib/time/timers";

export interface Cell {
  /** Returns the link while NATS is there, else null. */
  link(): CellLink | null;
  /** Returns why there is no link, as one sentence; null: there is one. */
  problem(): string | null;
  /** Calls the listener whenever a runner or NATS itself comes, goes or says something new. Returns a function that removes it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface CellSources {
  settings: RunnerSettings;
  dataDir: string;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

const TRY_EVERY_MS = 2_000;

/** Begins to connect. Null: no NATS is configured. */
export function openRunnerCell(sources: CellSources): Cell | null {
  const { settings, dataDir, timers, report } = sources;
  if (settings.nats.length === 0) return null;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  let link: CellLink | null = null;
  let problem = "NATS has not answered yet.";
  let isClosed = false;
  const poolOf = keyPools(dataDir);
  const onWrongPool = wrongPoolReports(report);
  let endWait = () => {};
  const connect = async (): Promise<void> => {
    try {
      const opened = await openCell({ ...optionsOf(settings, dataDir), poolOf, onWrongPool });
      if (isClosed) return await opened.close();
      link = opened;
      for (const hear of [opened.presence.onChange, opened.onLost, opened.onBack]) hear(tell);
      tell();
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      if (sentence !== problem) report(`The server has no connection with its runners. ${sentence}`);
      problem = sentence;
      if (!isClosed) endWait = timers.after(TRY_EVERY_MS, again);
    }
  };
  const again = () => {
    connecting = connect();
  };
  let connecting = connect();
  return {
    link: () => (link?.isUp() ? link : null),
    problem: () => {
      if (link === null) return problem;
      return link.isUp() ? null : "The connection with NATS is lost, and is being made again.";
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      isClosed = true;
      endWait();
      await connecting;
      await link?.close();
    },
  };
}

/** Resolves when something about runners changes, after this time, or when the signal is aborted. */
export function untilChange(cell: Cell, timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ends: (() => void)[] = [];
    const done = () => {
      for (const end of ends) end();
      resolve();
    };
    ends.push(timers.after(ms, done), cell.onChange(done));
    signal?.addEventListener("abort", done, { once: true });
    ends.push(() => signal?.removeEventListener("abort", done));
    if (signal?.aborted) done();
  });
}

/** Reports each runner and pool once: a runner repeats its announcement. */
function wrongPoolReports(report: CellSources["report"]): NonNullable<CellOptions["onWrongPool"]> {
  const reported = new Set<string>();
  return ({ runner, announced, pool }) => {
    const key = `${runner} ${announced} ${pool}`;
    if (reported.has(key)) return;
    reported.add(key);
    report(
      `The runner ${runner} announces the pool ${announced}, but its key is for the pool ${pool}, so it gets no work. Start it with --pool ${pool}, or run npx banyan runner credentials ${runner} --pool ${announced}.`,
    );
  };
}

/** Throws NatsError, and an error with a sentence for a wrong file. */
function optionsOf({ nats, ca }: RunnerSettings, dataDir: string) {
  const { cell, seed } = readKeyFile(join(dataDir, "nats", "server.nk"));
  return { servers: nats, cell, seed, ...(ca !== null && { ca: caIn(ca) }) };
}

function caIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(`The file ${file} of BANYAN_NATS_CA cannot be read (${code}): name a certificate as PEM.`);
  }
}
