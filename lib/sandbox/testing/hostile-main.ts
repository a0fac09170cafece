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
  /**
   * The output of each case by its name: as a command, as a program, as a command in a shared network, and as a program
   * in the nested sandbox.
   */
  said: Record<string, { run: string; start: string; shared: string; nested: string }>;
  /** What a server in a shared network answers to a command of its own network, and to one of another network. */
  answered: { own: string; other: string; alone: string };
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

const report: HostileReport = {
  available: "",
  said: {},
  answered: { own: "", other: "", alone: "" },
  connections: 0,
};
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
report.available = status.available ? (status.noNetwork ?? status.noSharedNetwork ?? "yes") : status.reason;
process.env.BANYAN_TEST_SECRET = "secret-value";
// A second sandbox at the same time, whose processes must be invisible.
const neighbour = await sandbox.start({ command: "exec sleep 1e6", workspace: null, hiddenPaths: [] });
const common = { workspace, hiddenPaths: [] };
const signal = new AbortController().signal;
async function saidBy(given: { command: string; isNested?: boolean }): Promise<string> {
  const program = await sandbox.start({ ...common, ...given });
  program.stdin.end();
  program.stderr.resume();
  const said = await text(program.stdout);
  await program.ended;
  return said;
}
const server = `node -e 'require("net").createServer((socket) => socket.end("answered")).listen(3000, () => console.log("up"))'`;
const servers = await Promise.all(
  ["own", "other"].map(async (sharedNetwork) => {
    const command = sharedNetwork === "own" ? server : "echo up; exec sleep 1e6";
    const program = await sandbox.start({ ...common, command, sharedNetwork });
    await new Promise((resolve) => program.stdout.once("data", resolve));
    return program;
  }),
);
for (const network of ["own", "other", "alone"] as const) {
  const sharedNetwork = network === "alone" ? {} : { sharedNetwork: network };
  const command = "cat < /dev/tcp/127.0.0.1/3000 || true";
  report.answered[network] = (
    await sandbox.run({ ...common, ...sharedNetwork, command, timeoutMs: 60_000, signal })
  ).stdout;
}
for (const [name, attempt] of Object.entries(hostileCases({ file, otherWorkspace, port, abstractSocket }))) {
  const command = `{ ${attempt}\n} 2>/dev/null; true`;
  const run = await sandbox.run({ ...common, command, timeoutMs: 60_000, signal });
  const shared = await sandbox.run({ ...common, command, sharedNetwork: "own", timeoutMs: 60_000, signal });
  const start = await saidBy({ command });
  const nested = await saidBy({ command, isNested: true });
  const shown = { run: run.stdout + (run.endedBy ?? ""), shared: shared.stdout + (shared.endedBy ?? "") };
  report.said[name] = { ...shown, start, nested };
}
await Promise.all(servers.map((program) => program.kill()));
await neighbour.kill();
sandbox.close();
for (const server of listening) server.close();
console.log(JSON.stringify(report));
