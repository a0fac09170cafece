/**
 * A cell of real processes, each on a machine of its own: nodes of NATS, a server's half and a runner as the command line
 * starts it. Tests cut, freeze and kill them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { accountsOf } from "@/lib/nats/credentials/accounts";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { makeCredentials } from "@/lib/nats/credentials/make";
import { type NatsNodes, startNats } from "@/lib/nats/testing/nats-server";
import { dying, type Machine, type Network, startNetwork } from "@/lib/nats/testing/network";
import { OF_NETWORK } from "@/lib/nats/testing/network-certificate";
import type { CallerSettings, Heard, Question } from "@/lib/runner/testing/caller-main";
import { commandOf } from "@/scripts/testing/command-line";
import { bundleProgram } from "@/tests/agents/bundle";

export const RUNNER = "linux-1";
const RUNNERS = [RUNNER, "linux-2", "linux-3"] as const;

export interface Scene {
  nats: NatsNodes;
  network: Network;
  /** Below it all processes keep their data. */
  folder: string;
  /** Resolves when it takes calls. `nodes`: the numbers of those that it may use, from 0; absent: all. */
  runner(options?: StartOptions): Promise<RunnerProcess>;
  /** Resolves when it is connected. */
  server(options?: StartOptions): Promise<ServerProcess>;
  /** Starts a program on the machine of this name. It ends with the scene. */
  launch(machine: string, command: readonly string[], env?: Record<string, string>): Process;
  /** Settings of a whole server of the cell. Its key is nats/server.nk in `folder`. */
  env: Record<string, string>;
  close(): Promise<void>;
}

interface StartOptions {
  /** Of a server; absent: `server`. */
  machine?: "server" | "other-server";
  /** Of a runner; absent: RUNNER, which has a machine of its own. The others share one. */
  name?: (typeof RUNNERS)[number];
  nodes?: readonly number[];
  env?: Record<string, string>;
  /** Its folder; absent: a new one. */
  data?: string;
  /** Goes before its command. */
  before?: readonly string[];
}

interface Process {
  child: ChildProcess;
  machine: Machine;
  /** The folder that it was started with. */
  data: string;
  end(signal?: NodeJS.Signals): Promise<void>;
  closed: Promise<unknown>;
}

export interface RunnerProcess extends Process {
  /** All that it has told so far. */
  said(): string;
  says(text: string): Promise<void>;
  /** The folder of a tree on it. */
  folderOf(tree: string): string;
}

/** A question whose name and runner can be left out. */
type Asked = Question extends infer One
  ? One extends Question
    ? Omit<One, "ask" | "runner"> & { ask?: string; runner?: string }
    : never
  : never;

type Answered = Extract<Heard, { event: "answer" | "failed" }>;

export interface ServerProcess extends Process {
  heard: Heard[];
  /** Resolves with what was heard, or will be, that matches. `from`: the first that counts. */
  hears(matches: (heard: Heard) => boolean, from?: number): Promise<Heard>;
  /** Sends the question, and returns the name of its answer. */
  send(question: Asked): string;
  answer(ask: string): Promise<Answered>;
  /** Sends the question, and resolves with its answer. */
  ask(question: Asked): Promise<Answered>;
}

/** Starts a cell of three nodes. Call `close` after the tests. */
export async function startScene(): Promise<Scene> {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-scene-"));
  const network = await startNetwork(["n1", "n2", "n3", "server", "other-server", RUNNER, "others"]);
  for (const name of RUNNERS) makeCredentials({ dataDir: folder, runner: name });
  const users = JSON.parse(readFileSync(path.join(folder, "nats/users.json"), "utf8"));
  const ca = path.join(folder, "ca.crt");
  writeFileSync(ca, OF_NETWORK.cert);
  const nats = await startNats({
    nodes: 3,
    machines: ["n1", "n2", "n3"].map(network.machine),
    accounts: accountsOf(users),
    scheme: "tls",
    prepare(of) {
      writeFileSync(path.join(of, "nats.crt"), OF_NETWORK.cert);
      writeFileSync(path.join(of, "nats.key"), OF_NETWORK.key);
      return `tls { cert_file: "${path.join(of, "nats.crt")}", key_file: "${path.join(of, "nats.key")}" }`;
    },
  });
  const started: Process[] = [];
  const urls = (nodes: readonly number[] = [0, 1, 2]) => nodes.map((at) => nats.urls[at] ?? "");
  const launch = (on: string, file: string, args: string[], { env = {}, data, before = [] }: StartOptions): Process => {
    const machine = network.machine(on);
    const [first = "", ...rest] = [...before, file, ...args];
    const child = spawn(...machine.command(...dying([first, rest])), {
      env: { ...process.env, ...env },
      stdio: "pipe",
    });
    const closed = once(child, "close");
    const launched: Process = {
      child,
      machine,
      closed,
      data: data ?? "",
      async end(signal = "SIGKILL") {
        // A frozen process hears nothing else.
        child.kill("SIGCONT");
        child.kill(signal);
        await closed;
      },
    };
    started.push(launched);
    return launched;
  };
  return {
    nats,
    network,
    folder,
    launch: (machine, [file = "", ...args], env = {}) => launch(machine, file, args, { env }),
    env: { BANYAN_NATS: urls().join(","), BANYAN_NATS_CA: ca },
    async runner(options = {}) {
      const data = options.data ?? mkdtempSync(path.join(folder, "runner-"));
      const name = options.name ?? RUNNER;
      const key = path.join(folder, `nats/runner-${name}.nk`);
      const flags = ["--pool", "default", "--slots", "3", "--key", key, "--ca", ca, "--data", data];
      const { file, args, env } = commandOf(["runner", "--nats", urls(options.nodes).join(","), ...flags], options);
      const on = name === RUNNER ? RUNNER : "others";
      return toldRunner(name, launch(on, file, args, { ...options, data, env }));
    },
    async server(options = {}) {
      const data = options.data ?? mkdtempSync(path.join(folder, "server-"));
      mkdirSync(data, { recursive: true });
      const { cell, seed } = readKeyFile(path.join(folder, "nats/server.nk"));
      const link = { servers: urls(options.nodes), cell, seed, ca: OF_NETWORK.cert };
      const settings: CallerSettings = { options: link, store: path.join(data, "snapshots") };
      const program = [...(await bundleProgram("lib/runner/testing/caller-main.ts")), JSON.stringify(settings)];
      return heardServer(launch(options.machine ?? "server", process.execPath, program, { ...options, data }));
    },
    async close() {
      await Promise.all(started.map(({ end }) => end()));
      await nats.close();
      network.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function toldRunner(name: string, launched: Process): Promise<RunnerProcess> {
  let said = "";
  const checks = new Set<() => void>();
  for (const stream of [launched.child.stdout, launched.child.stderr])
    stream?.on("data", (data: Buffer) => {
      said += data;
      for (const check of checks) check();
    });
  const says = (text: string) =>
    whenTrue(
      launched,
      checks,
      () => said.includes(text),
      () => `${said} (without ${text})`,
    );
  await says("takes calls of the cell");
  const folderOf = (tree: string) => path.join(launched.data, "runner", name, "workspaces", tree);
  return { ...launched, said: () => said, says, folderOf };
}

async function heardServer(launched: Process): Promise<ServerProcess> {
  const heard: Heard[] = [];
  const checks = new Set<() => void>();
  let errors = "";
  launched.child.stderr?.on("data", (data: Buffer) => {
    errors += data;
  });
  if (launched.child.stdout)
    createInterface({ input: launched.child.stdout }).on("line", (line) => {
      heard.push(JSON.parse(line) as Heard);
      for (const check of checks) check();
    });
  const hears = async (matches: (one: Heard) => boolean, from = 0) => {
    const find = () => heard.slice(from).find(matches);
    await whenTrue(
      launched,
      checks,
      () => find() !== undefined,
      () => `${errors} ${JSON.stringify(heard)}`,
    );
    return find() as Heard;
  };
  let asked = 0;
  const send = (question: Asked) => {
    asked += 1;
    const ask = question.ask ?? `q-${launched.child.pid}-${asked}`;
    launched.child.stdin?.write(`${JSON.stringify({ runner: RUNNER, ...question, ask })}\n`);
    return ask;
  };
  const answer = async (ask: string) => {
    const isAnswer = (one: Heard) => (one.event === "answer" || one.event === "failed") && one.ask === ask;
    return (await hears(isAnswer)) as Answered;
  };
  await hears(({ event }) => event === "up");
  return { ...launched, heard, hears, send, answer, ask: (question) => answer(send(question)) };
}

/** Resolves when it is true; rejects with what `told` returns when the process has ended before. */
function whenTrue(
  { closed }: Process,
  checks: Set<() => void>,
  isTrue: () => boolean,
  told: () => string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (!isTrue()) return;
      checks.delete(check);
      resolve();
    };
    checks.add(check);
    void closed.then(() => reject(new Error(`It ended: ${told()}`)));
    check();
  });
}
