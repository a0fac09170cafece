/** `open` without a server: it starts the real one with the real scripts and the real launcher, without pages. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { isAlive } from "@/lib/process/identity";
import { removeTree } from "@/lib/workspace/remove-tree";
import { freePort } from "@/scripts/testing/free-port";
import { makeHome } from "@/scripts/testing/home";
import { makeCheckout } from "@/scripts/testing/whole-product";
import { PATIENT } from "@/tests/agents/patient";

let above = "";
const inAbove = (name: string) => path.join(above, name);

beforeAll(() => {
  above = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-open-")));
  makeCheckout(inAbove("checkout"), { ".env": "GREETING=from-the-file\n" });
  // Otherwise both would build at the same time.
  execFileSync(process.execPath, [inAbove("checkout/scripts/banyan.mjs"), "trees", "--help"], { stdio: "pipe" });
});
afterAll(() => removeTree(above));

/** A data folder and a launcher's folder of their own, in the shared checkout. */
async function installation() {
  const own = mkdtempSync(path.join(above, "one-"));
  const [home, data, shop] = ["home", "data", "shop"].map((name) => path.join(own, name)) as [string, string, string];
  makeHome(home, inAbove("checkout"));
  execFileSync("mkdir", [shop]);
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    ...PATIENT,
    LOG_LEVEL: "error",
    NODE_ENV: "production" as const,
    BANYAN_HOME: home,
    XDG_CONFIG_HOME: path.join(own, "config"),
    PORT: String(port),
  };
  const server = () => {
    const file = path.join(data, "server.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { pid: number; url: string }) : null;
  };
  onTestFinished(async () => {
    const { pid } = server() ?? {};
    if (pid === undefined) return;
    end(pid, "SIGTERM");
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });
  const open = (...args: string[]) => start(env, shop, ["open", "--no-browser", "--data", data, ...args]);
  /** The command that an MCP client starts. */
  const mcp = () =>
    new StdioClientTransport({
      command: process.execPath,
      args: [inAbove("checkout/scripts/banyan.mjs"), "mcp", "--data", data],
      env: env as Record<string, string>,
      cwd: shop,
      stderr: "pipe",
    });
  return { home, data, shop, port, server, open, mcp };
}

interface Run {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  done: Promise<number | null>;
}

function start(env: NodeJS.ProcessEnv, cwd: string, args: string[]): Run {
  const child = spawn(process.execPath, [inAbove("checkout/scripts/banyan.mjs"), ...args], { env, cwd });
  onTestFinished(() => void child.kill("SIGKILL"));
  const run: Run = { child, stdout: "", stderr: "", done: new Promise((resolve) => child.once("close", resolve)) };
  child.stdout.on("data", (chunk) => {
    run.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    run.stderr += chunk;
  });
  return run;
}

function end(pid: number, signal: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, signal);
}

const STARTED = /Starting the server as process (\d+)\. Its log: (\S+)/;

test("it starts the server, which stays when the command has ended, and says how to stop it", {
  timeout: 240_000,
}, async () => {
  const { home, shop, port, server, open } = await installation();
  const first = open("--json");
  expect([await first.done, first.stderr]).toEqual([0, expect.stringMatching(STARTED)]);
  const said = JSON.parse(first.stdout);
  const url = `http://127.0.0.1:${port}`;
  const page = `/?workspace=${encodeURIComponent(shop)}`;
  expect(said).toEqual({
    url: url + page,
    link: expect.stringContaining(`${url}/signin?token=`),
    opened: false,
    started: { pid: server()?.pid, log: path.join(home, "server.log") },
  });
  // The newest link counts, not the one in the log.
  const signedIn = await fetch(said.link, { method: "POST", redirect: "manual" });
  expect([signedIn.status, signedIn.headers.getSetCookie()]).toEqual([
    303,
    [expect.stringContaining("banyan_session"), expect.anything()],
  ]);
  // It has a session of its own, so it survives the end of the terminal. It reads `.env` itself.
  const pid = server()?.pid ?? 0;
  expect(execFileSync("ps", ["-o", "sid=,tty=", "-p", String(pid)], { encoding: "utf8" }).split(/\s+/)).toEqual(
    expect.arrayContaining([String(pid), "?"]),
  );
  expect(
    readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .filter((part) => part.startsWith("GREETING=")),
  ).toEqual([]);
  expect(readlinkSync(`/proc/${pid}/fd/1`)).toBe(path.join(home, "server.log"));

  const second = open("--json");
  expect([await second.done, second.stderr]).toEqual([0, ""]);
  expect(JSON.parse(second.stdout)).toEqual({ url: url + page, link: null, opened: false, started: null });
});

test("two at once start one server", { timeout: 240_000 }, async () => {
  const { data, server, open } = await installation();
  const runs = [open(), open()];
  expect(await Promise.all(runs.map(({ done }) => done))).toEqual([0, 0]);
  const starters = runs.filter(({ stderr }) => STARTED.test(stderr));
  expect(starters.map(({ stderr }) => Number(STARTED.exec(stderr)?.[1]))).toEqual([server()?.pid]);
  const stop = `The server runs in the background. To stop it: npx banyan serve --stop --data ${data}\n`;
  expect(runs.filter(({ stdout }) => stdout.endsWith(stop))).toEqual(starters);
});

test("killed in the middle, the server comes up nevertheless, and the next command finds it", {
  timeout: 240_000,
}, async () => {
  const { server, open } = await installation();
  const killed = open();
  await expect.poll(() => killed.stderr, { timeout: 120_000 }).toMatch(STARTED);
  const pid = Number(STARTED.exec(killed.stderr)?.[1]);
  killed.child.kill("SIGKILL");
  await killed.done;
  expect(isAlive(pid)).toBe(true);
  const next = open("--json");
  expect([await next.done, server()?.pid]).toEqual([0, pid]);
});

test("Ctrl-C ends the wait and not the start", { timeout: 240_000 }, async () => {
  const { server, open } = await installation();
  const waiting = open();
  await expect.poll(() => waiting.stderr, { timeout: 120_000 }).toMatch(STARTED);
  const pid = Number(STARTED.exec(waiting.stderr)?.[1]);
  waiting.child.kill("SIGINT");
  expect([await waiting.done, waiting.stdout, waiting.stderr]).toEqual([
    130,
    "",
    expect.stringContaining(`The server keeps starting. To stop it: kill ${pid}`),
  ]);
  await expect.poll(() => server()?.pid, { timeout: 120_000 }).toBe(pid);
});

test("a port that another program uses is reported, and nothing hangs", { timeout: 240_000 }, async () => {
  const { data, port, open } = await installation();
  const other = createServer((_, response) => void response.end("another program"));
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  const refused = open();
  expect([await refused.done, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain(
    `Port ${port} on 127.0.0.1 is in use by another program: stop it, or choose another port`,
  );
  expect(refused.stderr.trim().split("\n").at(-1)).toMatch(/^The server has not started: its log \S+ says why\.$/);

  // A server that was killed has left its file, and the other program has its port and its process number.
  writeFileSync(path.join(data, "server.json"), JSON.stringify({ pid: process.pid, url: `http://127.0.0.1:${port}` }));
  const again = open();
  expect([await again.done, again.stdout]).toEqual([2, ""]);
  // It is this process, which the end of the test must not stop.
  rmSync(path.join(data, "server.json"));
});

test("an MCP client starts it too: its first request waits for the server, which stays when the client has ended", {
  timeout: 240_000,
}, async () => {
  const { server, mcp } = await installation();
  const wire = mcp();
  let said = "";
  wire.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "legacy" } });
  // On a slow machine the first request is told to come again; a client that people use does so when they press Reconnect.
  await client.connect(wire, { timeout: 200_000 });
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("run_task");
  expect(said).toMatch(STARTED);
  await client.close();
  const { url } = server() ?? {};
  expect((await fetch(`${url}/health`)).status).toBe(200);
});
