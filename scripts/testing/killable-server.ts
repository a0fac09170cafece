/** A server without pages in a process of its own, on a folder with all agents. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { sandboxSetting } from "@/lib/sandbox/testing/tested";
import { bundleProgram } from "@/tests/agents/bundle";
import { PATIENT } from "@/tests/agents/patient";
import { seededDatabase } from "@/tests/agents/seeded-database";
import { dataFolder } from "./command-line";

export async function seededFolder(): Promise<string> {
  const data = dataFolder();
  copyFileSync(await seededDatabase(), join(data, "banyan.db"));
  return data;
}

/** Resolves when it listens. */
export async function startKillable(data: string, settings: Record<string, string> = {}): Promise<ChildProcess> {
  const program = await bundleProgram("server/testing/doors-main.ts");
  const own = { PATH: process.env.PATH ?? "", BANYAN_DATA_DIR: data, BANYAN_KEY_FILE: join(data, "keys.json") };
  const env = { ...own, ...PATIENT, ...(await sandboxSetting()), ...settings } as unknown as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, program, { env, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  const dead = once(child, "close");
  child.kill("SIGKILL");
  await dead;
}
