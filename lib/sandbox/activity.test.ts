import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { giveToTools, serverIsRoot } from "@/lib/process/tools-identity";
import type { Timers } from "@/lib/time/timers";
import { processTreeUse, ticksIn } from "./process-tree";
import { ownSandbox } from "./testing/own-sandbox";

/** A sampler that looks when the test says so. */
const checks = new Set<() => void>();
const timers: Timers = {
  after: () => () => undefined,
  every(_, check) {
    checks.add(check);
    return () => checks.delete(check);
  },
};
const { sandbox, base } = ownSandbox({ timers });

interface Watched {
  beats: number;
  workspace: string;
  done: ReturnType<typeof sandbox.run>;
}

function start(command: string, owner: "tools" | "server" | "somebody" = "tools"): Watched {
  const workspace = fs.mkdtempSync(path.join(base(), "workspace-"));
  if (owner === "tools") giveToTools(workspace);
  if (owner === "somebody" && serverIsRoot()) fs.chownSync(workspace, 12_345, 12_345);
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const watched: Watched = { beats: 0, workspace, done: undefined as never };
  watched.done = sandbox.run({
    command,
    workspace,
    hiddenPaths: [],
    timeoutMs: 60_000,
    signal: abort.signal,
    onActivity: () => {
      watched.beats += 1;
    },
  });
  return watched;
}

/** Samples all runs repeatedly until the condition holds. */
async function checkUntil(condition: () => boolean): Promise<void> {
  while (!condition()) {
    for (const check of checks) check();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Names and states of the host's processes with the marker in their command line. */
function statesOf(marker: string): string[] {
  const lines = execFileSync("ps", ["-eo", "stat,args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(marker) && !line.includes("bash"));
}

const busy = "while :; do :; done";

test.each(["tools", "server", "somebody"] as const)(
  "a busy loop in a folder of %s counts as activity without output; sleeping or waiting forever does not",
  async (owner) => {
    const seconds = `${500 + owner.length}.${process.pid}`;
    const looping = start(busy, owner);
    const sleeping = start(`sleep ${seconds} & exec sleep ${seconds}`);
    const waiting = start(`mkfifo fifo-${process.pid}; exec cat fifo-${process.pid}`);
    const isAsleep = () =>
      statesOf(seconds).filter((line) => line.startsWith("S")).length >= 2 &&
      statesOf(`cat fifo-${process.pid}`).some((line) => line.startsWith("S"));
    await checkUntil(isAsleep);
    // Time is measured by the loop, because each of its beats takes at least a hundredth of a second.
    const settled = looping.beats + 5;
    await checkUntil(() => looping.beats >= settled);
    const before = [sleeping.beats, waiting.beats];
    const enough = looping.beats + 20;
    await checkUntil(() => looping.beats >= enough);
    expect([sleeping.beats, waiting.beats]).toEqual(before);
  },
);

test("work that short-lived children of a silent script do counts", async () => {
  const script = start("while :; do /bin/true; done");
  await checkUntil(() => script.beats >= 5);
  expect(script.beats).toBeGreaterThanOrEqual(5);
});

test("each piece of output on both streams counts as activity without sampling; sampling stops at the end", async () => {
  // The command waits between pieces until the previous piece was read.
  const talking = start(
    "echo one; while [ ! -e heard1 ]; do sleep 0.01; done; echo two >&2; while [ ! -e heard2 ]; do sleep 0.01; done",
  );
  for (const at of [1, 2]) {
    while (talking.beats < at) await new Promise((resolve) => setImmediate(resolve));
    fs.writeFileSync(path.join(talking.workspace, `heard${at}`), "");
  }
  expect(await talking.done).toMatchObject({ exitStatus: 0, stdout: "one\n", stderr: "two\n" });
  expect(talking.beats).toBe(2);
});

test("a process that ended does not count, and a strange process name is parsed", () => {
  expect(processTreeUse(2 ** 22 + 1)).toMatchObject({ cpuTicks: 0, processes: 0 });
  expect(processTreeUse(process.pid).processes).toBeGreaterThanOrEqual(1);
  expect(ticksIn("12 (a) (b c) S 1 12 12 0 -1 4194304 101 0 0 0 7 5 30 8 20 0 1 0 1122650")).toBe(50);
  expect(ticksIn("")).toBeNull();
  expect(ticksIn("12 (a")).toBeNull();
});

test("the process tree is found below every thread, each process once, also when the data is damaged or circular", () => {
  const proc = fs.mkdtempSync(path.join(base(), "proc-"));
  const put = (pid: number, ticks: number, threads: Record<number, string>) => {
    fs.mkdirSync(path.join(proc, `${pid}`));
    fs.writeFileSync(path.join(proc, `${pid}/stat`), `${pid} (x) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1`);
    for (const [thread, children] of Object.entries(threads)) {
      fs.mkdirSync(path.join(proc, `${pid}/task/${thread}`), { recursive: true });
      fs.writeFileSync(path.join(proc, `${pid}/task/${thread}/children`), children);
    }
  };
  put(10, 1, { 10: "11 12 ", 15: "13 99 oops" });
  put(11, 10, { 11: "" });
  put(12, 100, {});
  put(13, 1_000, { 13: "10 13" });
  expect(processTreeUse(10, proc)).toMatchObject({ cpuTicks: 1_111, processes: 4 });
});

test("without the kernel's lists of children, the tree is found by parents", () => {
  const proc = fs.mkdtempSync(path.join(base(), "proc-"));
  const parents = [
    [10, 1],
    [11, 10],
    [12, 11],
    [20, 1],
  ];
  for (const [pid, parent] of parents) {
    fs.mkdirSync(path.join(proc, `${pid}`));
    fs.writeFileSync(path.join(proc, `${pid}/stat`), `${pid} (x y) S ${parent} 1 1 0 -1 0 0 0 0 0 ${pid} 0 0 0 20 0 1`);
  }
  expect(processTreeUse(10, proc)).toMatchObject({ cpuTicks: 33, processes: 3 });
});
