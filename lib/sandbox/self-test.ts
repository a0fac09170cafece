import { randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { giveToTools } from "@/lib/process/tools-identity";
import { PROXY_PORT } from "./network";
import type { SandboxProcess, SandboxResult, SandboxRun, SandboxStart, SandboxStatus } from "./port";

const PROCESS_CAP = 16;
const TIMEOUT_MS = 10_000;

/** Each line prints only when the sandbox has that hole; `done` shows that the script ran. */
function script(canaryFile: string, port: number): string {
  return [
    `for f in /usr/banyan-test /etc/banyan-test /banyan-test '${canaryFile}'; do ( : >> "$f" ) 2>/dev/null && echo "it wrote to $f"; done`,
    `( : < '${canaryFile}' ) 2>/dev/null && echo "it read a file of the host"`,
    `( exec 3<>/dev/tcp/127.0.0.1/${port} ) 2>/dev/null && echo "it reached the host's network"`,
    '[ -n "$(tr -d \'\\0\' < /proc/1/environ 2>/dev/null)" ] && echo "it read the server\'s environment"',
    "[ $(id -u) = 0 ] && echo 'it runs as root'",
    ": > written || echo 'it could not write to its workspace'",
    "echo done",
    // The plain shell gives up at the first refused fork, while bash would wait and retry.
    `/bin/sh -c 'i=0; while [ $i -lt ${PROCESS_CAP * 3} ]; do sleep 3 >/dev/null & i=$((i+1)); done; echo "it forked past the cap"' 2>/dev/null`,
    // Exits without waiting for the sleepers, which end with the sandbox.
    "exit 0",
  ].join("\n");
}

/** Asks the proxy for the host's loopback, which is listed but private; then tries to bypass the proxy. */
function networkScript(port: number): string {
  return [
    `exec 3<>/dev/tcp/127.0.0.1/${PROXY_PORT} || exit 1`,
    `printf 'CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n' >&3`,
    "read -r _ answer _ <&3; echo $answer",
    `( exec 4<>/dev/tcp/127.0.0.1/${port} ) 2>/dev/null && echo around`,
    "exit 0",
  ].join("\n");
}

function networkFault(result: SandboxResult | Error): string | undefined {
  const off = "Commands have no network, because";
  if (result instanceof Error) return `${off} the proxy does not start: ${result.message}.`;
  if (result.stdout === "403\n") return undefined;
  if (/200|around/.test(result.stdout)) return `${off} the proxy let a command reach this machine's own network.`;
  const why = result.stderr.trim().split("\n").at(-1) || `exit status ${result.exitStatus}`;
  return `${off} the connection to the proxy cannot be opened in the sandbox (${why}).`;
}

/**
 * Tries to break out of the sandbox. A successful break-out, or a failure to run, makes the sandbox unavailable with
 * that reason.
 */
export async function selfTest(
  run: (run: SandboxRun) => Promise<SandboxResult>,
  /** A folder of this process; the next process removes what a kill leaves in it. */
  base: () => string,
): Promise<SandboxStatus> {
  let folder: string;
  try {
    folder = fs.mkdtempSync(path.join(base(), "self-test-"));
  } catch (error) {
    return { available: false, reason: `The sandbox could not be tested: ${(error as Error).message}.` };
  }
  const server = net.createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const workspace = path.join(folder, "workspace");
    fs.mkdirSync(workspace);
    giveToTools(workspace);
    const canaryFile = path.join(folder, `canary-${randomUUID()}`);
    fs.writeFileSync(canaryFile, "canary", { mode: 0o666 });
    const signal = new AbortController().signal;
    const common = { workspace, hiddenPaths: [], timeoutMs: TIMEOUT_MS, signal };
    const network = { hosts: [`127.0.0.1:${port}`] };
    const [result, proxied] = await Promise.all([
      run({ ...common, command: script(canaryFile, port), limits: { processes: PROCESS_CAP } }),
      run({ ...common, command: networkScript(port), network }).catch((error: unknown) => error as Error),
    ]);
    const status = judge(result);
    const noNetwork = networkFault(proxied);
    return status.available && noNetwork ? { ...status, noNetwork } : status;
  } catch (error) {
    return {
      available: false,
      reason: `The sandbox could not be started: ${error instanceof Error ? error.message : error}.`,
    };
  } finally {
    server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function judge(result: SandboxResult): SandboxStatus {
  const lines = result.stdout.split("\n").filter(Boolean);
  const holes = lines.filter((line) => line !== "done");
  if (holes.length > 0) return { available: false, reason: `The sandbox failed its self-test: ${holes.join("; ")}.` };
  if (lines.includes("done")) return { available: true };
  const why = result.stderr.trim().split("\n").at(-1) || `exit status ${result.exitStatus}`;
  const needs = /namespace|[ug]id map/.test(why) ? "; it needs unprivileged user namespaces" : "";
  return { available: false, reason: `The sandbox does not start on this machine (${why})${needs}.` };
}

/** Free, since only the test's two commands are in that network. */
const SHARED_PORT = 8009;

/** Listens until its input ends, and answers each connection with a line. */
const LISTENER = `node -e '
  const server = require("net").createServer((socket) => socket.end("answered\\n"));
  server.listen(${SHARED_PORT}, "127.0.0.1", () => console.log("up"));
  process.stdin.resume().on("end", () => process.exit());'`;

/**
 * Lets two commands meet on a loopback that they share, and tries to reach the host's loopback from there. Returns why
 * commands cannot share a loopback on this machine, or undefined.
 */
export async function sharingFault(sandbox: {
  start(start: SandboxStart): Promise<SandboxProcess>;
  run(run: SandboxRun): Promise<SandboxResult>;
  base(): string;
}): Promise<string | undefined> {
  const off = "Commands cannot reach each other's ports, because";
  const host = net.createServer((socket) => socket.destroy());
  let folder: string | undefined;
  let listener: SandboxProcess | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      host.once("error", reject);
      host.listen(0, "127.0.0.1", resolve);
    });
    const address = host.address();
    const hostPort = typeof address === "object" && address ? address.port : 0;
    folder = fs.mkdtempSync(path.join(sandbox.base(), "self-test-"));
    const workspace = path.join(folder, "workspace");
    fs.mkdirSync(workspace);
    giveToTools(workspace);
    const common = { workspace, hiddenPaths: [], sharedNetwork: `self-test ${randomUUID()}` };
    listener = await sandbox.start({ ...common, command: LISTENER });
    await firstOutput(listener);
    const command = [
      `( exec 3<>/dev/tcp/127.0.0.1/${hostPort} ) 2>/dev/null && echo reached the host`,
      `exec 3<>/dev/tcp/127.0.0.1/${SHARED_PORT} && cat <&3`,
    ].join("\n");
    const signal = new AbortController().signal;
    const result = await sandbox.run({ ...common, command, timeoutMs: TIMEOUT_MS, signal });
    if (result.stdout === "answered\n") return undefined;
    const said = result.stdout.trim() || result.stderr.trim().split("\n").at(-1) || `exit status ${result.exitStatus}`;
    return `${off} their shared network failed its test (${said}).`;
  } catch (error) {
    return `${off} their shared network cannot be made (${error instanceof Error ? error.message : error}).`;
  } finally {
    host.close();
    await listener?.kill();
    if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves at the first output of a program, and at its end. */
function firstOutput({ stdout, stderr, ended }: SandboxProcess): Promise<void> {
  stderr.resume();
  return new Promise((resolve) => {
    stdout.once("data", () => resolve());
    void ended.then(() => resolve());
  });
}
