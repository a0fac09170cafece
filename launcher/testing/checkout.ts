/** A tiny built checkout whose server does what a test wants, and the real launcher as a process of its own. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import {
  chownSync,
  cpSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Release, State } from "../state.mjs";

/** Answers with its release, launch and process; `behaviour` runs before it listens. */
const server = (behaviour: string) => `
import { createServer } from "node:http";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
const told = JSON.parse(process.env.BANYAN_LAUNCH);
const channel = new Socket({ fd: 4, readable: true, writable: true });
channel.on("close", () => process.exit(1));
const say = (line) => channel.write(JSON.stringify(line) + "\\n");
const server = createServer((request, response) => {
  if (request.url === "/crash") process.exit(7);
  response.setHeader("connection", "close");
  response.end(JSON.stringify({ ...told, pid: process.pid, tried }));
});
let tried = null;
createInterface({ input: channel }).on("line", (line) => {
  const { type } = JSON.parse(line);
  if (type === "permanent") told.isTrial = false;
  if (type === "stop") server.close(() => process.exit(0));
});
${behaviour}
server.listen({ fd: 3 }, () => say({ type: "ready", level: 1, reads: 2, url: null }));
`;

export interface Checkout {
  root: string;
  home: string;
  /** Replaces the built server, as a build after an edit does. */
  build(behaviour?: string): void;
  /** Starts the launcher. Resolves once a release answers or the launcher has ended. */
  start(): Promise<Running>;
}

export interface Running {
  child: ChildProcess;
  port: number;
  /** What the launcher and the server printed so far. */
  said(): string;
  ended: Promise<number | null>;
}

/** An ordinary account when the tests run as root, because root has no cell. */
const ACCOUNT = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const RUNNER = `
const [file, start] = process.argv.slice(1);
const { launch, LauncherError } = await import(file);
try {
  process.exit(await launch(JSON.parse(start)));
} catch (error) {
  if (!(error instanceof LauncherError)) throw error;
  console.error(error.message);
  process.exit(2);
}
`;

export function makeCheckout({ bwrap = true } = {}): Checkout {
  const root = mkdtempSync(path.join(tmpdir(), "banyan-checkout-"));
  const home = path.join(root, "..", `${path.basename(root)}-home`);
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });
  for (const folder of ["scripts", "bin", "data", "node_modules/thing", "launcher"])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, "package.json"), "{}");
  writeFileSync(path.join(root, "package-lock.json"), "{}");
  writeFileSync(path.join(root, "node_modules/thing/index.js"), "");
  writeFileSync(path.join(root, ".env"), "SECRET=1\n");
  // What a release is made with, for a launcher that finds no bubblewrap.
  for (const name of ["cp", "chmod", "sync"]) symlinkSync(`/usr/bin/${name}`, path.join(root, "bin", name));
  const own = path.resolve("launcher");
  const mine = readdirSync(own).filter((name) => name.endsWith(".mjs"));
  for (const name of mine) cpSync(path.join(own, name), path.join(root, "launcher", name));
  let contents = 0;
  const checkout: Checkout = {
    root,
    home,
    build(behaviour = "") {
      contents += 1;
      writeFileSync(path.join(root, "scripts", "serve.mjs"), server(behaviour));
    },
    start() {
      give(root);
      const given = {
        home,
        checkout: root,
        data: path.join(root, "data"),
        contents: `c${contents}`,
        argv: [],
        env: {},
      };
      const env = bwrap ? process.env : { ...process.env, PATH: path.join(root, "bin") };
      return startLauncher(root, given, { env, ...ACCOUNT });
    },
  };
  checkout.build();
  return checkout;
}

async function startLauncher(root: string, given: object, options: SpawnOptions): Promise<Running> {
  const port = await freePort();
  const start = JSON.stringify({ ...given, host: "127.0.0.1", port });
  const args = ["--input-type=module", "-e", RUNNER, path.join(root, "launcher", "main.mjs"), start];
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"], cwd: root });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      text += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && (await read(port).catch(() => null)) === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return { child, port, said: () => text, ended };
}

/** Makes the account of the launcher the owner of a folder and all in it. */
function give(folder: string): void {
  if (ACCOUNT.uid === undefined) return;
  chownSync(folder, ACCOUNT.uid, ACCOUNT.gid);
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    lchownSync(path.join(folder, entry), ACCOUNT.uid, ACCOUNT.gid);
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

export interface Told {
  release: number;
  number: number;
  pid: number;
  isTrial: boolean;
  tried: unknown;
}

/** Asks the server on a new connection. Rejects when it is refused, cut, or answers with another status than 200. */
export function read(port: number, from = "/"): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path: from, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${response.statusCode} ${text}`)),
      );
    });
    asked.on("error", reject).end();
  });
}

export function stateIn(home: string): State {
  const text = readFileSync(path.join(home, "state.json"), "utf8");
  return JSON.parse(text.slice(text.indexOf("\n") + 1));
}

export const releaseIn = (home: string, n: number): Release | undefined =>
  stateIn(home).releases.find((one) => one.n === n);
