import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import { createSandbox } from "../sandbox/sandbox";
import { testedSandbox } from "../sandbox/testing/tested";
import { createOutputRing } from "./output-ring";
import type { TerminalStart, TerminalUser } from "./port";
import { createTerminals, type TerminalsOptions } from "./terminals";
import { inTerminal } from "./tty";

const sandbox = createSandbox({ tested: testedSandbox });
let base: string;
let workspace: string;
let ada: TerminalUser;

beforeAll(async () => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-terminals-")));
  fs.chmodSync(base, 0o755);
  workspace = path.join(base, "workspace");
  fs.mkdirSync(workspace);
  giveToTools(workspace);
  ada = { treeId: "tree-1", taskId: "task-1", workspace };
  expect(await sandbox.status()).toEqual({ available: true });
});
afterAll(() => {
  sandbox.close();
  fs.rmSync(base, { recursive: true, force: true });
});

function open(options: TerminalsOptions = {}) {
  const terminals = createTerminals(sandbox, options);
  onTestFinished(() => terminals.close());
  const start = async (command: string, user = ada, more: Partial<TerminalStart> = {}) =>
    (await terminals.start(user, { command, workspace, hiddenPaths: [], ...more })).id;
  /** Polls until the output contains this text. */
  const until = async (id: string, said: string, user = ada) => {
    let all = "";
    while (!all.includes(said)) {
      const { output, state } = await terminals.output(user, id, { waitMs: 10_000 });
      all += output;
      if (state === "ended" && !all.includes(said)) throw new Error(`It ended with only this output: ${all}`);
    }
    return all;
  };
  const end = async (id: string, user = ada) => {
    for (;;) {
      const output = await terminals.output(user, id, { waitMs: 10_000 });
      if (output.state === "ended") return output;
    }
  };
  return { terminals, start, until, end };
}

function survivors(marker: string): string[] {
  return execFileSync("ps", ["-eo", "pid,stat,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(marker) && !/^\s*\d+ Z/.test(line));
}

describe("a command in the background", () => {
  test("is polled from where the last poll ended, or from a cursor, and its end is reported", async () => {
    const { terminals, start, until, end } = open();
    const id = await start("echo one; read -r line; echo got $line; echo bad >&2; exit 3");
    expect(await until(id, "one")).toBe("one\n");
    expect(await terminals.output(ada, id)).toMatchObject({
      state: "running",
      output: "",
      exitStatus: null,
      cursor: 4,
    });
    await terminals.input(ada, id, "two\n");
    const last = await end(id);
    expect(last).toMatchObject({ state: "ended", exitStatus: 3, droppedBytes: 0, hasNetwork: false });
    const all = await terminals.output(ada, id, { cursor: 0 });
    expect(all.output.split("\n").sort()).toEqual(["", "bad", "got two", "one"]);
    expect((await terminals.output(ada, id, { cursor: 999 })).output).toBe("");
  });

  test("reads to the end of its input when that is closed; then nothing more can be sent", async () => {
    const { terminals, start, end } = open();
    const id = await start("wc -c; sleep 0.2");
    await terminals.input(ada, id, "four", true);
    await expect(terminals.input(ada, id, "x")).rejects.toThrow("closed");
    expect((await end(id)).exitStatus).toBe(0);
    await expect(terminals.input(ada, id, "x")).rejects.toThrow("has ended");
  });

  test("is stopped with everything that it started", async () => {
    const { terminals, start, until } = open();
    const marker = `81.${process.pid}`;
    const id = await start(`setsid sleep ${marker} & echo up; sleep ${marker}`);
    await until(id, "up");
    expect(await terminals.stop(ada, id)).toMatchObject({ state: "ended", endedBy: "stop", exitStatus: null });
    expect(survivors(marker)).toEqual([]);
    expect(await terminals.stop(ada, id)).toMatchObject({ state: "ended", endedBy: "stop" });
  });

  test("is ended when its lifetime is over", async () => {
    const { start, end } = open({ maxLifetimeMs: 300 });
    const id = await start("sleep 82", ada, { lifetimeMs: 3_600_000 });
    expect(await end(id)).toMatchObject({ endedBy: "lifetime", exitStatus: null });
  });

  test("that floods keeps the end of its output, reports the dropped bytes, and leaves the server responsive", async () => {
    const { terminals, start } = open({ outputBytes: 10_000 });
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 5);
    const before = process.memoryUsage().rss;
    const id = await start("i=0; while :; do i=$((i+1)); echo line $i; done & yes");
    let output = await terminals.output(ada, id, { waitMs: 5_000 });
    while (output.droppedBytes < 3_000_000) output = await terminals.output(ada, id, { cursor: 0, waitMs: 5_000 });
    clearInterval(ticking);
    expect(output.output.length).toBeLessThanOrEqual(10_000);
    expect(ticks).toBeGreaterThan(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    await terminals.stop(ada, id);
  });

  test("that does not read gets no unlimited input", async () => {
    const { terminals, start } = open();
    const id = await start("sleep 83");
    const piece = "x".repeat(100_000);
    const flood = async () => {
      for (let n = 0; n < 100; n += 1) await terminals.input(ada, id, piece);
    };
    await expect(flood()).rejects.toThrow("has not read");
  });

  test("has a terminal when it asks for one, and Ctrl-C works there", async () => {
    const { terminals, start, until, end } = open();
    const id = await start(
      inTerminal("tty; stty size; [ -t 0 ] && [ -t 1 ] && echo \"it's one\"; trap 'exit 9' INT; sleep 84 & wait"),
    );
    const said = await until(id, "it's one");
    expect(said).toMatch(/\/dev\/pts\/\d+\r\n40 120\r\n/);
    await terminals.input(ada, id, "\u0003");
    expect((await end(id)).exitStatus).toBe(9);
  });

  test("writes its changes to the workspace at each poll and at the end, also in the server's own folder", async () => {
    const { terminals, start, until, end } = open();
    const own = path.join(base, "own");
    fs.mkdirSync(own);
    const user = { ...ada, workspace: own };
    const id = await start("echo 1 > a; echo made; read -r; echo 2 > a", user, { workspace: own });
    await until(id, "made", user);
    await terminals.output(user, id);
    expect(fs.readFileSync(path.join(own, "a"), "utf8")).toBe("1\n");
    await terminals.input(user, id, "\n");
    await end(id, user);
    expect(fs.readFileSync(path.join(own, "a"), "utf8")).toBe("2\n");
  });
});

describe("ownership", () => {
  test("another tree cannot poll, write, or stop, nor another folder of the same tree", async () => {
    const { terminals, start, until } = open();
    const id = await start("echo secret-value; cat");
    await until(id, "secret-value");
    const others = [
      { ...ada, treeId: "tree-2" },
      { ...ada, treeId: "tree-2", taskId: "task-2" },
      { ...ada, taskId: "task-2", workspace: base },
      { ...ada, taskId: "task-2", workspace: null },
    ];
    for (const other of others) {
      await expect(terminals.output(other, id, { cursor: 0 })).rejects.toThrow("There is no command");
      await expect(terminals.input(other, id, "x")).rejects.toThrow("There is no command");
      await expect(terminals.stop(other, id)).rejects.toThrow("There is no command");
    }
  });

  test("a task of the same tree in the same folder can read it, with its own cursor, and nothing else", async () => {
    const { terminals, start, until } = open();
    const id = await start("echo said; cat");
    const other = { ...ada, taskId: "task-2" };
    await until(id, "said");
    expect((await terminals.output(other, id)).output).toBe("said\n");
    expect((await terminals.output(other, id)).output).toBe("");
    await expect(terminals.input(other, id, "x")).rejects.toThrow("belongs to another task");
    await expect(terminals.stop(other, id)).rejects.toThrow("belongs to another task");
  });

  test("a command of an earlier server gives another error than an unknown command", async () => {
    const before = open();
    const id = await before.start("sleep 85");
    await before.terminals.close();
    const { terminals } = open();
    await expect(terminals.output(ada, id)).rejects.toThrow(/ended when the server restarted.*start it again/);
    await expect(before.terminals.output(ada, id)).rejects.toThrow("There is no command");
    for (const nonsense of ["", "x", "cmd-1", "../etc", "cmd-zzzzzz-1"])
      await expect(terminals.output(ada, nonsense)).rejects.toThrow("There is no command");
  });

  test("the hosts that it may reach are known for checks of its input", async () => {
    const { terminals, start } = open();
    const id = await start("sleep 86", ada, { network: { hosts: ["site.test"] } });
    expect(terminals.hostsOf(id)).toEqual(["site.test"]);
    expect(terminals.hostsOf(await start("sleep 86"))).toEqual([]);
    expect(terminals.hostsOf("x")).toBe(null);
    expect((await terminals.output(ada, id)).hasNetwork).toBe(true);
  });
});

describe("number and lifetime", () => {
  test("each tree has its own limit, and an ended command makes room", async () => {
    const { terminals, start } = open({ maxPerTree: 2 });
    const [id] = await Promise.all([start("sleep 87"), start("sleep 87", { ...ada, taskId: "task-2" })]);
    await expect(start("sleep 87")).rejects.toThrow(/^2 commands of this tree run in the background/);
    await start("true", { ...ada, treeId: "tree-2", taskId: "task-9" });
    await terminals.stop(ada, id ?? "");
    await start("sleep 87");
  });

  test("the last few ended commands can still be read", async () => {
    const { terminals, start, end } = open();
    const ids: string[] = [];
    for (let n = 0; n < 18; n += 1) {
      const id = await start(`echo ${n}`);
      ids.push(id);
      await end(id);
    }
    await expect(terminals.output(ada, ids[0] ?? "")).rejects.toThrow("There is no command");
    expect((await terminals.output(ada, ids[17] ?? "", { cursor: 0 })).output).toBe("17\n");
  });

  test("the commands of a task, a tree and the server end with their daemons, before the call resolves", async () => {
    const { terminals, start, until } = open();
    const marker = (n: number) => `9${n}.${process.pid}`;
    const users = [ada, { ...ada, taskId: "task-2" }, { ...ada, treeId: "tree-2", taskId: "task-3" }];
    const ids = await Promise.all(
      users.map((user, n) => start(`setsid sleep ${marker(n)} & echo up; sleep ${marker(n)}`, user)),
    );
    await Promise.all(users.map((user, n) => until(ids[n] ?? "", "up", user)));
    await terminals.endOfTask("task-1");
    expect(survivors(marker(0))).toEqual([]);
    expect(survivors(marker(1)).length).toBeGreaterThan(0);
    await terminals.endOf("tree-1");
    expect(survivors(marker(1))).toEqual([]);
    expect(survivors(marker(2)).length).toBeGreaterThan(0);
    await terminals.close();
    expect(survivors(marker(2))).toEqual([]);
    await expect(start("true")).rejects.toThrow("The server is stopping");
  });

  test("a command that is still starting when its tree ends does not run", async () => {
    const { terminals, start } = open();
    const marker = `95.${process.pid}`;
    const starting = start(`sleep ${marker}`).catch((error: Error) => error.message);
    await terminals.endOf("tree-1");
    expect(await starting).toBe("The command was ended before it started.");
    expect(survivors(marker)).toEqual([]);
  });

  test("a waiting poll returns at the end of its task, and is cancelled with its call", async () => {
    const { terminals, start } = open();
    const id = await start("sleep 96");
    const polling = terminals.output(ada, id, { waitMs: 60_000 });
    await terminals.endOfTask("task-1");
    expect(await polling).toMatchObject({ state: "ended", endedBy: "stop" });
    const other = await start("sleep 96");
    const controller = new AbortController();
    const waiting = terminals.output(ada, other, { waitMs: 60_000, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toThrow();
  });
});

describe("the ring of output", () => {
  test("keeps the last bytes and never cuts a character", () => {
    const ring = createOutputRing(10);
    ring.add(Buffer.from("äöü"));
    expect(ring.read(0, 3)).toEqual({ text: "ä", next: 2, dropped: 0 });
    ring.add(Buffer.from("12345"));
    expect(ring.read(0, 100)).toEqual({ text: "öü12345", next: 11, dropped: 2 });
    ring.add(Buffer.from("abcdefghijklmnop"));
    expect(ring.read(0, 100)).toEqual({ text: "ghijklmnop", next: 27, dropped: 17 });
    expect(ring.read(99, 100)).toEqual({ text: "", next: 27, dropped: 0 });
    ring.add(Buffer.from("€").subarray(0, 2));
    expect(ring.read(27, 100)).toEqual({ text: "", next: 27, dropped: 0 });
    ring.close();
    expect(ring.read(27, 100)).toEqual({ text: "\ufffd", next: 29, dropped: 0 });
  });

  test("binary bytes do not block a poll", () => {
    const ring = createOutputRing(100);
    ring.add(Buffer.alloc(50, 0x80));
    expect(ring.read(0, 100).next).toBe(50);
  });
});
