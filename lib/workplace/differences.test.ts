/** What server and runner send each other of a snapshot, also when one of them has an older release without differences. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSandbox } from "../sandbox/sandbox";
import { testedSandbox } from "../sandbox/testing/tested";
import { SnapshotError, type SnapshotStore } from "../snapshots/port";
import { createSnapshotStore } from "../snapshots/store";
import { createTerminals } from "../terminals/terminals";
import type { WorkplaceFolder } from "./port";
import { type PlaceCaller, remoteWorkplace } from "./remote";
import { type Pack, type PlaceRequest, packShape } from "./requests";
import { type Loopback, loopback } from "./testing/loopback";

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-differences-")));
const { signal } = new AbortController();
const FILE = Array.from({ length: 300 }, () => `${randomBytes(30).toString("hex")}\n`).join("");
const sandbox = createSandbox({ tested: testedSandbox });
const terminals = createTerminals(sandbox);
let folder: WorkplaceFolder;
let store: SnapshotStore;
let runner: Loopback;
/** The packs that were sent, in order. */
let packs: Pack[];

beforeEach(() => {
  const at = fs.mkdtempSync(path.join(base, "test-"));
  store = createSnapshotStore({ dir: path.join(at, "snapshots") });
  runner = loopback(path.join(at, "runner"), sandbox, terminals);
  packs = [];
  const root = path.join(at, "server/workspaces/tree");
  folder = { tree: "tree", task: "task-1", owner: null, root, cacheDir: path.join(at, "cache"), hiddenPaths: [] };
  fs.mkdirSync(path.join(at, "runner/workspaces/tree"), { recursive: true });
});
afterEach(async () => {
  await store.close();
  await runner.store.close();
});

const put: PlaceCaller["packs"]["put"] = async (name, bytes) => {
  const pack = await runner.packs.put(name, bytes);
  packs.push(pack);
  return pack;
};

/** A caller that also keeps the packs of both ways. */
function seen(caller: PlaceCaller): PlaceCaller {
  return {
    packs: { ...caller.packs, put },
    async ask(request) {
      const result = await caller.ask(request);
      if (request.operation === "send") packs.push(packShape.parse(result));
      return result;
    },
  };
}

/** Asks without saying that the server reads differences. */
function askSilently(request: PlaceRequest): Promise<unknown> {
  const [snapshot, ...rest] = request.args;
  if (request.operation !== "send") return runner.ask(request);
  const { label, commit } = snapshot as { label: string; commit: string };
  return runner.ask({ ...request, args: [{ label, commit }, ...rest] });
}

/** A runner that neither hears that the server reads differences nor reads them itself. */
function olderRunner(): PlaceCaller {
  return {
    packs: runner.packs,
    async ask(request) {
      if (request.operation === "receive" && (await hasDifferences(packShape.parse(request.args[2]))))
        throw new SnapshotError("The snapshots cannot be read (git failed: fatal: pack has 2 unresolved deltas).");
      return askSilently(request);
    },
  };
}

/** Whether git cannot read the pack without what its differences lean on. */
async function hasDifferences(pack: Pack): Promise<boolean> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of runner.packs.get(pack)) chunks.push(chunk);
  const input = Buffer.concat(chunks);
  const git = fs.mkdtempSync(path.join(base, "git-"));
  spawnSync("git", ["init", "--bare", "--quiet", git]);
  return spawnSync("git", ["--git-dir", git, "index-pack", "--stdin"], { input }).status !== 0;
}

/** A turn on the runner, and changes that the server brings to it. Returns the size of the pack of each. */
async function bothWays(caller: PlaceCaller): Promise<{ toServer: number; toRunner: number; sent: number }> {
  const { files, snapshots } = remoteWorkplace(folder, { caller: seen(caller), store });
  await files.write("src/a.txt", FILE);
  const first = await snapshots.take({ label: "s1", previous: null }, signal);
  await files.write("src/a.txt", `${FILE}more\n`);
  const second = await snapshots.take({ label: "s2", previous: first.commit }, signal);
  const local = path.join(folder.root, "src");
  fs.mkdirSync(local, { recursive: true });
  fs.writeFileSync(path.join(local, "a.txt"), `${FILE}most\n`);
  const request = { tree: "tree", folder: folder.root, label: "s3", hiddenPaths: [] };
  const third = await store.take({ ...request, previous: second.commit });
  await snapshots.apply(second.commit, third.commit);
  expect(await files.readText("src/a.txt")).toBe(`${FILE}most\n`);
  expect(await store.missing([first.commit, second.commit, third.commit])).toEqual([]);
  const [toServer = 0, toRunner = 0] = [packs[1], packs.at(-1)].map((pack) => pack?.bytes ?? 0);
  return { toServer, toRunner, sent: packs.length };
}

test("a line of a file travels as a difference to the snapshot that the other side has, on both ways", async () => {
  const { toServer, toRunner, sent } = await bothWays(runner);
  expect(toServer).toBeLessThan(500);
  expect(toRunner).toBeLessThan(500);
  expect(sent).toBe(3);
});

test("a runner of an older release sends whole files, and gets them after it refused differences", async () => {
  const { toServer, toRunner, sent } = await bothWays(olderRunner());
  expect(toServer).toBeGreaterThan(5_000);
  expect(toRunner).toBeGreaterThan(5_000);
  expect(sent).toBe(4);
  // What was refused is gone.
  await expect(hasDifferences(packs[2] as Pack)).rejects.toThrow("There is no pack");
});

test("a server of an older release asks for a snapshot as it did, and gets whole files", async () => {
  const { toServer } = await bothWays({ packs: runner.packs, ask: askSilently });
  expect(toServer).toBeGreaterThan(5_000);
});
