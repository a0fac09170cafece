import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { PinnedPackage, StdioServer } from "@/lib/mcp/config/types";
import type { Generation } from "./asking-server";

/** A folder that the tools' user can enter; `remove` deletes it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const made = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-mcp-")));
  fs.chmodSync(made, 0o755);
  return { path: made, remove: () => fs.rmSync(made, { recursive: true, force: true }) };
}

/** A copy of the misbehaving server in a separate folder. */
export function misbehavingServer(folder: string, mode: string, more: Partial<StdioServer> = {}): StdioServer {
  const file = path.join(folder, "misbehaving", "server.mjs");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(fileURLToPath(new URL("misbehaving-server.mjs", import.meta.url)), file);
  return { kind: "stdio", name: "misbehaving", command: "node", args: [file, mode], env: {}, ...more };
}

/** The server that speaks only 2026-07-28. */
export function modernServerIn(folder: string): Promise<StdioServer> {
  return bundledServer(folder, "modern", "stdio");
}

/** The server whose tools ask during a call. */
export function askingServerIn(folder: string, generation: Generation): Promise<StdioServer> {
  return bundledServer(folder, "asking", `stdio-${generation}`);
}

/** A server of this folder, bundled into one file, because a sandbox shows it no other files. */
async function bundledServer(folder: string, name: string, mode: string): Promise<StdioServer> {
  const file = path.join(folder, name, "server.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}-server.ts`, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    // Some packages are CommonJS and load Node's modules with `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return { kind: "stdio", name, command: "node", args: [file, mode], env: {} };
}

/** Puts a package of this checkout where an installed package would be, as a link to the checkout's `node_modules`. */
export function installedFromCheckout(packagesDir: string, name: string, bin: string): PinnedPackage {
  const root = fs.realpathSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)));
  const { version } = JSON.parse(fs.readFileSync(path.join(root, name, "package.json"), "utf8"));
  const folder = path.join(packagesDir, `${name.replace("/", "+")}@${version}`);
  fs.mkdirSync(packagesDir, { recursive: true });
  fs.symlinkSync(path.dirname(root), folder);
  return { name, version, integrity: "sha512-of-the-checkout", lockHash: "of the checkout", bin };
}

/** Counts the processes of the host that have this text among their arguments. */
export function processesWith(text: string): number {
  return fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && isRunning(entry, text)).length;
}

function isRunning(pid: string, text: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
  } catch {
    // The process has just ended.
    return false;
  }
}
