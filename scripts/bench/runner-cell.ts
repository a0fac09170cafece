/** A cell for the bench: one real node of NATS, runners as `banyan runner` starts them, and the server's link in this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { accountsOf } from "@/lib/nats/credentials/accounts";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { makeCredentials } from "@/lib/nats/credentials/make";
import { openCell } from "@/lib/nats/open";
import type { CellLink, LinkOptions } from "@/lib/nats/port";
import { type NatsNodes, startNats } from "@/lib/nats/testing/nats-server";
import { giveToTools } from "@/lib/process/tools-identity";
import { placeCaller } from "@/lib/runner/caller";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { createTerminals } from "@/lib/terminals/terminals";
import { localWorkplaces } from "@/lib/workplace/local/local";
import type { Workplace, WorkplaceFolder } from "@/lib/workplace/port";
import { type PlaceCaller, remoteWorkplace } from "@/lib/workplace/remote";
import { findNatsServer } from "../system.mjs";
import type { Row } from "./rows/row";
import { benchFolder } from "./trial";

export const SLOTS = 4;
/** How a runner ends that was interrupted. */
const INTERRUPTED = 130;
const MOST_SAID = 4_000;

export interface BenchCell {
  link: CellLink;
  nats: NatsNodes;
  /** Absolute. */
  folder: string;
  /** How the user of a runner reaches NATS. */
  optionsOf(runner: string): LinkOptions;
  /** Starts processes of runners with `SLOTS` slots; resolves when the server hears all of them. */
  start(runners: readonly string[]): Promise<void>;
  /** Makes the folder of a tree on a runner. `seen`: the caller, with what the measurement adds. */
  remote(runner: string, tree: string, seen?: (caller: PlaceCaller) => PlaceCaller): Promise<Workplace>;
  /** Makes the folder of a tree on this machine. */
  local(tree: string): Workplace;
}

/** Runs the work in a cell that knows these runners. Without nats-server it says so, and there are no rows. */
export async function inCell(runners: readonly string[], work: (cell: BenchCell) => Promise<Row[]>): Promise<Row[]> {
  if (!findNatsServer()) {
    console.error(
      "There is no nats-server on this machine, so runners are not measured: install it, and run this again.",
    );
    return [];
  }
  const folder = mkdtempSync(join(benchFolder(), "runners-"));
  // The tools' user must be able to enter the folder.
  chmodSync(folder, 0o755);
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    return await work(await startCell(folder, runners, closing));
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** `closing` gets what ends the parts, in the order of their starts. */
async function startCell(folder: string, runners: readonly string[], closing: (() => unknown)[]): Promise<BenchCell> {
  for (const runner of runners) makeCredentials({ dataDir: folder, runner });
  const users = JSON.parse(readFileSync(join(folder, "nats", "users.json"), "utf8"));
  const nats = await startNats({ accounts: accountsOf(users) });
  closing.push(nats.close);
  const { cell, seed } = readKeyFile(join(folder, "nats", "server.nk"));
  const link = await openCell({ servers: nats.urls, cell, seed });
  closing.push(link.close);
  const store = createSnapshotStore({ dir: join(folder, "snapshots") });
  closing.push(store.close);
  const sandbox = createSandbox();
  const terminals = createTerminals(sandbox);
  closing.push(sandbox.close, terminals.close);
  const keyOf = (runner: string) => join(folder, "nats", `runner-${runner}.nk`);
  return {
    link,
    nats,
    folder,
    optionsOf: (runner) => ({ servers: nats.urls, cell, seed: readKeyFile(keyOf(runner)).seed }),
    async start(names) {
      const heard = untilHeard(link, names);
      for (const name of names) {
        const child = spawnRunner(["--nats", nats.urls.join(","), "--key", keyOf(name), "--data", join(folder, name)]);
        closing.push(() => end(child));
      }
      await heard;
    },
    async remote(runner, tree, seen = (caller) => caller) {
      const bootId = link.presence.list().find((record) => record.runner === runner)?.bootId ?? "";
      const caller = seen(await placeCaller({ link, runner, bootId, place: 1 }));
      const requested = { tree, task: "task", owner: null, hidden: [], isReadOnly: false, guardsGit: false };
      await caller.ask({ folder: requested, part: "place", operation: "makeFolder", args: [] });
      return remoteWorkplace(folderOf(folder, tree), { caller, store });
    },
    local(tree) {
      const named = folderOf(folder, tree);
      mkdirSync(named.root, { recursive: true });
      giveToTools(named.root);
      return localWorkplaces({ sandbox, terminals, snapshots: store }).of(named);
    },
  };
}

function folderOf(folder: string, tree: string): WorkplaceFolder {
  const [root, cacheDir] = [join(folder, "workspaces", tree), join(folder, "cache", tree)];
  return { tree, task: "task", owner: null, root, cacheDir, hiddenPaths: [] };
}

function spawnRunner(args: string[]): ChildProcess {
  const whole = ["scripts/banyan.mjs", "runner", "--slots", String(SLOTS), ...args];
  const child = spawn(process.execPath, whole, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-MOST_SAID);
  });
  child.once("exit", (code) => {
    if (code !== INTERRUPTED) console.error(`A runner ended with status ${code}: ${said}`);
  });
  return child;
}

/** Resolves when the server hears all of these runners. */
export function untilHeard({ presence }: CellLink, runners: readonly string[]): Promise<void> {
  const missing = new Set(runners);
  return new Promise((resolve) => {
    const unheard = presence.onChange((change) => {
      if (change.state === "present") missing.delete(change.record.runner);
      if (missing.size > 0) return;
      unheard();
      resolve();
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
