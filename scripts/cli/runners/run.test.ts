/** `runner` on the command line: a real process with the key that `runner credentials` made, on a real NATS node. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { accountsOf } from "@/lib/nats/credentials/accounts";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { openCell } from "@/lib/nats/open";
import { startNats } from "@/lib/nats/testing/nats-server";
import { placeCaller } from "@/lib/runner/caller";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { remoteWorkplace } from "@/lib/workplace/remote";
import { banyan, buildPrograms, dataFolder, startBanyan } from "@/scripts/testing/command-line";

buildPrograms();

const { signal } = new AbortController();
const LIMITS = { timeoutMs: 120_000, maxOutputBytes: 100_000 };

/** A cell whose keys the command line made, and its server. */
async function cellWith(runner: string) {
  const data = dataFolder();
  expect((await banyan(["runner", "credentials", runner, "--data", data])).status).toBe(0);
  const users = JSON.parse(readFileSync(path.join(data, "nats/users.json"), "utf8"));
  const nats = await startNats({ accounts: accountsOf(users) });
  onTestFinished(nats.close);
  const { cell, seed } = readKeyFile(path.join(data, "nats/server.nk"));
  const link = await openCell({ servers: nats.urls, cell, seed });
  onTestFinished(link.close);
  return { link, key: path.join(data, `nats/runner-${runner}.nk`), url: nats.urls[0] ?? "" };
}

async function startRunner({ link, key, url }: Awaited<ReturnType<typeof cellWith>>) {
  const data = dataFolder();
  const run = startBanyan(["runner", "--nats", url, "--pool", "linux", "--slots", "3", "--key", key, "--data", data]);
  await run.says("The runner linux-1 of the pool linux takes calls of the cell main.");
  await expect.poll(() => link.presence.list().some(({ slots }) => slots === 3), { timeout: 20_000 }).toBe(true);
  return { ...run, data };
}

/** A tree's folder on the runner as it runs now. */
async function workplaceOn({ link }: Awaited<ReturnType<typeof cellWith>>, place: number) {
  const { bootId = "", pool } = link.presence.list()[0] ?? {};
  expect(pool).toBe("linux");
  const store = createSnapshotStore({ dir: path.join(dataFolder(), "snapshots") });
  onTestFinished(store.close);
  const caller = await placeCaller({ link, runner: "linux-1", bootId, place });
  const named = { tree: "t1", task: "k1", owner: null };
  const requested = { ...named, hidden: [], isReadOnly: false, guardsGit: false };
  await caller.ask({ folder: requested, part: "place", operation: "makeFolder", args: [] });
  const folder = { ...named, root: "/s/workspaces/t1", cacheDir: "/s/cache/t1", hiddenPaths: [] };
  return remoteWorkplace(folder, { caller, store });
}

test("holds a tree's folder and runs its commands; killed, what ran is unknown, and the next start has nothing old", async () => {
  const cell = await cellWith("linux-1");
  const first = await startRunner(cell);
  const workplace = await workplaceOn(cell, 1);
  await workplace.files.write("a.txt", "one");
  const { stdout } = await workplace.commands.run({ ...LIMITS, command: "cat a.txt; pwd" }, { signal });
  expect(stdout).toBe("one/workspace\n");
  const twice = await startBanyan(["runner", "--nats", cell.url, "--key", cell.key, "--data", first.data]).done;
  expect([twice.status, twice.stderr.trim()]).toEqual([
    2,
    "The runner linux-1 runs on this machine already: end that one first.",
  ]);
  let heard = () => {};
  const up = new Promise<void>((done) => {
    heard = done;
  });
  const lost = workplace.commands
    .run({ ...LIMITS, command: "echo up; sleep 300" }, { signal, onOutput: () => heard() })
    .catch((error: Error) => error);
  await up;
  first.child.kill("SIGKILL");
  await first.done;
  const again = startBanyan([
    "runner",
    "--nats",
    cell.url,
    "--pool",
    "linux",
    "--slots",
    "3",
    "--key",
    cell.key,
    "--data",
    first.data,
  ]);
  await again.says("takes calls of the cell main.");
  expect(await lost).toMatchObject({ mayHaveRun: true, message: expect.stringContaining("its outcome is unknown") });
  expect(existsSync(path.join(first.data, "runner/linux-1/workspaces/t1"))).toBe(false);
  again.child.kill("SIGTERM");
  expect((await again.done).status).toBe(130);
}, 120_000);

test("drained, it lets its command end, stores the outcome and leaves", async () => {
  const cell = await cellWith("linux-1");
  const runner = await startRunner(cell);
  const workplace = await workplaceOn(cell, 1);
  let heard = () => {};
  const up = new Promise<void>((done) => {
    heard = done;
  });
  const running = workplace.commands.run(
    { ...LIMITS, command: "echo up; sleep 2; echo ended" },
    { signal, onOutput: () => heard() },
  );
  await up;
  runner.child.kill("SIGTERM");
  await runner.says("waits for the commands that run");
  expect((await running).stdout).toBe("up\nended\n");
  expect((await runner.done).status).toBe(130);
  expect(cell.link.presence.list()).toEqual([]);
}, 120_000);

test("what is missing or wrong is one sentence that says what to do", async () => {
  const data = dataFolder();
  const refused = async (...flags: string[]) => {
    const { status, stderr } = await banyan(["runner", ...flags, "--data", data]);
    expect(status).toBe(2);
    return stderr.trim();
  };
  const nats = ["--nats", "nats://127.0.0.1:9"];
  expect(await refused()).toMatch(/^No NATS node is named: give one with --nats/);
  expect(await refused(...nats)).toMatch(/^No key is named: make one on the server's machine/);
  expect(await refused(...nats, "--key", "/nowhere.nk")).toMatch(
    /^The key file \/nowhere.nk cannot be read \(ENOENT\)/,
  );
  expect(await refused(...nats, "--pool", "A b", "--key", "x")).toMatch(/^The pool cannot be called A b: use small/);
  expect(await refused(...nats, "--slots", "0", "--key", "x")).toMatch(/^--slots cannot be "0"/);
  await banyan(["runner", "credentials", "linux-1", "--data", data]);
  const key = path.join(data, "nats/runner-linux-1.nk");
  expect(await refused(...nats, "--key", key)).toMatch(/^No NATS server answers at nats:\/\/127.0.0.1:9/);
  expect(await refused(...nats, "--key", key, "--ca", "/none.pem")).toMatch(
    /^The file \/none.pem of --ca cannot be read/,
  );
});
