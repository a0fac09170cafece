/** Each home has one launcher. The kernel decides, because processes of another container are not seen here. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processByPs } from "../lib/process/ps";
import { LauncherError, startByPs, takeData, takeLock } from "./lock.mjs";

let home: string;
const data = () => path.join(home, "data");
let holder: ChildProcess | undefined;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "banyan-lock-"));
});
afterEach(async () => {
  if (holder) await killed(holder);
  holder = undefined;
  rmSync(home, { recursive: true, force: true });
});

/** Starts another process that holds home until it is killed. */
async function held(database = ""): Promise<ChildProcess> {
  const lock = new URL("./lock.mjs", import.meta.url).href;
  const program = `
    (await import(${JSON.stringify(lock)})).takeLock(${JSON.stringify(home)}, ${JSON.stringify(data())}, ${JSON.stringify(database)} || undefined);
    console.log("held");
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  holder = child;
  await once(child.stdout, "data");
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

const ownerFile = () => path.join(home, "lock", "owner.json");

test("a home is held by one process, and is free at once when that process is killed", async () => {
  const other = await held();
  expect(() => takeLock(home, data())).toThrow(new RegExp(`^Process ${other.pid} already serves with`));
  await killed(other);
  takeLock(home, data())();
  const free = takeLock(home, data());
  expect(JSON.parse(readFileSync(ownerFile(), "utf8"))).toMatchObject({ pid: process.pid });
  free();
});

test("a launcher of another container, whose process is not seen here, keeps its home", async () => {
  await held();
  // As another container sees it: no process has this number here.
  const owner = JSON.parse(readFileSync(ownerFile(), "utf8"));
  writeFileSync(ownerFile(), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }));
  expect(() => takeLock(home, data())).toThrow(/^Another process already serves with .*another container/);
  rmSync(path.join(home, "lock"), { recursive: true });
  expect(() => takeLock(home, data())).toThrow(/^Another process already serves with/);
});

test("containers that share the data and not home do not both serve it", async () => {
  await held();
  const other = path.join(home, "another home");
  expect(() => takeLock(other, data())).toThrow(
    /^Another process already serves with .*data, perhaps in another container/,
  );
});

test("a launcher of an earlier version, which knows only the folder, keeps its home", async () => {
  takeLock(home, data())();
  const other = await held();
  for (const folder of [home, data()]) rmSync(path.join(folder, "launcher.lock"));
  expect(() => takeLock(home, data())).toThrow(new RegExp(`^Process ${other.pid} already serves with`));
});

test("a home without room for the lock's owner stays free", () => {
  mkdirSync(path.join(home, `lock.${process.pid}`, "in the way"), { recursive: true });
  writeFileSync(path.join(home, "lock"), "a file where the folder belongs");
  expect(() => takeLock(home, data())).toThrow(/ENOTDIR|EEXIST|cannot be taken/);
  rmSync(path.join(home, "lock"));
  expect(() => takeLock(home, data())()).not.toThrow(LauncherError);
});

test("two data folders do not serve one database at once", async () => {
  const [own, shared, third] = [
    path.join(data(), "banyan.db"),
    path.join(home, "shared.db"),
    path.join(home, "third.db"),
  ];
  const [other, otherData] = [path.join(home, "another home"), path.join(home, "other data")];
  await held(shared);
  const refusal = /^Another process already serves with the database .*, perhaps in another container/;
  for (const database of [own, shared]) {
    expect(() => takeLock(other, otherData, database)).toThrow(refusal);
    expect(() => takeData(other, otherData, database)).toThrow(refusal);
  }
  // One beside it is another one.
  takeLock(other, otherData, third)();
  // A folder that cannot be used is the server's to name.
  writeFileSync(path.join(home, "file"), "");
  takeLock(other, otherData, path.join(home, "file", "of.db"))();
});

test("a data folder under another name holds its own database", () => {
  mkdirSync(data());
  const link = path.join(home, "link");
  symlinkSync(data(), link);
  takeLock(home, link, path.join(data(), "banyan.db"))();
  takeLock(home, data())();
});

test("where /proc is missing, ps tells a process from a later one with its number, as lib/process/ps.ts does", async () => {
  const other = await held();
  const started = startByPs(other.pid ?? 0);
  expect(started).toMatch(/ \d\d:\d\d:\d\d \d{4}$/);
  expect(started).toBe(processByPs(other.pid ?? 0)?.start);
  await killed(other);
  expect(startByPs(other.pid ?? 0)).toBe("");
});
