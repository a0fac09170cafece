/**
 * Serves the pages with trees in memory. Prints a JSON line with the address and a sign-in link, then reads commands
 * from standard input: `link`, `drop` (cuts all sockets), `tick` (adds a message), `full` (toggles the disk alert) and
 * `stop`.
 */
import { createInterface } from "node:readline";
import type { A2aRecords } from "@/core/a2a/records";
import type { MonitorStatus } from "@/core/shapes/health";
import { signInLink } from "@/lib/auth/auth";
import { memoryCredentials } from "@/lib/auth/credentials";
import { memoryAnswers } from "@/lib/http/idempotency";
import { bindPort } from "@/server/bound-port";
import { HEALTHY } from "@/server/testing/doors";
import { createWebServer, preparePages } from "@/server/web";
import { createFakeApplication } from "./fake/fake-application";
import { playRelease } from "./fake/fake-control-scene";
import { playHostile, playLarge, playUpgrade } from "./fake/fake-scenes";

const app = createFakeApplication();
playLarge(app.store);
playHostile(app.store);
playRelease(app.store);
playUpgrade(app.store);

const NEARLY_FULL: MonitorStatus = {
  cpu_percent: 12,
  memory_percent: 40,
  disk_percent: 93,
  process_mb: 150,
  active_agents: 1,
  queue_depth: 0,
  parked: 0,
  waiting: 0,
  alerts: [
    {
      what: "disk",
      percent: 93,
      sentence: "The disk of the data folder is 93 % full.",
      remedy: "Delete old trees with `npx banyan delete TREE`, or make the disk larger.",
    },
  ],
};

const port = Number(process.env.PORT ?? 0);
const people = memoryCredentials();
const host = "127.0.0.1";
const dev = process.argv.includes("--dev");
const bound = await bindPort(host, port);
const server = createWebServer({
  a2a: { records: {} as A2aRecords, version: "1" },
  app,
  people,
  answers: memoryAnswers(),
  host,
  bound,
  dev,
  health: async () => HEALTHY,
  pages: await preparePages({ dev, dir: process.cwd(), host, port: bound.port }),
});
await server.listen();
await printLink();

async function printLink(): Promise<void> {
  const link = signInLink(server.url, await server.auth.createLinkToken());
  console.log(JSON.stringify({ url: server.url, link }));
}

const commands: Record<string, () => unknown> = {
  link: printLink,
  drop: () => server.socket.dropConnections(),
  // Adds a message to a running task and prints the number of messages.
  tick: () => {
    for (const task of app.store.tasks.values()) {
      if (task.title.startsWith("req.query"))
        app.store.append(task, "event", { type: "note", text: `Tick ${app.store.messages.length}` });
    }
    console.log(JSON.stringify({ messages: app.store.messages.length }));
  },
  // Switches the disk alert on or off.
  full: () => {
    app.store.monitor = app.store.monitor ? null : NEARLY_FULL;
    console.log(JSON.stringify({ full: app.store.monitor !== null }));
  },
  stop: async () => {
    await server.close();
    process.exit(0);
  },
};
createInterface({ input: process.stdin }).on("line", (line) => void commands[line.trim()]?.());
