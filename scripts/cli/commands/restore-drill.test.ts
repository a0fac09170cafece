/** The restore drill of docs/deploy.md, with the real programs: what is lost, what continues, and the way back. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import {
  banyan,
  buildPrograms,
  dataFolder,
  json,
  onlyTree,
  startServerProcess,
  startWorkerProcess,
  withTree,
} from "@/scripts/testing/command-line";

buildPrograms();

const LONG = { timeout: 60_000 };

async function work(data: string, env: Record<string, string> = {}) {
  const worker = await startWorkerProcess(data, env);
  return async () => {
    worker.child.kill("SIGTERM");
    await worker.done;
  };
}

test("a restored backup continues its open tree and lets its people in, and the replaced database can come back", async () => {
  const { data } = await withTree();
  await json(["token", "create", "--role", "viewer", "--name", "monitoring", "--data", data]);
  const backup = path.join(dataFolder(), "off-the-machine.db");
  await json(["backup", backup, "--data", data]);
  const stopFirst = await work(data);
  await expect.poll(async () => (await onlyTree(data)).ended_at, LONG).not.toBeNull();

  // While a server runs, a backup can be checked and not restored.
  const refused = await banyan(["restore", backup, "--data", data]);
  expect([refused.status, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/in use by process \d+: stop the server/),
  ]);
  const checked = await json(["restore", backup, "--check", "--data", data]);
  expect(checked).toMatchObject({ trees: 1, open_trees: 1, older: false });
  await stopFirst();

  const restored = await banyan(["restore", backup, "--data", data]);
  expect(restored.status).toBe(0);
  expect(restored.stdout).toContain("1 tree had not ended and will continue at the next start.");
  expect(restored.stdout).toContain("npx banyan audit accept");
  const kept = /To go back to it: npx banyan restore (\S+)/.exec(restored.stdout)?.[1] ?? "";
  expect(existsSync(kept)).toBe(true);
  expect((await onlyTree(data)).ended_at).toBeNull();

  // The day after: a token of the backup's time is still valid, and the tree continues to its end.
  expect(await json(["token", "list", "--data", data])).toMatchObject({ items: [{ name: "monitoring" }] });
  const stopSecond = await work(data);
  await expect.poll(async () => (await onlyTree(data)).ended_at, LONG).not.toBeNull();
  await stopSecond();
  await banyan(["audit", "accept", "--data", data]);
  expect((await banyan(["audit", "verify", "--data", data])).status).toBe(0);

  expect((await banyan(["restore", kept, "--data", data])).status).toBe(0);
  expect((await onlyTree(data)).ended_at).not.toBeNull();
});

test("an older backup is migrated: its open starts end as restored, and the output says what to know about secrets and audit", async () => {
  const { data } = await withTree();
  const keys = path.join(dataFolder(), "keys.json");
  const env = { BANYAN_KEY_FILE: keys };
  await banyan(["secrets", "set", "brave_api_key", "--data", data], { env, stdin: "a-secret-of-the-old-machine" });
  const backup = path.join(dataFolder(), "copy.db");
  const stop = await work(data, env);
  await json(["backup", backup, "--data", data]);
  await expect.poll(async () => (await onlyTree(data)).ended_at, LONG).not.toBeNull();
  await stop();
  // The audit log continues after the backup.
  await banyan(["secrets", "set", "other_key", "--data", data], { env, stdin: "another-secret-of-that-machine" });
  // The database of the version before the newest migration, whose additions may be there already.
  const sqlite = new Database(backup);
  expect(sqlite.prepare("DELETE FROM migrations WHERE rowid = (SELECT max(rowid) FROM migrations)").run().changes).toBe(
    1,
  );
  sqlite.close();
  rmSync(keys);

  const { status, stdout } = await banyan(["restore", backup, "--data", data], { env });
  expect(status).toBe(0);
  for (const text of ["of an older version: it is migrated", "npx banyan audit accept", "Secrets cannot be read:"])
    expect(stdout).toContain(text);
  const restored = new Database(path.join(data, "banyan.db"), { readonly: true });
  const starts = JSON.parse(String(restored.prepare("SELECT value FROM facts WHERE name = 'starts'").pluck().get()));
  restored.close();
  expect(starts).toMatchObject([{ role: "worker", end: { how: "restored", by: null } }]);
});

test("on a new machine without the key file, restore says that secrets cannot be read", async () => {
  const data = dataFolder();
  const backup = path.join(dataFolder(), "copy.db");
  const keys = path.join(dataFolder(), "keys.json");
  const env = { BANYAN_KEY_FILE: keys };
  await banyan(["migrate", "--data", data], { env });
  await banyan(["secrets", "set", "brave_api_key", "--data", data], { env, stdin: "a-secret-of-the-old-machine" });
  await banyan(["backup", backup, "--data", data], { env });
  rmSync(keys);
  const { status, stdout } = await banyan(["restore", backup, "--data", dataFolder()], { env });
  expect(status).toBe(0);
  expect(stdout).toContain("Secrets cannot be read:");
});

test("restore refuses while a launcher runs the data folder, and lets a drill into another folder", async () => {
  const { data } = await withTree();
  const backup = path.join(dataFolder(), "copy.db");
  await json(["backup", backup, "--data", data]);
  const home = dataFolder();
  const launcher = createServer((connection) => {
    connection.on("data", () => connection.write(`${JSON.stringify({ pid: process.pid })}\n`));
  });
  onTestFinished(() => void launcher.close());
  await new Promise<void>((resolve) => launcher.listen(path.join(home, "launcher.sock"), resolve));
  writeFileSync(path.join(data, "server.json"), JSON.stringify({ pid: process.pid, port: 3000, url: "" }));
  const env = { BANYAN_HOME: home };
  const refused = await banyan(["restore", backup, "--data", data], { env });
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining(`runs (process ${process.pid}): stop`)]);
  expect((await banyan(["restore", backup, "--data", dataFolder()], { env })).status).toBe(0);
});

test("the server makes a backup at its start, not again at the next one, and keeps what the setting says", async () => {
  const data = dataFolder();
  const env = { BANYAN_BACKUP_EVERY: "24h", BANYAN_BACKUP_KEEP: "2" };
  const folder = path.join(data, "backups");
  // Two processes at once: one of them makes the backup.
  const stops = await Promise.all([work(data, env), work(data, env)]);
  await expect
    .poll(() => (existsSync(folder) ? readdirSync(folder) : []), LONG)
    .toEqual([expect.stringMatching(/^banyan-scheduled-[\dTZ-]+\.db$/)]);
  // The record is written after the file. Another test covers a process that ends between the two.
  const database = new Database(path.join(data, "banyan.db"), { readonly: true });
  const record = database.prepare("SELECT value FROM facts WHERE name = 'backups'").pluck();
  await expect.poll(() => JSON.parse(String(record.get() ?? "{}")), LONG).toMatchObject({ claim: null, success: {} });
  database.close();
  await Promise.all(stops.map((stop) => stop()));
  const made = readdirSync(folder);

  const stopSecond = await work(data, env);
  const doctor = await banyan(["doctor", "--data", data], { env });
  expect(doctor.stdout).toMatch(/ok {3}Backups: The newest is \d+ s old .+ every day; the newest 2 are kept\./);
  await stopSecond();
  expect(readdirSync(folder)).toEqual(made);

  const wrong = await startServerProcess(["--data", data], { env: { BANYAN_BACKUP_EVERY: "daily" } }).done;
  expect([wrong.status, wrong.stderr.trim().split("\n")]).toEqual([
    2,
    [expect.stringMatching(/^The setting BANYAN_BACKUP_EVERY cannot be "daily": use off, or an interval from 10m/)],
  ]);
});

test("backup --every and --keep set the schedule, or say why they cannot", async () => {
  const { data } = await withTree();
  const at = ["--data", data];
  expect((await banyan(["backup", "--every", "6h", "--keep", "3", ...at])).stdout).toBe(
    "Banyan makes a backup every 6 hours; the newest 3 are kept.\n",
  );
  const wrong = await banyan(["backup", "--every", "soon", ...at]);
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('cannot be made every "soon": use off, or'),
  ]);
  const fixed = await banyan(["backup", "--every", "off", ...at], { env: { BANYAN_BACKUP_EVERY: "24h" } });
  expect([fixed.status, fixed.stderr]).toEqual([2, expect.stringContaining("BANYAN_BACKUP_EVERY decides this")]);
});
