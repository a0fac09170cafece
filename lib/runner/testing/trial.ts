/** A runner and the server's half on a real NATS node, for the tests of this room. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, onTestFinished } from "vitest";
import type { CellLink } from "../../nats/port";
import { startCell, type TestCell } from "../../nats/testing/cell";
import type { SandboxPort } from "../../sandbox/port";
import { createSandbox } from "../../sandbox/sandbox";
import { testedSandbox } from "../../sandbox/testing/tested";
import { createSnapshotStore } from "../../snapshots/store";
import { createTerminals } from "../../terminals/terminals";
import { remoteWorkplace } from "../../workplace/remote";
import { type CalledRunner, placeCaller } from "../caller";
import { startRunner } from "../runner";

const NAME = "linux-1";
export const { signal } = new AbortController();
export const LIMITS = { timeoutMs: 60_000, maxOutputBytes: 5_000_000 };

/** Call it once in a file. Files of one worker share this module. */
export function runnersOfThisFile() {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-runner-"));
  const sandbox = createSandbox({ tested: testedSandbox });
  afterAll(() => {
    sandbox.close();
    fs.rmSync(base, { recursive: true, force: true });
  });

  /** The node of the running test, and the server's link. */
  const tested = {} as { cell: TestCell; link: CellLink };

  async function started(
    {
      announceMs,
      ...options
    }: {
      slots?: number;
      cutOffMs?: number;
      announceMs?: number;
      level?: number;
      leastFreeBytes?: number;
      sandbox?: SandboxPort;
    } = {},
    of: TestCell | null = null,
  ) {
    tested.cell = of ?? (await startCell({ runners: [NAME] }));
    tested.link = await tested.cell.server();
    const dataDir = fs.mkdtempSync(path.join(base, "data-"));
    const said: string[] = [];
    const runner = await startRunner({
      link: await tested.cell.runner(NAME, { ...(announceMs !== undefined && { announceMs }) }),
      pool: "default",
      slots: 2,
      version: "0.1.0",
      dataDir,
      sandbox,
      terminals: createTerminals(sandbox),
      store: createSnapshotStore({ dir: path.join(dataDir, "snapshots") }),
      say: (sentence) => void said.push(sentence),
      searchPath: process.env.PATH ?? "",
      ...options,
    });
    onTestFinished(runner.close);
    return { runner, dataDir, said };
  }

  /** Resolves when the server hears what the runner says of itself. */
  async function heard(matches: (record: { free: number; slots: number }) => boolean = () => true) {
    await expect.poll(() => tested.link.presence.list().some(matches), { timeout: 20_000 }).toBe(true);
    return tested.link.presence.list()[0] as { bootId: string };
  }

  async function workplaceOn(more: Partial<CalledRunner> = {}) {
    const { bootId } = await heard();
    const store = createSnapshotStore({ dir: path.join(base, "server-snapshots") });
    onTestFinished(store.close);
    const caller = await placeCaller({ link: tested.link, runner: NAME, bootId, place: 1, ...more });
    const folder = {
      tree: "tree-1",
      task: "task-1",
      owner: null,
      root: "/server/workspaces/tree-1",
      cacheDir: "/server/cache/tree-1",
      hiddenPaths: [],
    };
    const requested = { tree: "tree-1", task: "task-1", owner: null, hidden: [], isReadOnly: false, guardsGit: false };
    const make = (operation = "makeFolder") => caller.ask({ folder: requested, part: "place", operation, args: [] });
    const askBy = (by: string) =>
      caller.ask({ folder: { ...requested, by }, part: "files", operation: "isThere", args: [] });
    return { workplace: remoteWorkplace(folder, { caller, store }), store, make, askBy };
  }

  return { tested, sandbox, started, heard, workplaceOn };
}

/** Counts from the beginning, as each process of the server does for the operations of one call. */
export function ids(): () => string {
  let asked = 0;
  return () => {
    asked += 1;
    return `build-${asked}`;
  };
}
