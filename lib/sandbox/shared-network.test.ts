import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import { createSandbox } from "./sandbox";

let base: string;
let workspace: string;

beforeAll(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-shared-")));
  fs.chmodSync(base, 0o755);
  workspace = path.join(base, "workspace");
  fs.mkdirSync(workspace);
  giveToTools(workspace);
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

const server = `node -e 'require("net").createServer((socket) => socket.end("answered")).listen(3000, () => console.log("up"))'`;
const client = "cat < /dev/tcp/127.0.0.1/3000 || true";

type Sandbox = ReturnType<typeof createSandbox>;

function run(sandbox: Sandbox, command: string) {
  const signal = new AbortController().signal;
  return sandbox.run({ command, workspace, hiddenPaths: [], sharedNetwork: "task", timeoutMs: 60_000, signal });
}

async function serve(sandbox: Sandbox) {
  const program = await sandbox.start({ command: server, workspace, hiddenPaths: [], sharedNetwork: "task" });
  await new Promise((resolve) => program.stdout.once("data", resolve));
  return program;
}

/** Returns the namespaces that this process holds open. */
function held(): string[] {
  const links = fs.readdirSync("/proc/self/fd").map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return links.filter((link) => /^(net|user):/.test(link));
}

test("a network lives as long as the last command in it, and is a new one afterwards", async () => {
  const sandbox = createSandbox();
  expect(await sandbox.status()).toEqual({ available: true });
  const before = held();
  const first = await serve(sandbox);
  const second = await sandbox.start({
    command: "echo up; read -r _; exec sleep 1e6",
    workspace,
    hiddenPaths: [],
    sharedNetwork: "task",
  });
  expect(held().length).toBe(before.length + 2);
  await first.kill();
  expect(held().length).toBe(before.length + 2);
  expect((await run(sandbox, client)).stdout).toBe("");
  const again = await serve(sandbox);
  expect((await run(sandbox, client)).stdout).toBe("answered");
  await Promise.all([second.kill(), again.kill()]);
  expect(held()).toEqual(before);
  const [a, b] = [await run(sandbox, "readlink /proc/self/ns/net"), await run(sandbox, "readlink /proc/self/ns/net")];
  expect(a.stdout).toMatch(/^net:/);
  expect(b.exitStatus).toBe(0);
  sandbox.close();
});

test("a command that cannot start leaves no network", async () => {
  const sandbox = createSandbox();
  await sandbox.status();
  const before = held();
  const missing = { command: "true", workspace: path.join(base, "none"), hiddenPaths: [], sharedNetwork: "task" };
  await expect(sandbox.start(missing)).rejects.toThrow();
  const folder = { source: path.join(base, "no-source"), at: "/given" };
  await expect(sandbox.start({ ...missing, workspace, readOnly: [folder] })).rejects.toThrow();
  expect(held()).toEqual(before);
  sandbox.close();
});

test("without nsenter each command has its own network, and the status says why", async () => {
  const programs = path.join(base, "programs");
  fs.mkdirSync(programs);
  fs.symlinkSync("/usr/bin/bwrap", path.join(programs, "bwrap"));
  const sandbox = createSandbox({ searchPath: programs });
  expect(await sandbox.status()).toEqual({
    available: true,
    noSharedNetwork: expect.stringMatching(/nsenter is not installed; install it with: apt-get install util-linux$/),
  });
  const program = await serve(sandbox);
  expect((await run(sandbox, client)).stdout).toBe("");
  await program.kill();
  sandbox.close();
});
