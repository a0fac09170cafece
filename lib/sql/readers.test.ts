import fs from "node:fs";
import { createServer, Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxPort, SandboxProcess } from "../sandbox/port";
import { createSandbox } from "../sandbox/sandbox";
import { testedSandbox } from "../sandbox/testing/tested";
import { createSqlReaders, type SqlReaders } from "./readers";

const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

const real = createSandbox({ tested: testedSandbox });
let base: string;
/** Started readers, and how many of them have ended. */
let started: { process: SandboxProcess; hasEnded: boolean }[];
let sandbox: SandboxPort;
let readers: SqlReaders;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-test-")));
  started = [];
  sandbox = {
    ...real,
    async start(start) {
      const reader = { process: await real.start(start), hasEnded: false };
      started.push(reader);
      void reader.process.ended.then(() => {
        reader.hasEnded = true;
      });
      return reader.process;
    },
  };
  readers = createSqlReaders(sandbox, process.cwd());
});
afterEach(async () => {
  await readers.close();
  expect(started.every((reader) => reader.hasEnded)).toBe(true);
  fs.rmSync(base, { recursive: true, force: true });
});
afterAll(() => real.close());

function snapshot(tree: string, value: string): string {
  const folder = path.join(base, tree, "sql");
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${fs.readdirSync(folder).length}.db`);
  const database = new Database(file);
  database.exec(`CREATE TABLE t (value TEXT); INSERT INTO t VALUES ('${value}')`);
  database.close();
  fs.chmodSync(file, 0o600);
  giveToTools(file);
  return file;
}

function ask(file: string, sql = "SELECT value FROM t", more: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const signal = new AbortController().signal;
  return readers.query(file, sql, { maxRows: 10, maxBytes: 4096, timeoutMs: 10_000, signal, ...more });
}

const value = (text: string) => ({ columns: ["value"], rows: [[text]], truncated: false });

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`This did not happen: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("a reader", () => {
  test("is kept for the next query, also for a newer snapshot of the same tree, and serves one tree only", async () => {
    const [a, b] = [snapshot("a", "first"), snapshot("b", "other")];
    expect(await ask(a)).toEqual(value("first"));
    expect(await ask(a, "SELECT value || '\u2028\u2029' AS value FROM t")).toEqual(value("first\u2028\u2029"));
    expect(await ask(snapshot("a", "second"))).toEqual(value("second"));
    expect(started).toHaveLength(1);
    expect(await ask(b)).toEqual(value("other"));
    expect(started).toHaveLength(2);
  });

  test("reports a missing snapshot, and continues", async () => {
    const file = snapshot("a", "x");
    await ask(file);
    expect(await ask(path.join(path.dirname(file), "gone.db"))).toEqual({
      gone: expect.stringContaining("unable to open"),
    });
    expect(await ask(file)).toEqual(value("x"));
    expect(started).toHaveLength(1);
  });

  test("that is too slow is ended completely, and waiting callers get another reader", async () => {
    const file = snapshot("a", "x");
    const slow = ask(file, ENDLESS, { timeoutMs: 300 });
    const next = ask(file);
    expect(await slow).toEqual({ ended: "timeout" });
    expect(started[0]?.hasEnded).toBe(true);
    expect(await next).toEqual(value("x"));
    expect(started).toHaveLength(2);
  });

  test("whose caller aborts is ended; a caller that aborts in the queue does not affect others", async () => {
    const file = snapshot("a", "x");
    await ask(file);
    const [stop, stopWaiting] = [new AbortController(), new AbortController()];
    const slow = ask(file, ENDLESS, { signal: stop.signal });
    const waiting = ask(file, "SELECT 1", { signal: stopWaiting.signal });
    const last = ask(file);
    const { stdin } = started[0]?.process ?? {};
    const before = stdin instanceof Socket ? stdin.bytesWritten : 0;
    await until(() => stdin instanceof Socket && stdin.bytesWritten > before, "the slow query is at work");
    stopWaiting.abort(new Error("given up in the queue"));
    stop.abort(new Error("given up"));
    await expect(slow).rejects.toThrow("given up");
    await expect(waiting).rejects.toThrow("given up in the queue");
    expect(await last).toEqual(value("x"));
    expect(started).toHaveLength(2);
  });

  test("is ended when it is idle for a while, and when there are too many", async () => {
    await readers.close();
    readers = createSqlReaders(sandbox, process.cwd(), 1);
    expect(await ask(snapshot("a", "x"))).toEqual(value("x"));
    await until(() => started[0]?.hasEnded === true, "the idle reader ends");
    expect(await ask(snapshot("a", "y"))).toEqual(value("y"));
    readers.prepare(path.join(base, "nobody", "sql"));
    await until(
      () => started.length === 3 && started.every((reader) => reader.hasEnded),
      "the one that nobody asked ends",
    );
    readers = createSqlReaders(sandbox, process.cwd());
    for (const tree of ["a", "b", "c", "d", "e", "f"]) expect(await ask(snapshot(tree, tree))).toEqual(value(tree));
    await until(() => started.filter((reader) => !reader.hasEnded).length === 4, "only four are left");
  });

  test("that dies between two queries is replaced", async () => {
    const file = snapshot("a", "x");
    await ask(file);
    await started[0]?.process.kill();
    expect(await ask(file)).toEqual(value("x"));
  });

  test("that cannot start gives an error of one sentence, and the next query tries again", async () => {
    const broken = createSqlReaders(sandbox, programWith("throw new Error('a broken reader')"));
    const limits = { maxRows: 10, maxBytes: 4096, timeoutMs: 10_000, signal: new AbortController().signal };
    for (const file of [snapshot("a", "x"), snapshot("a", "y")]) {
      const asked = broken.query(file, "SELECT 1", limits);
      await expect(asked).rejects.toThrow(/^The SQL reader could not be started \(Error: a broken reader\)\.$/);
    }
    await broken.close();
    expect(started).toHaveLength(2);
  });
});

/** A program with a reader that an attacker may have replaced. */
function programWith(reader: string): string {
  const program = fs.mkdtempSync(path.join(base, "program-"));
  fs.mkdirSync(path.join(program, "lib", "sql"), { recursive: true });
  fs.symlinkSync(fs.realpathSync("node_modules"), path.join(program, "node_modules"));
  fs.writeFileSync(path.join(program, "package.json"), "{}");
  fs.writeFileSync(path.join(program, "lib", "sql", "reader.mjs"), reader);
  return program;
}

/** Answers each request with the value of an expression. */
const replying = (expression: string) => `
  import fs from "node:fs";
  import net from "node:net";
  import { execFileSync } from "node:child_process";
  const attempt = (work) => { try { return String(work()); } catch (error) { return "refused: " + error.code; } };
  const table = (cells) => JSON.stringify({ columns: [], rows: [cells], truncated: false }) + "\\n";
  process.stdout.write("ready\\n");
  process.stdin.on("data", async () => process.stdout.write(await (${expression})));`;

describe("a compromised reader", () => {
  async function taken(expression: string, file = snapshot("own", "x")) {
    await readers.close();
    readers = createSqlReaders(sandbox, programWith(replying(expression)));
    return ask(file);
  }

  test("sees the snapshots of its tree and nothing else of the host, and cannot change them", async () => {
    const foreign = snapshot("foreign", "canary");
    fs.writeFileSync(path.join(base, "banyan.db"), "canary", { mode: 0o644 });
    const own = snapshot("own", "x");
    const answer = await taken(
      `table([
        ...["${foreign}", "${base}/banyan.db", "${own}"].map((file) => attempt(() => fs.readFileSync(file))),
        attempt(() => fs.readdirSync("/banyan/snapshots")),
        attempt(() => fs.writeFileSync("/banyan/snapshots/new", "x")),
        attempt(() => fs.rmSync("/banyan/snapshots/0.db")),
        attempt(() => fs.appendFileSync("/banyan/reader.mjs", "x")),
        attempt(() => fs.readdirSync("/banyan").sort()),
        attempt(() => fs.readdirSync("/").includes("work")),
        attempt(() => Object.keys(process.env).sort()),
        attempt(() => process.getuid()),
      ])`,
      own,
    );
    const walled = expect.stringMatching(/^refused: E(ROFS|ACCES|PERM)$/);
    expect(answer).toEqual({
      columns: [],
      rows: [
        [
          "refused: ENOENT",
          "refused: ENOENT",
          "refused: ENOENT",
          "0.db",
          walled,
          walled,
          walled,
          "node_modules,reader.mjs,snapshots",
          "false",
          expect.not.stringMatching(/API|SECRET|TOKEN|BANYAN|NODE_/),
          "1000",
        ],
      ],
      truncated: false,
    });
  });

  test("reaches no network", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const answer = await taken(`new Promise((resolve) => {
      const socket = net.connect(${port}, "127.0.0.1");
      socket.on("connect", () => resolve(table(["reached"])));
      socket.on("error", (error) => resolve(table([error.code])));
    })`);
    server.close();
    expect(answer).toEqual({
      columns: [],
      rows: [[expect.stringMatching(/^E(CONNREFUSED|NETUNREACH)$/)]],
      truncated: false,
    });
  });

  test.each([
    ["more than one line", `table(["one"]) + table(["two"])`],
    ["no JSON", `"nonsense\\n"`],
    ["another shape", `'{"columns":[],"rows":[[{"deep":1}]],"truncated":false}\\n'`],
    ["a line without an end", `"x".repeat(10_000_000)`],
    ["nothing, and ends", `process.exit(0)`],
  ])("and says %s is ended", async (_what, expression) => {
    expect(await taken(expression)).toEqual({ ended: "died" });
    expect(started.at(-1)?.hasEnded).toBe(true);
  });

  test("and takes memory or forks is bounded", async () => {
    const memory = `(() => { const all = []; for (;;) all.push(Buffer.alloc(1e7, 1)); })()`;
    expect(await taken(memory)).toEqual({ ended: "died" });
    const forks = await taken(
      `table([attempt(() => execFileSync("/bin/sh", ["-c", "i=0; while [ $i -lt 64 ]; do sleep 60 >/dev/null & i=$((i+1)); done; echo forked"], { stdio: ["ignore", "pipe", "ignore"] }))])`,
      snapshot("forks", "x"),
    );
    expect(JSON.stringify(forks)).not.toContain("forked");
  });
});
