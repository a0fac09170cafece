import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { npmEnvironment } from "@/lib/npm/environment";
import { makeScratchFolder } from "@/lib/workspace/scratch-folder";
import { packageRunner, programOf } from "./command-line";
import { quoted } from "./errors";
import { canonicalJson } from "./schema";
import type { PinnedPackage, StdioServer } from "./types";

const NAME = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;
/** A version, a range or a tag; refuses text that npm would treat as an address, a folder or an alias. */
const VERSION = /^[\w.^~<>=+|* -]{1,64}$/;
const INSTALL_MS = 5 * 60_000;
const MOST_OUTPUT_BYTES = 1024 * 1024;

export interface PackageOptions {
  /** `<data>/mcp/packages`. */
  packagesDir: string;
  /** npm's cache; absent: npm's default. */
  cacheDir?: string;
  /** The environment from which npm gets its settings, proxies and PATH, and nothing else. */
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  npm?: string;
}

const lockFile = z.object({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional(), integrity: z.string().optional() })),
});
const manifest = z.looseObject({ bin: z.union([z.string(), z.record(z.string(), z.string())]).optional() });
const execute = promisify(execFile);

/**
 * Prepares a configuration for approval and start: `npx pkg` becomes an installed package of exactly one version, with
 * its integrity. Any other configuration is returned unchanged. Rejects with one sentence when the package cannot be
 * installed.
 */
export async function pinPackage(server: StdioServer, options: PackageOptions): Promise<StdioServer> {
  if (server.package) {
    await ensureInstalled(server.package, options);
    return server;
  }
  const runner = packageRunner(server);
  if (runner.kind === "refused")
    throw new Error(`The server ${server.name} cannot be started, because ${runner.reason}.`);
  if (runner.kind === "none") return checkedProgram(server);
  const { spec, args } = runner.command;
  const at = spec.lastIndexOf("@");
  const [name, version] = at > 0 ? [spec.slice(0, at), spec.slice(at + 1)] : [spec, "latest"];
  if (!NAME.test(name) || !VERSION.test(version))
    throw new Error(`The package "${quoted(spec)}" is not a name from the package registry; use NAME@VERSION.`);
  const pinned = await install(name, version, options);
  return { ...server, command: "node", args, package: pinned };
}

/** Returns the folder of one installed version, which contains its `node_modules`. */
export function packageFolder(packagesDir: string, pinned: Pick<PinnedPackage, "name" | "version">): string {
  return path.join(packagesDir, `${pinned.name.replace("/", "+")}@${pinned.version}`);
}

function checkedProgram(server: StdioServer): StdioServer {
  const program = programOf(server.command);
  const isMissing =
    !path.isAbsolute(server.command) &&
    !["/usr/local/bin", "/usr/bin", "/bin"].some((folder) => fs.existsSync(path.join(folder, server.command)));
  if (/^(uvx?|pipx)$/.test(program) && isMissing)
    throw new Error(
      `Python packages are not installed automatically, and ${program} is not on this machine; install the server yourself and give its command.`,
    );
  return server;
}

async function install(name: string, version: string, options: PackageOptions): Promise<PinnedPackage> {
  fs.mkdirSync(options.packagesDir, { recursive: true });
  const staging = makeScratchFolder(options.packagesDir, ".installing-");
  try {
    fs.writeFileSync(path.join(staging, "package.json"), '{"private":true}\n');
    await runNpm(name, version, staging, options);
    const pinned = readInstalled(staging, name);
    const folder = packageFolder(options.packagesDir, pinned);
    if (fs.existsSync(folder)) return existing(folder, pinned);
    putInPlace(staging, folder, pinned);
    return pinned;
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

/** Two parallel installations of one version: the second finds the folder of the first, with the same content. */
function putInPlace(staging: string, folder: string, pinned: PinnedPackage): void {
  // The tools' user reads it; only the server writes to it.
  fs.chmodSync(staging, 0o755);
  try {
    fs.renameSync(staging, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
    existing(folder, pinned);
  }
}

async function ensureInstalled(pinned: PinnedPackage, options: PackageOptions): Promise<void> {
  const folder = packageFolder(options.packagesDir, pinned);
  if (fs.existsSync(folder)) return checkIntegrity(folder, pinned);
  const got = await install(pinned.name, pinned.version, options);
  if (isSame(got, pinned)) return;
  fs.rmSync(folder, { recursive: true, force: true });
  throw new Error(changedSentence(pinned));
}

function checkIntegrity(folder: string, pinned: PinnedPackage): void {
  if (!isSame(readInstalled(folder, pinned.name), pinned)) throw new Error(changedSentence(pinned));
}

/** Reuses a version that is already installed, because other servers may have been approved with it. */
function existing(folder: string, got: PinnedPackage): PinnedPackage {
  const there = readInstalled(folder, got.name);
  if (there.integrity !== got.integrity) throw new Error(changedSentence(got));
  return there;
}

function isSame(a: PinnedPackage, b: PinnedPackage): boolean {
  return a.integrity === b.integrity && a.lockHash === b.lockHash && a.bin === b.bin;
}

function changedSentence({ name, version }: PinnedPackage): string {
  return `The package ${name}@${version} is not what was approved: its integrity has changed; approve the server again.`;
}

async function runNpm(name: string, version: string, folder: string, options: PackageOptions): Promise<void> {
  const flags = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--omit=dev",
    "--git=/bin/false",
  ];
  const cache = options.cacheDir ? [`--cache=${options.cacheDir}`] : [];
  const args = ["install", ...flags, ...cache, "--save-exact", "--", `${name}@${version}`];
  try {
    await execute(options.npm ?? "npm", args, {
      cwd: folder,
      env: npmEnvironment(options.env),
      timeout: INSTALL_MS,
      maxBuffer: MOST_OUTPUT_BYTES,
      ...(options.signal && { signal: options.signal }),
    });
  } catch (error) {
    throw new Error(`The package ${name}@${version} could not be installed: ${npmReason(error)}.`);
  }
}

/** Picks the line that says what is wrong from npm's output. */
function npmReason(error: unknown): string {
  if (!(error instanceof Error)) return quoted(String(error));
  if ("code" in error && error.code === "ENOENT") return "npm was not found on this machine";
  if ("killed" in error && error.killed) return `npm took longer than ${INSTALL_MS / 60_000} minutes`;
  const lines = "stderr" in error ? String(error.stderr).split("\n") : [];
  const reasons = lines
    .map((line) => line.replace(/^npm (error|ERR!)\s*(code\s+)?/, "").trim())
    .filter(
      (line, index) =>
        /^npm (error|ERR!)/.test(lines[index] ?? "") && line !== "" && !/complete log|A complete/.test(line),
    );
  return quoted(reasons.slice(0, 2).join(": ") || error.message);
}

function readInstalled(folder: string, name: string): PinnedPackage {
  const place = path.join(folder, "node_modules", name);
  const lock = lockFile.safeParse(readJson(path.join(folder, "package-lock.json")));
  const { version, integrity } = (lock.success && lock.data.packages[`node_modules/${name}`]) || {};
  if (!version || !integrity)
    throw new Error(`The package ${name} has no integrity in its lock file, so it cannot be pinned.`);
  const read = manifest.safeParse(readJson(path.join(place, "package.json")));
  const bin = read.success ? binOf(read.data.bin, name) : undefined;
  const target = bin && path.resolve(place, bin);
  if (!bin || !target?.startsWith(`${place}${path.sep}`) || !fs.existsSync(target))
    throw new Error(`The package ${name}@${version} has no program to start.`);
  return { name, version, integrity, lockHash: hashOfLock(lock), bin: path.relative(place, target) };
}

function hashOfLock(lock: z.ZodSafeParseResult<z.output<typeof lockFile>>): string {
  const packages = lock.success ? Object.entries(lock.data.packages).filter(([at]) => at !== "") : [];
  const told = packages.map(([at, { version, integrity }]) => [at, version ?? "", integrity ?? ""]);
  return createHash("sha256")
    .update(canonicalJson(Object.fromEntries(told.map(([at, ...rest]) => [at, rest]))))
    .digest("hex");
}

/** Chooses as npx does: the only program, or the program with the package's name. */
function binOf(bin: string | Record<string, string> | undefined, name: string): string | undefined {
  if (typeof bin === "string" || bin === undefined) return bin;
  const programs = Object.values(bin);
  return programs.length === 1 ? programs[0] : bin[name.split("/").at(-1) ?? name];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
