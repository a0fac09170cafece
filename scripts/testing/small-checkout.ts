/** A small checkout with the real scripts, the real launcher and the real dependencies, for tests of starts and builds. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { ROOT } from "../places.mjs";
import { fixture } from "./fixture";

const COMMAND = `
export async function main(argv: string[]): Promise<number> {
  console.log(JSON.stringify(argv));
  return argv.includes("fail") ? 3 : 0;
}
`;

/** `server` is the text of `server/main.ts`. */
export function smallCheckout(server: string): string {
  const root = fixture({
    "server/main.ts": server,
    "scripts/banyan.ts": COMMAND,
    "gates/main.ts": "export const main = async () => 0;\n",
    "lib/insights/insights-main.ts": "export const main = async () => 0;\n",
    "lib/environments/checks-main.ts": "export const main = async () => 0;\n",
    "lib/infrastructure/infrastructure-main.ts": "export const main = async () => 0;\n",
    "agents/self/probe.ts": "export const main = async () => 0;\n",
    "agents/backups/prove-main.ts": "export const main = async () => 0;\n",
    ".env": "GREETING=hello # said\nPORT=0\n",
  });
  mkdirSync(path.join(root, "launcher"));
  for (const folder of ["scripts", "launcher"])
    for (const file of readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith(".mjs")))
      copyFileSync(path.join(ROOT, folder, file), path.join(root, folder, file));
  for (const file of ["package.json", "package-lock.json", "tsconfig.json", "restart.sh"])
    copyFileSync(path.join(ROOT, file), path.join(root, file));
  symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
  return root;
}

export interface Run {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  ended: Promise<number | null>;
}

/** Runs one of the scripts of the checkout. */
export function start(root: string, script: string, args: string[] = [], env: Record<string, string> = {}): Run {
  return run(root, [process.execPath, path.join(root, "scripts", script), ...args], env);
}

export function run(root: string, [file = "", ...args]: string[], env: Record<string, string> = {}): Run {
  const unset = { NODE_ENV: undefined, PORT: undefined, HOST: undefined, BANYAN_DATA_DIR: undefined };
  const clean: Record<string, string | undefined> = { ...process.env, ...unset, ...env };
  const child = spawn(file, args, { cwd: root, env: clean as NodeJS.ProcessEnv });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ran: Run = { child, stdout: "", stderr: "", ended: new Promise((resolve) => child.once("close", resolve)) };
  child.stdout.on("data", (chunk) => {
    ran.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ran.stderr += chunk;
  });
  return ran;
}

export async function listening(ran: Run): Promise<void> {
  await expect.poll(() => ran.stdout + ran.stderr, { timeout: 120_000, interval: 20 }).toContain("listening");
}
