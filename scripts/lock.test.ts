import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withLock } from "./lock.mjs";
import { fixture } from "./testing/fixture";

const LOCK_MODULE = fileURLToPath(new URL("lock.mjs", import.meta.url));

/** Starts a process that takes the lock, prints "held", and holds it until its standard input ends. */
function holder(folder: string) {
  const script = `
    import { withLock } from ${JSON.stringify(LOCK_MODULE)};
    await withLock(${JSON.stringify(folder)}, "testing", async () => {
      process.stdout.write("held");
      await new Promise((resolve) => process.stdin.once("end", resolve).resume());
    });`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
}

function said(child: ReturnType<typeof holder>): Promise<void> {
  return new Promise((resolve) => child.stdout.once("data", () => resolve()));
}

test("two processes hold the lock one after the other, never together", async () => {
  const folder = path.join(fixture({}), "lock");
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await withLock(folder, "testing", work);
  const first = holder(folder);
  await said(first);
  const second = withLock(folder, "testing", work);
  expect(most).toBe(1);
  expect(existsSync(folder)).toBe(true);
  first.stdin.end();
  await second;
  expect(existsSync(folder)).toBe(false);
});

test("takes over the lock of a killed process", async () => {
  const folder = path.join(fixture({}), "lock");
  const dead = holder(folder);
  await said(dead);
  const gone = new Promise((resolve) => dead.once("exit", resolve));
  dead.kill("SIGKILL");
  await gone;
  expect(existsSync(folder)).toBe(true);
  expect(await withLock(folder, "testing", async () => "mine")).toBe("mine");
});

test("a new process with the dead owner's number does not count as the owner", async () => {
  const folder = path.join(fixture({}), "lock");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "owner.json"), JSON.stringify({ owners: [{ pid: process.pid, startedAt: "1" }] }));
  expect(await withLock(folder, "testing", async () => "mine")).toBe("mine");
});

test("the lock is free again after a failure", async () => {
  const folder = path.join(fixture({}), "lock");
  await expect(withLock(folder, "testing", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(folder)).toBe(false);
});

test("an added child process is an owner too", async () => {
  const folder = path.join(fixture({}), "lock");
  await withLock(folder, "testing", async (addOwner) => {
    addOwner(1);
    const { owners } = JSON.parse(readFileSync(path.join(folder, "owner.json"), "utf8"));
    expect(owners.map((owner: { pid: number }) => owner.pid)).toEqual([process.pid, 1]);
  });
});
