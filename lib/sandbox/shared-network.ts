/**
 * Networks that several sandboxes share: a network namespace with nothing but a loopback of its own, without a way to
 * the host or outside. The server keeps the namespaces open by file descriptors, so they end with the last command that
 * uses them or with the server, and no process has to hold them.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import fs from "node:fs";
import type { Duplex, Readable, Writable } from "node:stream";
import { asToolUser, serverIsRoot, type ToolUser } from "@/lib/process/tools-identity";
import { namespaceArguments } from "./bubblewrap";

const START_TIMEOUT_MS = 60_000;
const INFO_FD = 3;

/** A held network, for one sandbox. */
export interface JoinedNetwork {
  /** Returns the program and arguments that run a program in this network. */
  enter(program: { file: string; args: string[] }): { file: string; args: string[] };
  /** The number by which the kernel names the network namespace. */
  inode: number;
  release(): void;
}

export interface SharedNetworks {
  /** Returns the network of this key, which is made when nobody holds it. Rejects with one sentence. */
  hold(key: string, user: ToolUser | null): Promise<JoinedNetwork>;
  /** Returns the network of this key while somebody holds it, else null. */
  join(key: string): Promise<JoinedNetwork | null>;
}

interface Namespaces {
  user: number;
  net: number;
}

interface Held {
  namespaces: Promise<Namespaces>;
  holders: number;
}

/** `programs` returns the paths of `bwrap` and `nsenter`. */
export function sharedNetworks(programs: () => { bwrap: string; nsenter: string }): SharedNetworks {
  const networks = new Map<string, Held>();

  async function joined(key: string, held: Held): Promise<JoinedNetwork> {
    held.holders += 1;
    const release = once(() => leave(networks, key, held));
    try {
      const { user, net } = await held.namespaces;
      const path = (fd: number) => `/proc/${process.pid}/fd/${fd}`;
      // Root enters the network alone, and gives up its rights afterwards. Anybody else has the right to enter it only
      // in the user namespace that owns it, which their own user made.
      const into = serverIsRoot()
        ? [`--net=${path(net)}`]
        : [`--user=${path(user)}`, `--net=${path(net)}`, "--preserve-credentials"];
      return {
        enter: ({ file, args }) => ({ file: programs().nsenter, args: [...into, "--", file, ...args] }),
        inode: fs.fstatSync(net).ino,
        release,
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  return {
    hold(key, user) {
      const held = networks.get(key) ?? { namespaces: makeNamespaces(programs().bwrap, user), holders: 0 };
      networks.set(key, held);
      return joined(key, held);
    },
    async join(key) {
      const held = networks.get(key);
      return held ? joined(key, held) : null;
    },
  };
}

function leave(networks: Map<string, Held>, key: string, held: Held): void {
  held.holders -= 1;
  if (held.holders > 0) return;
  if (networks.get(key) === held) networks.delete(key);
  held.namespaces.then(
    ({ user, net }) => {
      fs.closeSync(user);
      fs.closeSync(net);
    },
    () => undefined,
  );
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** Lets bubblewrap make the namespaces and start their loopback, opens them, and ends its process. */
async function makeNamespaces(bwrap: string, user: ToolUser | null): Promise<Namespaces> {
  const args = [...namespaceArguments(), "--info-fd", String(INFO_FD), "--", "/bin/sh", "-c", "echo ready; read -r _"];
  const { file, args: all } = asToolUser([], user, () => ({ file: bwrap, args }));
  const stdio = ["pipe", "pipe", "pipe", "pipe"] as const;
  const child = spawn(file, all, { cwd: "/", env: {} as NodeJS.ProcessEnv, stdio: [...stdio], detached: true });
  const holder = child as unknown as ChildProcessByStdio<Writable, Readable, Readable>;
  for (const stream of child.stdio) stream?.on("error", () => undefined);
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    const pid = await firstProcess(holder);
    const user = fs.openSync(`/proc/${pid}/ns/user`, "r");
    try {
      return { user, net: fs.openSync(`/proc/${pid}/ns/net`, "r") };
    } catch (error) {
      fs.closeSync(user);
      throw error;
    }
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    for (const stream of child.stdio) stream?.destroy();
  }
}

/** Waits until the namespaces are ready, and returns the process in them. */
function firstProcess(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<number> {
  return new Promise((resolve, reject) => {
    let info = "";
    let said = "";
    let isReady = false;
    const poll = () => {
      const pid = Number(/"child-pid":\s*(\d+)/.exec(info)?.[1]);
      if (isReady && pid > 0) resolve(pid);
    };
    (child.stdio[INFO_FD] as Duplex).on("data", (chunk: Buffer) => {
      info += chunk.toString("utf8");
      poll();
    });
    child.stdout.on("data", () => {
      isReady = true;
      poll();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
    child.once("error", reject);
    child.once("close", (status) => {
      const why = said.trim().split("\n").at(-1) || `exit status ${status}`;
      reject(new Error(`The network of the task's commands could not be made (${why}).`));
    });
  });
}
