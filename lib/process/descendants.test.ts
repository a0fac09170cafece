import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { endDescendants } from "./descendants";
import { ownIdentity, type ProcessIdentity, statOf } from "./identity";

const started: number[] = [];

afterEach(() => {
  for (const pid of started.splice(0))
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
});

/** A process with a grandchild in a separate session; both print their ids. */
async function family(): Promise<{ parent: number; children: number[] }> {
  const child = spawn("bash", ["-c", "setsid sleep 1000 & sleep 1000 & echo started; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const parent = child.pid as number;
  started.push(parent);
  await once(child.stdout, "data");
  await expect.poll(() => childrenOf(parent).length, { timeout: 120_000 }).toBe(2);
  const children = childrenOf(parent);
  started.push(...children);
  return { parent, children };
}

function childrenOf(parent: number): number[] {
  const found: number[] = [];
  for (let pid = parent; pid < parent + 200; pid += 1) if (statOf(pid)?.parent === parent) found.push(pid);
  return found;
}

function identityOf(pid: number): ProcessIdentity {
  return { ...ownIdentity(), pid, processStart: statOf(pid)?.start ?? "" };
}

test("all descendants of a stopped process are dead when it returns, and the process itself is untouched", async () => {
  const { parent, children } = await family();
  process.kill(parent, "SIGSTOP");
  expect(await endDescendants(identityOf(parent), ownIdentity())).toBe(true);
  expect(children.map(statOf)).toEqual([null, null]);
  expect(statOf(parent)).not.toBeNull();
});

test("a reused process id is not taken for the old process", async () => {
  const { parent, children } = await family();
  expect(await endDescendants({ ...identityOf(parent), processStart: "1" }, ownIdentity())).toBe(true);
  expect(children.map((pid) => statOf(pid)?.parent)).toEqual([parent, parent]);
});

test("it never ends its own children", async () => {
  const { children } = await family();
  expect(await endDescendants(ownIdentity(), ownIdentity())).toBe(true);
  expect(children.every((pid) => statOf(pid) !== null)).toBe(true);
});
