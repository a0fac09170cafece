/** T8: a command cannot take memory from the server, no matter how many processes it uses. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import { createSandbox } from "./sandbox";

let base: string;
let sandbox: ReturnType<typeof createSandbox>;

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-memory-"));
  giveToTools(base);
  sandbox = createSandbox();
});
afterEach(() => {
  sandbox.close();
  fs.rmSync(base, { recursive: true, force: true });
});

function run(command: string, memoryMb: number) {
  const limits = { memoryBytes: memoryMb * 1024 ** 2, cpuSeconds: 60 };
  const signal = new AbortController().signal;
  return sandbox.run({ command, workspace: base, hiddenPaths: [], timeoutMs: 120_000, signal, limits });
}

test("a single process above the limit fails", async () => {
  const result = await run(`awk 'BEGIN { s = "xxxxxxxxxxxxxxxx"; for (;;) s = s s }'; echo after $?`, 200);
  expect(result.endedBy).toBeUndefined();
  expect(result.stdout).toMatch(/^after [1-9]/);
});

test("many processes above the limit together are ended, and the result says why", async () => {
  const hold = `awk 'BEGIN { s = "xxxxxxxxxxxxxxxx"; while (length(s) < 40000000) s = s s; system("sleep 100") }'`;
  const result = await run(`for i in 1 2 3 4 5 6 7 8; do ${hold} & done; wait`, 150);
  expect(result).toMatchObject({ endedBy: "memory", exitStatus: null });
  expect(result.problem).toMatch(
    /^The command was ended, because its processes used more than 150 MB of memory together; .*BANYAN_MAX_COMMAND_MB\.$/,
  );
});

test("a command cannot hold memory that no process shows: memory files, and unattached segments", async () => {
  const large = "perl -e 'exit(defined shmget(0, 50_000_000, 0600) ? 0 : 7)'; echo $?";
  const small = "perl -e 'exit(defined shmget(0, 4096, 0600) ? 0 : 7)'; echo $?";
  const file = `perl -e '$_ = "x"; exit(syscall(${process.arch === "arm64" ? 279 : 319}, $_, 0) < 0 ? 7 : 0)'; echo $?`;
  expect((await run(`${large}; ${small}; ${file}`, 200)).stdout).toBe("7\n0\n7\n");
});

test("when the machine runs out of memory, commands are killed before the server", async () => {
  const result = await run("cat /proc/self/oom_score_adj", 200);
  expect(result.stdout).toBe("1000\n");
  expect(Number(fs.readFileSync("/proc/self/oom_score_adj", "utf8"))).toBeLessThan(1000);
});

test("no file gets a set-user-ID or set-group-ID bit", async () => {
  const tries = [
    "cp /bin/true a && chmod u+s a",
    "cp /bin/true b && chmod 6755 b",
    "mkdir c && chmod g+s c",
    "install -m 4755 /bin/true d",
  ];
  const result = await run(
    `${tries.map((script) => `( ${script} ) && echo done`).join("; ")}; chmod 755 a && echo plain`,
    200,
  );
  expect(result.stdout).toBe("plain\n");
  for (const name of fs.readdirSync(base)) expect(fs.lstatSync(path.join(base, name)).mode & 0o6000, name).toBe(0);
});

test("a self-test that could not start counts as failed, and is repeated", async () => {
  const sandbox = createSandbox({ firstRetestMs: 0 });
  const short = Object.assign(new Error("EMFILE: too many open files, scandir '/proc'"), { code: "EMFILE" });
  const readdir = vi.spyOn(fs, "readdirSync").mockImplementation(() => {
    throw short;
  });
  const refused = await sandbox.status().finally(() => readdir.mockRestore());
  expect(refused).toMatchObject({ available: false, reason: expect.stringContaining("too many open files") });
  expect(await sandbox.status()).toMatchObject({ available: true });
  sandbox.close();
});

test("a failed self-test is repeated at a later request; a passed one is not", async () => {
  const program = path.join(base, "bin", "bwrap");
  const real = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"].find((path) => fs.existsSync(path)) ?? "";
  const count = path.join(base, "count");
  fs.mkdirSync(path.dirname(program));
  fs.chmodSync(base, 0o777);
  fs.writeFileSync(program, `#!/bin/sh\necho x >> ${count}; exit 1\n`, { mode: 0o755 });
  const failing = createSandbox({ searchPath: path.dirname(program), firstRetestMs: 0 });
  expect(await failing.status()).toMatchObject({ available: false });
  fs.writeFileSync(program, `#!/bin/sh\necho x >> ${count}; exec /usr/bin/env -i ${real} "$@"\n`, { mode: 0o755 });
  expect(await failing.status()).toMatchObject({ available: true });
  const starts = fs.readFileSync(count, "utf8");
  expect(await failing.status()).toMatchObject({ available: true });
  expect(fs.readFileSync(count, "utf8")).toBe(starts);
  failing.close();
});
