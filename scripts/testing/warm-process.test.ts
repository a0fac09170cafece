import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runWarm } from "./warm-process";

/** What `main` of the program does, by its first argument. */
const PROGRAM = `
import { openSync } from "node:fs";
import { text } from "node:stream/consumers";
const acts = {
  pid: () => console.log(process.pid),
  all: async (...args) => {
    console.log(JSON.stringify([args, process.cwd(), process.env, await text(process.stdin)]));
    process.stderr.write("ünd");
    return 3;
  },
  late: () => void setTimeout(() => { process.stdout.write("late"); process.exitCode = 4; }, 20),
  exits: () => { process.stdout.write("so far"); process.exit(5); },
  throws: () => void setImmediate(() => { throw new Error("thrown"); }),
  never: () => new Promise(() => {}),
  hangs: () => { process.stdout.write("hangs"); return new Promise(() => setInterval(() => {}, 1000)); },
  dies: () => { process.stdout.write("dying"); process.kill(process.pid, "SIGKILL"); },
  file: () => void openSync(process.execPath),
  listener: () => void process.on("SIGHUP", () => {}),
  warning: () => process.emitWarning("careful"),
};
export async function main([act, ...args]) {
  process.on("uncaughtException", (error) => { console.error(error.message); process.exit(6); });
  return acts[act](...args);
}
`;
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-warm-")));
  writeFileSync(path.join(folder, "program.mjs"), PROGRAM);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: string[], { env = {}, cwd = folder, stdin = "" } = {}) =>
  runWarm(path.join(folder, "program.mjs"), { args, env, cwd, stdin: Buffer.from(stdin) });
const pid = async () => (await run(["pid"])).stdout;

test("one process runs command after command, each with its own arguments, folder, environment and input", async () => {
  const first = await pid();
  expect(first).toMatch(/^\d+\n$/);
  const inner = path.join(folder, "inner");
  mkdirSync(inner);
  const one = await run(["all", "a", "b c"], { env: { ONE: "1" }, cwd: inner, stdin: "läter\n" });
  expect(one).toEqual({
    status: 3,
    stdout: `${JSON.stringify([["a", "b c"], inner, { ONE: "1" }, "läter\n"])}\n`,
    stderr: "ünd",
  });
  const other = await run(["all"], { env: { TWO: "2" } });
  expect(JSON.parse(other.stdout)).toEqual([[], folder, { TWO: "2" }, ""]);
  expect(await run(["late"])).toEqual({ status: 4, stdout: "late", stderr: "" });
  expect(await run(["pid"])).toEqual({ status: 0, stdout: first, stderr: "" });
});

test("a command that leaves something behind or ends its process is the last one there", async () => {
  const last: [string, number, string, string | RegExp][] = [
    ["exits", 5, "so far", ""],
    ["throws", 6, "", "thrown\n"],
    ["never", 13, "", ""],
    ["file", 0, "", ""],
    ["listener", 0, "", ""],
    ["warning", 0, "", expect.stringContaining("Warning: careful")],
  ];
  for (const [act, status, stdout, stderr] of last) {
    const before = await pid();
    expect([act, await run([act])]).toEqual([act, { status, stdout, stderr }]);
    expect([act, await pid()]).not.toEqual([act, before]);
  }
});

test("a command whose process dies has what it printed, and no status", async () => {
  expect(await run(["dies"])).toEqual({ status: null, stdout: "dying", stderr: "" });
});

test("commands at the same time have a process each", async () => {
  const [one, two] = await Promise.all([pid(), pid()]);
  expect(one).not.toBe(two);
});

let hanging: Promise<unknown>;
test("a command ends with its test", () => {
  hanging = run(["hangs"]);
});
test("…at once", async () => {
  expect(await hanging).toEqual({ status: null, stdout: expect.any(String), stderr: "" });
});
