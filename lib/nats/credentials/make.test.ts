import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tryLockFile } from "@/lib/process/file-lock";
import { SELF_SIGNED } from "@/lib/web/testing/self-signed";
import { openCell, openRunner } from "../open";
import { stateOf } from "../testing/cell";
import { natsCommand, startNats } from "../testing/nats-server";
import { readKeyFile } from "./key-file";
import { makeCredentials, removeCredentials } from "./make";
import { keyPools } from "./pools";

function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-keys-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const modeOf = (file: string) => statSync(file).mode & 0o777;

test("makes a runner's key once, keeps it, and renews it when asked", async () => {
  const dataDir = dataFolder();
  const made = makeCredentials({ dataDir, runner: "linux-1" });
  expect(made).toMatchObject({ state: "made", cell: "main" });
  const keyFile = path.join(dataDir, "nats", "runner-linux-1.nk");
  expect(made.keyFile).toBe(keyFile);
  expect([
    modeOf(keyFile),
    modeOf(path.join(dataDir, "nats", "server.nk")),
    modeOf(path.join(dataDir, "nats")),
  ]).toEqual([0o600, 0o600, 0o700]);
  const first = readKeyFile(keyFile);
  expect(first).toMatchObject({ cell: "main", user: "linux-1" });
  // Nothing public holds a secret.
  for (const file of [made.accountsFile, made.serverFile, path.join(dataDir, "nats", "users.json")])
    expect(readFileSync(file, "utf8")).not.toMatch(/SU[A-Z2-7]{56}/);
  expect(makeCredentials({ dataDir, runner: "linux-1" })).toEqual({ ...made, state: "kept" });
  expect(readKeyFile(keyFile)).toEqual(first);
  rmSync(keyFile);
  expect(makeCredentials({ dataDir, runner: "linux-1" })).toEqual({ ...made, state: "kept", keyFile: null });
  expect(makeCredentials({ dataDir, runner: "linux-1", renew: true })).toEqual({ ...made, state: "renewed" });
  expect(readKeyFile(keyFile).seed).not.toBe(first.seed);
});

test("a key is for one pool, which can be changed without a new key; one of an earlier release names none", () => {
  const dataDir = dataFolder();
  const users = path.join(dataDir, "nats", "users.json");
  expect(makeCredentials({ dataDir, runner: "a" }).pool).toBe("default");
  const { keyFile } = makeCredentials({ dataDir, runner: "b", pool: "clean" });
  const { seed } = readKeyFile(keyFile ?? "");
  expect(makeCredentials({ dataDir, runner: "b" })).toMatchObject({ state: "kept", pool: "clean" });
  expect(makeCredentials({ dataDir, runner: "b", pool: "arm" })).toMatchObject({ state: "kept", pool: "arm" });
  expect(readKeyFile(keyFile ?? "")).toEqual({ cell: "main", user: "b", pool: "arm", seed });
  const poolOf = keyPools(dataDir);
  expect(["a", "b", "c"].map(poolOf)).toEqual(["default", "arm", null]);
  const { pools, ...earlier } = JSON.parse(readFileSync(users, "utf8"));
  expect(pools).toEqual({ a: "default", b: "arm" });
  writeFileSync(users, JSON.stringify(earlier));
  expect(keyPools(dataDir)("a")).toBeNull();
  expect(makeCredentials({ dataDir, runner: "a" })).toMatchObject({ state: "kept", pool: null });
  removeCredentials(dataDir, "b");
  expect(makeCredentials({ dataDir, runner: "b" }).pool).toBe("default");
});

test("keeps what a person has changed in the server's file", async () => {
  const dataDir = dataFolder();
  const { serverFile } = makeCredentials({ dataDir, runner: "a", cell: "team-1" });
  writeFileSync(serverFile, "# mine\n");
  makeCredentials({ dataDir, runner: "b" });
  expect(readFileSync(serverFile, "utf8")).toBe("# mine\n");
});

test("two commands at once lose no runner: the second one says that it has to wait", () => {
  const dataDir = dataFolder();
  const { accountsFile } = makeCredentials({ dataDir, runner: "a" });
  const lock = tryLockFile(path.join(dataDir, "nats", "lock"));
  expect(() => makeCredentials({ dataDir, runner: "b" })).toThrow(/Another command changes the keys/);
  expect(() => removeCredentials(dataDir, "a")).toThrow(/Another command changes the keys/);
  lock?.release();
  makeCredentials({ dataDir, runner: "b" });
  expect(readFileSync(accountsFile, "utf8").match(/^banyan_main_\w+/gm)).toEqual(["banyan_main_a", "banyan_main_b"]);
});

test.each([
  [{ runner: "Linux" }, /small letters/],
  [{ runner: "a.b" }, /small letters/],
  [{ runner: "../a" }, /small letters/],
  [{ runner: "" }, /small letters/],
  [{ runner: "server" }, /the server's own/],
  [{ runner: "a", cell: "A" }, /The name of a cell/],
  [{ runner: "a", pool: "../a" }, /The name of a pool/],
  [{ runner: "a", cell: "other" }, /is the cell main/],
])("refuses %j, and changes nothing", async (wanted, expected) => {
  const dataDir = dataFolder();
  const { accountsFile } = makeCredentials({ dataDir, runner: "first" });
  const before = readFileSync(accountsFile, "utf8");
  expect(() => makeCredentials({ dataDir, ...wanted })).toThrow(expected);
  expect(readFileSync(accountsFile, "utf8")).toBe(before);
});

test("says that a data folder is none", () => {
  const file = path.join(dataFolder(), "file");
  writeFileSync(file, "");
  expect(() => makeCredentials({ dataDir: file, runner: "a" })).toThrow(
    /cannot be made \(ENOTDIR\): name a data folder/,
  );
  expect(removeCredentials(file, "a")).toBeNull();
});

test("says what is wrong with a damaged list, and with files that are no keys", async () => {
  const dataDir = dataFolder();
  const { accountsFile } = makeCredentials({ dataDir, runner: "first" });
  writeFileSync(path.join(dataDir, "nats", "users.json"), '{"cell":"main"');
  expect(() => makeCredentials({ dataDir, runner: "b" })).toThrow(/is damaged/);
  expect(() => readKeyFile(accountsFile)).toThrow(/is no key file of a runner/);
  expect(() => readKeyFile(path.join(dataDir, "none.nk"))).toThrow(/cannot be read \(ENOENT\)/);
});

test("a new runner is served, and a removed one turned away, after its node has started again with the users", async () => {
  const dataDir = dataFolder();
  const first = makeCredentials({ dataDir, runner: "linux-1" });
  const nats = await startNats({ accounts: readFileSync(first.accountsFile, "utf8") });
  onTestFinished(nats.close);
  const restart = async () => {
    cpSync(first.accountsFile, path.join(nats.folder, "users.conf"));
    await nats.nodes[0]?.kill("SIGTERM");
    await nats.nodes[0]?.start();
    await expect.poll(() => server.isUp()).toBe(true);
  };
  const { cell, seed } = readKeyFile(path.join(dataDir, "nats", "server.nk"));
  const server = await openCell({ servers: nats.urls, cell, seed });
  onTestFinished(server.close);
  const added = makeCredentials({ dataDir, runner: "linux-2" });
  const options = { servers: nats.urls, ...readKeyFile(added.keyFile ?? ""), runner: "linux-2" };
  await expect(openRunner(options)).rejects.toThrow(/does not know this key/);
  await restart();
  const runner = await openRunner(options);
  onTestFinished(runner.close);
  runner.announce(stateOf());
  await runner.serve(() => ({ run: async () => "served" }));
  await expect.poll(() => server.presence.list()).toHaveLength(1);
  const deadlineMs = Date.now() + 60_000;
  const request = { runner: "linux-2", bootId: "boot-1", place: 1, level: 1, deadlineMs, body: null };
  const start = await server.call({ ...request, callId: "c1" });
  if (start.state !== "accepted") throw new Error(start.state);
  expect(await start.call.outcome).toMatchObject({ body: "served" });

  expect(removeCredentials(dataDir, "linux-2")).toMatchObject({ cell: "main" });
  expect(removeCredentials(dataDir, "linux-2")).toBeNull();
  expect(existsSync(added.keyFile ?? "")).toBe(false);
  await restart();
  expect(await server.call({ ...request, callId: "c2" })).toEqual({ state: "unreachable" });
  expect(runner.isUp()).toBe(false);
  await expect(openRunner(options)).rejects.toThrow(/does not know this key/);
});

test("the server's file is one that nats-server starts with, once its TLS files are there", async () => {
  const dataDir = dataFolder();
  const { serverFile, accountsFile } = makeCredentials({ dataDir, runner: "linux-1", cell: "team-1" });
  const text = readFileSync(serverFile, "utf8");
  expect(text).toContain(`include "${path.basename(accountsFile)}"`);
  writeFileSync(path.join(dataDir, "nats", "nats.crt"), SELF_SIGNED.cert);
  writeFileSync(path.join(dataDir, "nats", "nats.key"), SELF_SIGNED.key);
  const local = text.replaceAll("/etc/nats/tls", path.join(dataDir, "nats"));
  // Also with the part for three nodes, whose lines are comments.
  const cluster = local.slice(local.indexOf("# cluster {")).replaceAll("# ", "").replaceAll("ca.crt", "nats.crt");
  for (const whole of [local, `${local}\n${cluster}`]) {
    writeFileSync(serverFile, whole);
    const { status, stderr } = spawnSync(...natsCommand(["-t", "--config", serverFile]), { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, expect.stringContaining("is valid")]);
  }
});
