/** The server as a process: what it prints when it cannot start, and what it survives. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./places.mjs";
import { banyan, buildPrograms, dataFolder, startServerProcess, startWorkerProcess } from "./testing/command-line";

buildPrograms();

test("a port in use prints one sentence and exits with 2, without a stack trace", async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const { status, stderr } = await startServerProcess(["--port", String(port), "--data", dataFolder()]).done;
  expect(stderr.trim().split("\n")).toEqual([
    `Port ${port} on 127.0.0.1 is taken by another program; end it, or set PORT to another number.`,
  ]);
  expect(status).toBe(2);
});

test("a data folder that the command line names brings its own database, whatever DATABASE_URL says", async () => {
  const [data, other] = [dataFolder(), path.join(dataFolder(), "other.db")];
  const worker = await startWorkerProcess(data, { DATABASE_URL: `file:${other}` });
  expect([existsSync(path.join(data, "banyan.db")), existsSync(other)]).toEqual([true, false]);
  worker.child.kill("SIGTERM");
  await worker.done;
});

test("relative paths in the settings of an installed package begin at the folder of its .env", async () => {
  const home = dataFolder();
  const env = { BANYAN_PACKAGED: home, BANYAN_DATA_DIR: path.join(home, "data"), DATABASE_URL: "file:./b.db" };
  const worker = startServerProcess(["--role", "worker"], { env });
  await worker.says("works on");
  expect(existsSync(path.join(home, "b.db"))).toBe(true);
  worker.child.kill("SIGTERM");
  await worker.done;
  const { stderr } = await banyan(["seed"], { env: { ...env, DATABASE_URL: "file:./c.db" } });
  expect([stderr, existsSync(path.join(home, "c.db"))]).toEqual(["", true]);
});

test("`banyan serve` starts the server without what .env sets, so that each release reads that file itself", async () => {
  const checkout = dataFolder();
  mkdirSync(path.join(checkout, "scripts"));
  for (const name of ["dotenv.mjs", "places.mjs"])
    copyFileSync(path.join(ROOT, "scripts", name), path.join(checkout, "scripts", name));
  const start =
    "const { BANYAN_CHECKOUT, ...env } = process.env;\nconsole.log(JSON.stringify({ BANYAN_CHECKOUT, env }));\n";
  writeFileSync(path.join(checkout, "scripts/start.mjs"), start);
  writeFileSync(path.join(checkout, ".env"), "MAX_CONCURRENT_AGENTS=7\nLOG_LEVEL=error\n");
  // As `banyan.mjs` has read that file before it runs the command.
  const env = { BANYAN_CHECKOUT: checkout, MAX_CONCURRENT_AGENTS: "7", LOG_LEVEL: "warn" };
  const { stdout, stderr } = await banyan(["serve", "--data", dataFolder()], { env });
  expect(stderr).toBe("");
  const told = JSON.parse(stdout);
  expect(told.BANYAN_CHECKOUT).toBeUndefined();
  expect(told.env).toMatchObject({ LOG_LEVEL: "warn" });
  expect(told.env).not.toHaveProperty("MAX_CONCURRENT_AGENTS");
});
