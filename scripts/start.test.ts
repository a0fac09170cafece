import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { takeData } from "@/launcher/lock.mjs";
import { nodePastEnd } from "./check-node.mjs";
import { listening, smallCheckout, start } from "./testing/small-checkout";

/** Replaces the real server: listens, writes its process number to a file, and ends on SIGTERM. */
const SERVER = `
import { createServer } from "node:http";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
export async function main(argv: string[]): Promise<void> {
  const server = createServer(({ url }, response) => response.end(url === "/health" ? '{ "instance": "one" }' : "served"));
  await new Promise<void>((resolve) => server.listen(Number(process.env.PORT), "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  mkdirSync("data", { recursive: true });
  writeFileSync("data/server.json", JSON.stringify({ pid: process.pid, port, url: "http://127.0.0.1:" + port }));
  process.once("SIGTERM", () => {
    rmSync("data/server.json");
    console.log("stopped");
    server.close();
  });
  console.log("listening", port, process.env.NODE_ENV, process.env.GREETING, ...argv);
}
`;
const checkout = () => smallCheckout(SERVER);

test("start builds, then runs the server in the same process; the second start builds nothing", async () => {
  const root = checkout();
  const first = start(root, "start.mjs", ["--role", "web", "--direct"]);
  await listening(first);
  expect(first.stderr).toContain("Building the programs");
  expect(first.stdout).toMatch(/^listening \d+ production hello --role web\n$/);
  const { pid, port } = JSON.parse(readFileSync(path.join(root, "data/server.json"), "utf8"));
  expect(pid).toBe(first.child.pid);
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("served");

  const data = mkdtempSync(path.join(tmpdir(), "banyan-data-"));
  onTestFinished(() => rmSync(data, { recursive: true }));
  const other = start(root, "start.mjs", ["--direct", "--data", data], { PORT: String(port) });
  expect(await other.ended).toBe(2);
  expect(other.stderr).toMatch(
    `by another program: stop it, or choose another port with \`PORT=${port + 1} npm start -- --data ${data}\`.`,
  );

  const again = start(root, "start.mjs", ["--direct"], { PORT: String(port) });
  expect(await again.ended).toBe(2);
  expect(again.stderr).toMatch(
    `Port ${port} on 127.0.0.1 is in use by the Banyan server of this data folder (process ${pid})`,
  );

  const stop = start(root, "stop.mjs");
  expect(await stop.ended).toBe(0);
  expect(await first.ended).toBe(0);
  expect(first.stdout).toContain("stopped");

  const second = start(root, "start.mjs", ["--direct"]);
  await listening(second);
  const warning = nodePastEnd(process.versions.node);
  expect(second.stderr).toBe(warning ? `${warning}\n` : "");
});

test("without a terminal, as below nohup, a terminal that closes does not end it", async () => {
  const root = checkout();
  const run = start(root, "start.mjs", ["--direct"]);
  await listening(run);
  run.child.kill("SIGHUP");
  const { port } = JSON.parse(readFileSync(path.join(root, "data/server.json"), "utf8"));
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("served");
  run.child.kill("SIGTERM");
  expect(await run.ended).toBe(0);
});

test("stop does nothing without a server, or when its process number now belongs to another program", async () => {
  const root = checkout();
  const none = start(root, "stop.mjs");
  expect(await none.ended).toBe(0);
  expect(none.stderr).toContain("No server runs");
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  onTestFinished(() => void other.kill("SIGKILL"));
  // macOS tells no start of a process, and then the address has to answer.
  for (const started of ["1", ""]) {
    const told = { pid: other.pid, port: 1, url: "http://127.0.0.1:1", started };
    writeFileSync(path.join(root, "server.json"), JSON.stringify(told));
    const stop = start(root, "stop.mjs", [], { BANYAN_DATA_DIR: "." });
    expect([await stop.ended, stop.stderr]).toEqual([0, expect.stringContaining("No server runs")]);
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  }
});

test("stop ends the server of the data folder that it is given, and no other", async () => {
  const root = checkout();
  const run = start(root, "start.mjs", ["--direct"]);
  await listening(run);
  const stop = start(root, "stop.mjs", ["--data", path.join(root, "other")]);
  expect(await stop.ended).toBe(0);
  expect(stop.stderr).toContain("No server runs");
  expect(run.child.exitCode).toBeNull();
  expect(await start(root, "stop.mjs", ["--data", path.join(root, "data")]).ended).toBe(0);
  expect(await run.ended).toBe(0);
});

test("the command's exit status is passed on, and build messages stay out of its standard output", async () => {
  const root = checkout();
  const failing = start(root, "banyan.mjs", ["fail", "--json"]);
  expect(await failing.ended).toBe(3);
  expect(failing.stdout).toBe('["fail","--json"]\n');
  expect(failing.stderr).toContain("Building");
  const working = start(root, "banyan.mjs", ["trees"]);
  expect(await working.ended).toBe(0);
  expect(working.stderr).toBe("");
});

test("an error prints one sentence and exits with 2 before anything is built", async () => {
  const root = checkout();
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: "http" }, /^PORT is "http", but a port is a whole number from 0 to 65535 .*\n$/],
    [{ PORT: "65536" }, /^PORT is "65536"/],
    [
      { PORT: port },
      new RegExp(
        `^Port ${port} on 127.0.0.1 is in use by another program: stop it, or choose another port with .*\\n$`,
      ),
    ],
    [{ HOST: "192.0.2.1" }, /^This machine cannot listen on HOST 192\.0\.2\.1 \(EADDRNOTAVAIL\): .*\n$/],
    [{ PATH: root }, /^Banyan keeps .* git is not on the PATH: install it .*\n$/],
    [{ BANYAN_DATA_DIR: "/dev/null" }, /^Cannot write to the data folder \/dev\/null \(it is not a folder\): .*\n$/],
    [{ BANYAN_HOME: "/dev/null/home" }, /^Cannot write to the launcher's folder .* set BANYAN_HOME to a folder/],
    [{ BANYAN_DATA_DIR: "state" }, /^The data folder .*\/state is in the checkout, which is copied .*\n$/],
  ];
  for (const [env, sentence] of cases) {
    const run = start(root, "start.mjs", "BANYAN_HOME" in env ? [] : ["--direct"], env);
    expect(await run.ended).toBe(2);
    expect(run.stderr).toMatch(sentence);
    expect(run.stdout).toBe("");
  }
  expect(() => rmSync(path.join(root, "dist"))).toThrow(/ENOENT/);
});

test("a program that does not compile is named, with exit status 2", async () => {
  const root = checkout();
  writeFileSync(path.join(root, "server/main.ts"), "export const main = ;\n");
  const run = start(root, "start.mjs", ["--direct"]);
  expect(await run.ended).toBe(2);
  expect(run.stderr).toMatch(/server\/main\.ts:1:20[\s\S]*Building the programs failed \(see above\)/);
});

test("development is refused while a server of the data folder that is named works, and not for another folder's", async () => {
  const root = checkout();
  const served = mkdtempSync(path.join(tmpdir(), "banyan-data-"));
  onTestFinished(() => rmSync(served, { recursive: true }));
  writeFileSync(path.join(served, "server.json"), JSON.stringify({ pid: process.pid, port: 1 }));
  const refused = start(root, "start.mjs", ["--dev", "--data", served]);
  expect(await refused.ended).toBe(2);
  expect(refused.stderr).toContain(`The server of this data folder runs (process ${process.pid})`);
  const other = mkdtempSync(path.join(tmpdir(), "banyan-data-"));
  onTestFinished(() => rmSync(other, { recursive: true }));
  const started = start(root, "start.mjs", ["--dev", "--data", other], { BANYAN_DATA_DIR: served });
  await listening(started);
  started.child.kill("SIGTERM");
  await started.ended;
  // Of another data folder, whose server works on the same database.
  const database = path.join(served, "shared.db");
  takeData(served, path.join(served, "data"), database);
  const onSame = start(root, "start.mjs", ["--dev"], { BANYAN_DATA_DIR: other, DATABASE_URL: database });
  expect(await onSame.ended).toBe(2);
  expect(onSame.stderr).toMatch(/already serves with the database .*shared\.db.* Or develop on other data with `PORT=/);
  const named = start(root, "start.mjs", ["--dev", "--data", other], { DATABASE_URL: database });
  await listening(named);
  named.child.kill("SIGTERM");
  await named.ended;
});
