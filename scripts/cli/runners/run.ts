/** `runner`: does what a server asks, until it is interrupted. It needs no server on this machine, and no database. */
import { mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { isName } from "@/lib/nats/names";
import { openRunner } from "@/lib/nats/open";
import { tryLockFile } from "@/lib/process/file-lock";
import { emptyPlaces, startRunner } from "@/lib/runner/runner";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { createTerminals } from "@/lib/terminals/terminals";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { INTERRUPTED, listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { print, printJsonLine, UsageError, warn } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

/** How long commands may go on after the first Ctrl-C; a second one ends the process at once. */
const DRAIN_MS = 60_000;

export async function run(context: Context, _: Arguments, flags: Flags): Promise<number> {
  const wanted = wantedOf(context, flags);
  const { servers, pool, slots, key, ca } = wanted;
  const dataDir = join(context.settings.dataDir, "runner", key.user);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = tryLockFile(join(dataDir, "lock"));
  if (lock === null) throw new UsageError(`The runner ${key.user} runs on this machine already: end that one first.`);
  const interrupt = listenForInterrupt();
  const sandbox = createSandbox({
    maxWorkspaceBytes: context.settings.maxWorkspaceBytes,
    limits: { memoryBytes: context.settings.maxCommandBytes },
  });
  try {
    const status = await sandbox.status();
    if (!status.available) throw new UsageError(`A runner needs the sandbox: ${status.reason}`);
    // What a former start has left belongs to trees that may have moved since.
    await emptyPlaces(dataDir);
    const link = await openRunner({ servers, cell: key.cell, seed: key.seed, runner: key.user, ...(ca && { ca }) });
    const say = (sentence: string) => (context.json ? printJsonLine({ said: sentence }) : warn(sentence));
    const runner = await startRunner({
      link,
      pool,
      slots,
      version: context.version,
      dataDir,
      sandbox,
      terminals: createTerminals(sandbox),
      store: createSnapshotStore({ dir: join(dataDir, "snapshots") }),
      say,
      searchPath: context.settings.searchPath,
    });
    const told = { runner: key.user, cell: key.cell, pool, slots };
    if (context.json) printJsonLine({ state: "ready", ...told });
    else print(`The runner ${key.user} of the pool ${pool} takes calls of the cell ${key.cell}. Ctrl-C drains it.`);
    await new Promise<void>((done) => interrupt.onRequest(done));
    await drained(runner, link, say);
    return INTERRUPTED;
  } finally {
    sandbox.close();
    interrupt.close();
    lock.release();
  }
}

async function drained(
  runner: Awaited<ReturnType<typeof startRunner>>,
  link: Awaited<ReturnType<typeof openRunner>>,
  say: (sentence: string) => void,
): Promise<void> {
  say("Takes no new work, and waits for the commands that run: at most a minute. Ctrl-C again ends them now.");
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, DRAIN_MS);
  });
  await Promise.race([runner.drain(), late]);
  clearTimeout(timer);
  await runner.close();
  await Promise.race([link.settled(), new Promise<void>((done) => setTimeout(done, SETTLE_MS).unref())]);
  await link.leave();
  await link.close();
}

/** How long outcomes may take until they are stored, when NATS is away. */
const SETTLE_MS = 5_000;

function wantedOf({ cwd }: Context, flags: Flags) {
  const nats = textFlag(flags, "nats");
  if (nats === undefined)
    throw new UsageError("No NATS node is named: give one with --nats, such as --nats tls://nats.example.org:4222.");
  const keyFile = textFlag(flags, "key");
  if (keyFile === undefined)
    throw new UsageError(
      "No key is named: make one on the server's machine with npx banyan runner credentials NAME, and give its file with --key.",
    );
  const named = textFlag(flags, "pool");
  if (named !== undefined && !isName(named))
    throw new UsageError(
      `The pool cannot be called ${oneLine(named)}: use small letters, digits and "-", at most 40 characters.`,
    );
  const slots = numberFlag(flags, "slots", { whole: true, least: 1, most: 1_000 }) ?? availableParallelism();
  const key = readKeyFile(resolve(cwd, keyFile));
  const pool = named ?? key.pool ?? "default";
  const servers = nats.split(",").map((url) => url.trim());
  return { servers, pool, slots, key, ca: caIn(cwd, textFlag(flags, "ca")) };
}

function caIn(cwd: string, file: string | undefined): string | null {
  if (file === undefined) return null;
  try {
    return readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UsageError(`The file ${oneLine(file)} of --ca cannot be read (${code}): name a certificate as PEM.`);
  }
}
