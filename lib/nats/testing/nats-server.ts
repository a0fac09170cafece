/** Real nodes of NATS on the loopback, with JetStream in a temporary folder, for tests. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findNatsServer } from "@/scripts/system.mjs";
import { type Command, dying, type Machine } from "./network";

interface NatsNode {
  name: string;
  /** Address for clients. */
  url: string;
  /** Address of its monitoring pages, such as `/varz`. */
  monitorUrl: string;
  /** Null: it was never started. */
  pid(): number | null;
  /** Resolves when JetStream answers. Also after `kill`. */
  start(): Promise<void>;
  /** Resolves when its JetStream is one with that of the others. */
  healthy(): Promise<void>;
  /** Ends it by SIGKILL, or in order by SIGTERM. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Removes what it has stored. It must not run. */
  forget(): void;
  /** Returns what its monitoring page says of its streams; null: it does not answer. */
  streams(): Promise<StreamDetail[] | null>;
  /** It keeps its connections and does nothing. */
  freeze(): void;
  thaw(): void;
}

export interface NatsNodes {
  nodes: NatsNode[];
  urls: string[];
  /** The folder of the configuration, which has `users.conf`. */
  folder: string;
  node(name: string): NatsNode;
  /** Returns what a running node knows of a stream. */
  stream(name: string): Promise<StreamFacts>;
  /** Ends all nodes, and removes what they kept. */
  close(): Promise<void>;
}

interface StreamFacts {
  /** The node that leads it; empty without a cluster, or while there is none. */
  leader: string;
  copies: number;
  messages: number;
}

interface Wanted {
  nodes?: 1 | 3;
  /** What stands between the braces of `accounts`. */
  accounts: string;
  /** Writes files into the folder, and returns more lines of each node's configuration. */
  prepare?(folder: string): string;
  scheme?: "nats" | "tls";
  /** One for each node; absent: all are on the loopback. */
  machines?: readonly Machine[];
}

interface StreamDetail {
  name: string;
  cluster?: { leader?: string };
  config: { num_replicas: number };
  state: { messages: number };
}

/** Where a node listens, as `address:port`. */
interface Places {
  client: string;
  route: string;
  /** Its monitoring page, which only its own machine reaches. */
  monitor: string;
  machine?: Machine;
}

/** Resolves when all nodes serve JetStream. */
export async function startNats({
  nodes: count = 1,
  accounts,
  prepare = () => "",
  scheme = "nats",
  machines,
}: Wanted): Promise<NatsNodes> {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-nats-"));
  writeFileSync(path.join(folder, "users.conf"), accounts);
  const more = prepare(folder);
  const [each, close] = machines ? [machines.map(placesOn), async () => {}] : await placesHere(count);
  const routes = each.map(({ route }) => `"nats://${route}"`).join(", ");
  const nodes = each.map((own, at) => {
    const name = `n${at + 1}`;
    // Who is given some of the nodes must not find the others: a test cuts them.
    const silent = machines ? ", no_advertise: true" : "";
    const cluster = `cluster { name: test, listen: "${own.route}", routes: [ ${routes} ]${silent} }`;
    const file = path.join(folder, `${name}.conf`);
    const store = path.join(folder, name);
    const lines = [
      `server_name: ${name}`,
      `listen: "${own.client}"`,
      `http: "${own.monitor}"`,
      `jetstream { store_dir: "${store}", max_file_store: 5GB }`,
      'accounts {\n  SYSTEM: {}\n  include "users.conf"\n}',
      "system_account: SYSTEM",
      ...(each.length > 1 ? [cluster] : []),
      more,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    return nodeOf({ name, file, store, url: `${scheme}://${own.client}`, ...own });
  });
  await close();
  const all: NatsNodes = {
    nodes,
    urls: nodes.map(({ url }) => url),
    folder,
    node(name) {
      const found = nodes.find((node) => node.name === name);
      if (!found) throw new Error(`There is no node ${name}.`);
      return found;
    },
    async stream(name) {
      for (const node of nodes) {
        const found = (await node.streams())?.find((stream) => stream.name === name);
        if (!found) continue;
        const { cluster, config, state } = found;
        return { leader: cluster?.leader ?? "", copies: config.num_replicas, messages: state.messages };
      }
      throw new Error(`No node has the stream ${name}.`);
    },
    async close() {
      await Promise.all(nodes.map((node) => node.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await all.close();
    throw error;
  }
  return all;
}

interface NodeFiles {
  name: string;
  /** Its configuration. */
  file: string;
  /** What it keeps. */
  store: string;
  url: string;
  monitor: string;
  machine?: Machine;
}

function nodeOf({ name, file, store, url, monitor, machine }: NodeFiles): NatsNode {
  let child: ChildProcess | null = null;
  const isRunning = () => child !== null && child.exitCode === null && child.signalCode === null;
  const healthy = async () => {
    while (isRunning() && !(await isHealthy(monitor, machine))) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  return {
    name,
    url,
    monitorUrl: `http://${monitor}`,
    pid: () => child?.pid ?? null,
    async start() {
      let log = "";
      child = spawn(...on(machine, natsCommand(["--config", file])), { stdio: ["ignore", "ignore", "pipe"] });
      child.stderr?.on("data", (data: Buffer) => {
        log = `${log}${data}`.slice(-4_000);
      });
      await healthy();
      if (!isRunning()) throw new Error(`nats-server has ended: ${log}`);
    },
    healthy,
    async kill(signal = "SIGKILL") {
      if (!child || !isRunning()) return;
      const gone = once(child, "close");
      child.kill(signal);
      await gone;
    },
    forget: () => rmSync(store, { recursive: true, force: true }),
    async streams() {
      try {
        const page = await pageOf(`http://${monitor}/jsz?accounts=true&streams=true&config=true`, machine);
        const { account_details = [] } = JSON.parse(page) as {
          account_details?: { stream_detail?: StreamDetail[] }[];
        };
        return account_details.flatMap(({ stream_detail = [] }) => stream_detail);
      } catch {
        return null;
      }
    },
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
  };
}

/** Returns the command of a node, which ends with this process. */
export function natsCommand(args: string[]): Command {
  const program = findNatsServer();
  if (!program) throw new Error("There is no nats-server: npm test installs it, or says how.");
  return dying([program, args]);
}

function on(machine: Machine | undefined, command: Command): Command {
  return machine ? machine.command(...command) : command;
}

async function isHealthy(monitor: string, machine: Machine | undefined): Promise<boolean> {
  try {
    await pageOf(`http://${monitor}/healthz`, machine);
    return true;
  } catch {
    return false;
  }
}

const READ = "fetch(process.argv[1]).then(async (a) => a.ok ? process.stdout.write(await a.text()) : process.exit(1))";

/** Throws when there is none, or it says that something is wrong. */
async function pageOf(url: string, machine: Machine | undefined): Promise<string> {
  if (machine) return (await promisify(execFile)(...machine.command(process.execPath, ["-e", READ, url]))).stdout;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

function placesOn(machine: Machine): Places {
  const { address, routes } = machine;
  return { client: `${address}:4222`, route: `${routes}:6222`, monitor: "127.0.0.1:8222", machine };
}

/** Returns places on the loopback, and a function that sets them free for the nodes. */
async function placesHere(count: number): Promise<[Places[], () => Promise<void>]> {
  const [ports, close] = await heldPorts(3 * count);
  const each = Array.from({ length: count }, (_, at) => {
    const [client = "", route = "", monitor = ""] = ports.slice(3 * at, 3 * at + 3).map((port) => `127.0.0.1:${port}`);
    return { client, route, monitor };
  });
  return [each, close];
}

/** Returns free ports, and a function that sets them free for the nodes. */
async function heldPorts(count: number): Promise<[number[], () => Promise<void>]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address ? address.port : 0;
  });
  const close = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return [ports, close];
}
