/**
 * Runs every hostile case as a command and as a program that outlives a call, as the user of this process, and prints
 * each output: node --import tsx lib/sandbox/testing/hostile-main.ts FOLDER
 */
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { giveToTools } from "@/lib/process/tools-identity";
import { createSandbox } from "../sandbox";
import { hostileCases } from "./hostile-cases";

export interface HostileReport {
  available: string;
  /** The output of each case by its name, as a command and as a program. */
  said: Record<string, { run: string; start: string }>;
  /** The number of connections to the host's sockets. */
  connections: number;
}

const base = process.argv[2] ?? "";
const workspace = path.join(base, "workspace");
const otherWorkspace = path.join(base, "other");
for (const folder of [workspace, otherWorkspace]) fs.mkdirSync(folder);
const file = path.join(base, "secret");
fs.writeFileSync(file, "secret-value", { mode: 0o644 });
fs.writeFileSync(path.join(otherWorkspace, "secret"), "secret-value");
for (const mine of [workspace, otherWorkspace, path.join(otherWorkspace, "secret")]) giveToTools(mine);

const report: HostileReport = { available: "", said: {}, connections: 0 };
const abstractSocket = `banyan-hostile-${process.pid}`;
const listening = [net.createServer(), net.createServer()];
for (const server of listening) {
  server.on("connection", (socket) => {
    report.connections += 1;
    socket.destroy();
  });
}
const [loopback, abstract] = listening;
await new Promise<void>((resolve) => loopback?.listen(0, "127.0.0.1", resolve));
await new Promise<void>((resolve) => abstract?.listen(`\0${abstractSocket}`, resolve));
const address = loopback?.address();
const port = typeof address === "object" && address ? address.port : 0;

const sandbox = createSandbox();
const status = await sandbox.status();
report.available = status.available ? (status.noNetwork ?? "yes") : status.reason;
process.env.BANYAN_TEST_SECRET = "secret-value";
// A second sandbox at the same time, whose processes must be invisible.
const neighbour = await sandbox.start({ command: "exec sleep 1e6", workspace: null, hiddenPaths: [] });
const common = { workspace, hiddenPaths: [] };
for (const [name, attempt] of Object.entries(hostileCases({ file, otherWorkspace, port, abstractSocket }))) {
  const command = `{ ${attempt}\n} 2>/dev/null; true`;
  const signal = new AbortController().signal;
  const run = await sandbox.run({ ...common, command, timeoutMs: 60_000, signal });
  const program = await sandbox.start({ ...common, command });
  program.stdin.end();
  program.stderr.resume();
  const start = await text(program.stdout);
  await program.ended;
  report.said[name] = { run: run.stdout + (run.endedBy ?? ""), start };
}
await neighbour.kill();
sandbox.close();
for (const server of listening) server.close();
console.log(JSON.stringify(report));
