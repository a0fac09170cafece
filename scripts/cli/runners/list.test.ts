/** `runner list`, `drain` and `resume` on the command line, of what a server wrote down. */
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

test("runners are listed, drained and resumed; a wrong name is one sentence", async () => {
  const data = dataFolder();
  const call = (...args: string[]) => banyan(["runner", ...args, "--data", data]);
  expect((await banyan(["seed", "--data", data])).status).toBe(0);
  expect((await call("list")).stdout).toMatch(
    /^This installation has no runners: everything runs on the server's machine\./,
  );
  const runner = { pool: "linux", slots: 4, architecture: "x64", version: "0.1.0", isNeighbour: true };
  const seen = {
    atMs: Date.now(),
    problem: null,
    runners: [
      { ...runner, runner: "linux-1", free: 1, goneSinceMs: null },
      { ...runner, runner: "linux-2", free: 0, goneSinceMs: Date.now() - 60_000 },
    ],
    held: [],
  };
  const sqlite = new Database(path.join(data, "banyan.db"));
  sqlite.prepare("INSERT INTO facts (name, value) VALUES ('runners', ?)").run(JSON.stringify(seen));
  sqlite.close();
  const { stdout } = await call("list");
  expect(stdout).toContain("Pool linux: 3 of 4 slots in use on 1 runner.\n");
  expect(stdout).toMatch(/linux-1 +linux +Answers +3 of 4 +0 trees +0\.1\.0\n/);
  expect(stdout).toMatch(/linux-2 +linux +Silent +4 gone /);
  const wrong = await call("drain", "linux-9");
  expect([wrong.status, wrong.stderr.trim()]).toEqual([
    expect.any(Number),
    expect.stringContaining("There is no runner linux-9. Runners: linux-1, linux-2."),
  ]);
  expect(wrong.status).not.toBe(0);
  // Its flags would be those of `runner`, and the command would work on the default installation.
  expect(await banyan(["runner", "--data", data, "list"])).toMatchObject({
    status: 2,
    stderr: "Write --data after the command: npx banyan runner list … --data <dir>.\n",
  });
  expect((await call("drain", "linux-1")).stdout).toContain("The runner linux-1 gets nothing new.");
  const shown = JSON.parse((await call("list", "--json")).stdout);
  expect(shown.runners).toMatchObject([
    { name: "linux-1", state: "drained" },
    { name: "linux-2", state: "silent" },
  ]);
  expect((await call("resume", "linux-1")).stdout).toContain("The runner linux-1 gets work again.");
  expect((await call("resume", "linux-1")).stderr).toContain("is not drained");
}, 120_000);
