/** A cell for scenarios: a real NATS node, keys as `runner credentials` makes them, and runners in processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Queries } from "@/agents/application";
import { accountsOf } from "@/lib/nats/credentials/accounts";
import { readKeyFile } from "@/lib/nats/credentials/key-file";
import { makeCredentials } from "@/lib/nats/credentials/make";
import { type NatsNodes, startNats } from "@/lib/nats/testing/nats-server";
import { sandboxSetting } from "@/lib/sandbox/testing/tested";
import { bundleProgram } from "../bundle";
import type { RunnerArgument } from "./runner-main";

export interface StartedRunner {
  child: ChildProcess;
  dataDir: string;
  /** Ends it by SIGKILL; resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface RunnerCell {
  nats: NatsNodes;
  /** The environment of a server of this cell. */
  env: Record<string, string>;
  /** Puts the server's key where it looks for it. */
  giveKey(dataDir: string): void;
  /** `keyPool`: that of its key, where it announces another one. */
  start(runner: string, more?: { pool?: string; slots?: number; keyPool?: string }): Promise<StartedRunner>;
}

/** Starts nodes that know the server and these runners. Everything ends with the test. */
export async function startRunnerCell(runners: readonly string[], nodes: 1 | 3 = 1): Promise<RunnerCell> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-cell-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const runner of runners) makeCredentials({ dataDir: folder, runner });
  const users = JSON.parse(readFileSync(join(folder, "nats/users.json"), "utf8"));
  const nats = await startNats({ nodes, accounts: accountsOf(users) });
  onTestFinished(nats.close);
  const program = await bundleProgram("tests/agents/runners/runner-main.ts");
  const sandbox = await sandboxSetting();
  return {
    nats,
    env: { BANYAN_NATS: nats.urls.join(",") },
    giveKey(dataDir) {
      mkdirSync(join(dataDir, "nats"), { recursive: true });
      copyFileSync(join(folder, "nats/server.nk"), join(dataDir, "nats/server.nk"));
      rmSync(join(dataDir, "nats/users.json"), { force: true });
      symlinkSync(join(folder, "nats/users.json"), join(dataDir, "nats/users.json"));
    },
    async start(runner, { pool = "linux", slots = 2, keyPool = pool } = {}) {
      makeCredentials({ dataDir: folder, runner, pool: keyPool });
      const { cell, seed } = readKeyFile(join(folder, `nats/runner-${runner}.nk`));
      const dataDir = mkdtempSync(join(folder, `${runner}-`));
      const given: RunnerArgument = { link: { servers: nats.urls, cell, seed, runner }, pool, slots, dataDir };
      const env = { PATH: process.env.PATH, ...sandbox } as unknown as NodeJS.ProcessEnv;
      const child = spawn(process.execPath, [...program, JSON.stringify(given)], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exited = once(child, "exit");
      const kill = async (signal: NodeJS.Signals = "SIGKILL") => {
        child.kill(signal);
        await exited;
      };
      onTestFinished(() => kill());
      await said(child, "ready");
      return { child, dataDir, kill };
    },
  };
}

/** Resolves once the server has heard of a runner: without another one it would leave the trees of a drained one there. */
export async function heardOf(queries: Pick<Queries, "getRunners">, name: string): Promise<void> {
  const names = async () => (await queries.getRunners()).runners.map((runner) => runner.name);
  await expect.poll(names, { timeout: 60_000 }).toContain(name);
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      if (output.includes(word)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`The runner ended with ${code}: ${output}`)));
  });
}
