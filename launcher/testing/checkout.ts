/** A tiny built checkout whose server does what a test wants, and the real launcher as a process of its own. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
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
import { removeTree } from "@/lib/workspace/remove-tree";
import { freePort } from "@/scripts/testing/free-port";
import type { Limits } from "../limits.mjs";
import type { Release, State } from "../state.mjs";

/** Answers with its release, launch and process; `behaviour` runs before it listens. `rows` stands for the database. */
const server = (behaviour: string) => `
import { createServer } from "node:http";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
const told = JSON.parse(process.env.BANYAN_LAUNCH);
const file = process.env.BANYAN_CHECKOUT + "/data/rows.json";
const rows = () => JSON.parse(fs.readFileSync(file, "utf8"));
const write = (changed) => {
  fs.writeFileSync(file + ".new", JSON.stringify({ ...rows(), ...changed }));
  fs.renameSync(file + ".new", file);
};
if (!fs.existsSync(file)) fs.writeFileSync(file, JSON.stringify({ schema: "s1", claims: 0, written: [] }));
const channel = new Socket({ fd: 4, readable: true, writable: true });
channel.on("close", () => process.exit(1));
const say = (line) => channel.write(JSON.stringify(line) + "\\n");
let own = { instance: told.instance, release: told.release, level: 1 };
const schema = () => {
  try { return rows().schema; } catch { return "s1"; }
};
const server = createServer((request, response) => {
  if (request.url === "/crash") process.exit(7);
  if (request.url.startsWith("/say?")) say(JSON.parse(decodeURIComponent(request.url.slice(5))));
  response.setHeader("connection", "close");
  if (request.url === "/operations") return signedIn(response);
  if (request.url === "/health") return response.end(JSON.stringify({ status: "ok", schema: schema(), ...own }));
  if (request.url === "/signin") return response.end(page);
  response.end(JSON.stringify({ ...told, pid: process.pid, tried, heard }));
});
let page = '<script src="/_next/static/one.js"></script>';
let signedIn = (response) => response.end("Operations");
let tried = null;
const heard = [];
let did = { command: "done", approval: "done" };
const canary = (nonce, asks) => {
  try { write({ canary: nonce, ...(asks ? did : { command: "none", approval: "none" }) }); } catch {}
};
let works = { canary, claim: () => write({ claims: rows().claims + 1 }), drain: () => say({ type: "drained", busy: null }) };
createInterface({ input: channel }).on("line", (line) => {
  const { type, nonce, asks } = JSON.parse(line);
  heard.push(type);
  if (type === "permanent") told.isTrial = false;
  if (type === "stop") server.close(() => process.exit(0));
  works[type]?.(nonce, asks);
});
${behaviour}
server.listen({ fd: 3 }, () => say({ type: "ready", level: 1, reads: 2, url: null }));
`;

/** Sees what the fake server has written. */
const PROBE = `
import * as fs from "node:fs";
import { get } from "node:http";
const file = process.env.BANYAN_CHECKOUT + "/data/rows.json";
process.exitCode = await main(process.argv.slice(2));
async function main([command, ...args]) {
  const option = (name) => args[args.indexOf(name) + 1];
  const said = (answer) => { console.log(JSON.stringify(answer)); return 0; };
  const read = () => JSON.parse(fs.readFileSync(file, "utf8"));
  // A step that a test interrupts.
  if (fs.existsSync(process.env.BANYAN_CHECKOUT + "/data/slow")) await new Promise(() => setInterval(() => {}, 1_000));
  if (command === "snapshot") { fs.copyFileSync(file, args[0]); return said({}); }
  if (command === "expand") return said(fs.existsSync(args[0] + "/refused.sql") ? { refused: "it drops a table" } : { schema: read().schema, level: 1 });
  if (command === "mend") {
    if (fs.existsSync(process.env.BANYAN_CHECKOUT + "/data/no-space")) return said({ fault: "no space left" });
    const damaged = (() => { try { return read().schema !== option("--schema"); } catch { return true; } })();
    if (damaged) fs.copyFileSync(option("--snapshot"), file);
    return said({ mended: damaged ? "restored" : null });
  }
  const untilMs = Date.now() + Number(option("--wait") ?? 0);
  const begunMs = Date.now();
  // Loading \`fetch\` would take longer than all else that this program does. A rehearsal gives no address.
  const status = await new Promise((resolve, reject) =>
    get(args[0] + "/operations", (answer) => answer.resume().once("end", () => resolve(answer.statusCode))).once("error", reject),
  ).catch(() => 0);
  const pages = [{ name: "Operations", status, ms: Date.now() - begunMs }];
  try {
    if (args.includes("--canary"))
      while (read().canary !== option("--canary") && !read().halted && Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
    const rows = { ready: 0, free: 4, halted: false, internal: 0, broken: 0, unfolded: null, ...read() };
    const canary = rows.canary === option("--canary") ? "done" : "open";
    return said({ ...rows, canary, level: 1, audit: { seq: 1, hash: "h" }, auditHolds: true, cursor: 1, pages });
  } catch (error) {
    return said({ fault: error.message });
  }
}
`;

/** Judges by what the change says of itself in the file \`judged\`, read from the commit as the real gates do. */
const GATES = `
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
const [folder, ...args] = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const show = (revision) => execFileSync("git", ["-C", folder, "show", revision], { encoding: "utf8" });
const judged = JSON.parse(show(option("--head") + ":judged"));
// The base has all files of the commit that runs, also those that no release has.
if (show(option("--base") + ":.env.example") !== "KEY=\\n" || process.env.SECRET) process.exit(9);
if (judged.waits) await new Promise(() => setInterval(() => {}, 1_000));
if (judged.says) { console.error(judged.says); process.exit(3); }
fs.mkdirSync(option("--evidence"));
const gate = { gate: "old_tests", outcome: judged.outcome, required: true, summary: "3 of 4.", findings: [{ kind: "flag" }] };
fs.writeFileSync(option("--evidence") + "/report.json", JSON.stringify({ outcome: judged.outcome, seconds: 130, gates: [gate] }));
`;

const BUILD = `
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
for (const folder of [".next/cache", ".next/server"]) mkdirSync(folder, { recursive: true });
for (const file of [".next/cache/large", ".next/trace", ".next/server/page.js"]) writeFileSync(file, "built");
if (existsSync("linked-build")) symlinkSync("/tmp/elsewhere", "manifest.json");
if (existsSync("broken-build")) { console.error("a type\u0007\u2028 error"); process.exit(1); }
`;

export interface Checkout {
  root: string;
  data: string;
  home: string;
  /** The programs that a launcher without bubblewrap finds. */
  bin: string;
  /** Replaces the built server, as a build after an edit does. */
  build(behaviour?: string): void;
  /** Commits a change on what runs, as a person approves it: another server, or other files. */
  propose(behaviour: string, files?: Record<string, string>): Proposed;
  /** Starts the launcher. Resolves once a release answers or the launcher has ended. */
  start(): Promise<Running>;
}

/** What a server sends to the launcher. */
export interface Proposed {
  type: "release";
  item: string;
  commit: string;
  by: string;
  gates: string;
  evidence: string;
}

export interface Running {
  child: ChildProcess;
  port: number;
  /** Where the launcher's home is for others. */
  home: string;
  /** What the launcher and the server printed so far. */
  said(): string;
  ended: Promise<number | null>;
}

/** An ordinary account when the tests run as root, because root has no cell. */
export const ACCOUNT = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

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

/** Starts a launcher that was killed again, so that it finds the same home. It ends with this process, and this with it. */
const KEEPER = `
const { spawn } = await import("node:child_process");
const start = () =>
  spawn("setpriv", ["--pdeathsig", "KILL", process.execPath, ...process.argv.slice(1)], { stdio: "inherit" })
    .once("exit", (status, signal) => (signal ? start() : process.exit(status)));
start();
`;

export interface CheckoutOptions {
  bwrap?: boolean;
  /** Home is a file system of its own of this size, seen only by the launcher (see `Running.home`), which starts again when it is killed. */
  homeBytes?: number;
  limits?: Partial<Limits>;
}

export function makeCheckout({ bwrap = true, homeBytes, limits = {} }: CheckoutOptions = {}): Checkout {
  const root = mkdtempSync(path.join(tmpdir(), "banyan-checkout-"));
  const home = path.join(root, "..", `${path.basename(root)}-home`);
  const bin = path.join(root, "..", `${path.basename(root)}-bin`);
  // Releases are read-only.
  onTestFinished(() => Promise.all([root, home, bin].map(removeTree)).then(() => undefined));
  mkdirSync(bin);
  for (const folder of ["scripts", "src", "data", "node_modules/thing", "launcher"])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, "package.json"), "{}");
  writeFileSync(path.join(root, "package-lock.json"), "{}");
  writeFileSync(path.join(root, "node_modules/thing/index.js"), "");
  writeFileSync(path.join(root, ".env"), "SECRET=1\n");
  // What a release is made with, for a launcher that finds no bubblewrap.
  for (const name of ["cp", "chmod", "find", "sync", "git"]) symlinkSync(`/usr/bin/${name}`, path.join(bin, name));
  const own = path.resolve("launcher");
  const mine = readdirSync(own).filter((name) => name.endsWith(".mjs"));
  for (const name of mine) cpSync(path.join(own, name), path.join(root, "launcher", name));
  writeFileSync(path.join(root, "launcher", "GUARDED"), "It releases.\n");
  writeFileSync(path.join(root, "scripts", "serve.mjs"), 'await import("../src/server.mjs");\n');
  writeFileSync(path.join(root, "scripts", "probe.mjs"), PROBE);
  writeFileSync(path.join(root, "scripts", "build-release.mjs"), BUILD);
  writeFileSync(path.join(root, "scripts", "gates.mjs"), GATES);
  writeFileSync(path.join(root, ".env.example"), "KEY=\n");
  const data = path.join(root, "data");
  let contents = 0;
  const checkout: Checkout = {
    root,
    home,
    bin,
    data,
    propose: (behaviour, files = {}) => {
      const proposed = proposeIn(root, data, { "src/server.mjs": server(behaviour), ...files });
      give(data);
      return proposed;
    },
    build(behaviour = "") {
      contents += 1;
      writeFileSync(path.join(root, "src", "server.mjs"), server(behaviour));
    },
    start() {
      give(root);
      const given = {
        home,
        checkout: root,
        data,
        limits,
        contents: `c${contents}`,
        argv: [],
        env: {},
      };
      const env = bwrap ? process.env : { ...process.env, PATH: bin };
      return startLauncher(root, given, { env, ...ACCOUNT }, homeBytes);
    },
  };
  checkout.build();
  return checkout;
}

/** Makes the repository that a server keeps, with what runs and one commit on it. */
function proposeIn(root: string, data: string, files: Record<string, string>): Proposed {
  const gitDir = path.join(data, "self.git");
  const work = mkdtempSync(path.join(tmpdir(), "banyan-proposal-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], {
      env: { PATH: process.env.PATH, GIT_DIR: gitDir, GIT_WORK_TREE: work } as unknown as NodeJS.ProcessEnv,
      cwd: work,
      encoding: "utf8",
    }).trim();
  const skipped = ["node_modules", "data", "dist", ".env"];
  cpSync(root, work, { recursive: true, filter: (from) => !skipped.includes(path.relative(root, from)) });
  if (!existsSync(gitDir)) execFileSync("git", ["init", "--quiet", "--bare", "--template=", gitDir]);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "what runs");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    writeFileSync(path.join(work, name), text);
  }
  git("add", "--all");
  git(
    "commit",
    "--quiet",
    "--allow-empty",
    "--message",
    "a change\n\nIt counts wrong.\n\nExpected: errors down by half",
  );
  const commit = git("rev-parse", "HEAD");
  rmSync(work, { recursive: true });
  const evidence = path.join(data, `evidence-${commit}`);
  mkdirSync(evidence, { recursive: true });
  const judged = "judged" in files ? [judgedIn(evidence)] : [];
  const gates = sha256(judged.map(({ gate, digest }) => `${gate} ${digest}\n`).join(""));
  writeFileSync(path.join(evidence, "report.json"), JSON.stringify({ digest: gates, gates: judged }));
  return { type: "release", item: "item", commit, by: "Ann", gates, evidence };
}

/** Evidence of the first part of the gates, which leaves more for the trial. */
function judgedIn(evidence: string) {
  const text = JSON.stringify({ gate: "old_tests", outcome: "passed", later: true });
  writeFileSync(path.join(evidence, "old_tests.json"), text);
  return { gate: "old_tests", digest: sha256(text) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function startLauncher(
  root: string,
  given: { home: string },
  options: SpawnOptions,
  homeBytes?: number,
): Promise<Running> {
  const port = await freePort();
  const start = JSON.stringify({ ...given, host: "127.0.0.1", port });
  const script = ["--input-type=module", "-e"];
  const program = [...script, RUNNER, path.join(root, "launcher/main.mjs"), start];
  const small = ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--size", String(homeBytes), "--tmpfs", given.home];
  const [file = "", ...args] =
    homeBytes === undefined
      ? [process.execPath, ...program]
      : [
          "bwrap",
          "--unshare-user",
          "--die-with-parent",
          ...small,
          "--",
          process.execPath,
          ...script,
          KEEPER,
          "--",
          ...program,
        ];
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"], cwd: root });
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
  let told: Told | null = null;
  while (!isOver && told === null) {
    told = await read(port).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const home = homeBytes === undefined ? given.home : `/proc/${parentOf(told?.launcherPid)}/root${given.home}`;
  return { child, port, home, said: () => text, ended };
}

/** @returns the process that started it */
function parentOf(pid: number | undefined): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
}

/** Makes the account of the launcher the owner of a folder and all in it. */
export function give(folder: string): void {
  if (ACCOUNT.uid === undefined) return;
  chownSync(folder, ACCOUNT.uid, ACCOUNT.gid);
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    lchownSync(path.join(folder, entry), ACCOUNT.uid, ACCOUNT.gid);
}

export interface Told {
  release: number;
  number: number;
  pid: number;
  launcherPid: number;
  isTrial: boolean;
  status: { notice: string | null; held_seeds: string[] | null; now: { before: { n: number } | null } };
  tried: unknown;
  heard: string[];
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

/** Lets the server that runs send a line to its launcher. */
export async function say(port: number, line: object): Promise<void> {
  await read(port, `/say?${encodeURIComponent(JSON.stringify(line))}`);
}

export function stateIn(home: string): State {
  const text = readFileSync(path.join(home, "state.json"), "utf8");
  return JSON.parse(text.slice(text.indexOf("\n") + 1));
}

export const releaseIn = (home: string, n: number): Release | undefined =>
  stateIn(home).releases.find((release) => release.n === n);
