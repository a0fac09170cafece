/** A real NATS node and a runner as the command line starts it, for browser tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { accountsOf } from "@/lib/nats/credentials/accounts";
import { makeCredentials } from "@/lib/nats/credentials/make";
import { startNats } from "@/lib/nats/testing/nats-server";
import { folderUnderTest, nodeUnderTest } from "@/scripts/testing/under-test";

export interface RealRunner {
  /** The setting BANYAN_NATS of its server. */
  nats: string;
  /** Puts the server's key where it looks for it. */
  giveKey(dataDir: string): void;
  close(): Promise<void>;
}

/** Starts both; resolves when the runner takes calls. */
export async function startRealRunner(name: string, pool: string, slots: number): Promise<RealRunner> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-runner-"));
  makeCredentials({ dataDir: folder, runner: name });
  const own = join(folder, "nats");
  const nats = await startNats({ accounts: accountsOf(JSON.parse(readFileSync(join(own, "users.json"), "utf8"))) });
  const url = nats.urls.join(",");
  const key = join(own, `runner-${name}.nk`);
  const flags = [
    "--nats",
    url,
    "--pool",
    pool,
    "--slots",
    String(slots),
    "--key",
    key,
    "--data",
    join(folder, "runner"),
  ];
  const program = nodeUnderTest(["scripts/banyan.mjs", "runner", ...flags, "--json"]);
  const child = spawn(program.file, program.args, { cwd: folderUnderTest(), stdio: ["ignore", "pipe", "inherit"] });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = async () => {
    child.kill("SIGKILL");
    await gone;
    await nats.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    nats: url,
    giveKey(dataDir) {
      mkdirSync(join(dataDir, "nats"), { recursive: true });
      copyFileSync(join(own, "server.nk"), join(dataDir, "nats/server.nk"));
    },
    close,
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line.startsWith("{") && JSON.parse(line).state === "ready") resolve();
    });
    child.once("exit", (code) => reject(new Error(`The runner ended with ${code} before it took calls.`)));
  });
}
