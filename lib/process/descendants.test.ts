import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
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

/** A process with two children, one of them in a session of its own. */
async function family(): Promise<{ parent: number; children: number[] }> {
  // The shell says the ids: they need not follow its own, since ids begin again at the end of their range.
  const child = spawn("bash", ["-c", "setsid sleep 1000 & first=$!; sleep 1000 & echo $first $!; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const parent = child.pid as number;
  started.push(parent);
  const [line] = await once(createInterface(child.stdout), "line");
  const children = String(line).split(" ").map(Number);
  started.push(...children);
  expect(children.map((pid) => statOf(pid)?.parent)).toEqual([parent, parent]);
  return { parent, children };
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
