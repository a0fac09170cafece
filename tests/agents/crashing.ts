/** Worker processes that kill themselves at a boundary; see crash-main.ts. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxSetting } from "@/lib/sandbox/testing/tested";
import { bundleProgram } from "./bundle";

export interface Crashing {
  /** For trials that prepare a data folder; each worker gets a copy. */
  template: string;
  /** The key of stored secrets; a trial that stores some for the workers gets it as BANYAN_KEY_FILE. */
  keyFile: string;
  freshFolder(name: string): string;
  /** Runs a worker on a data folder; resolves with its end, and with the boundaries that it passed. */
  run(dataDir: string, killAt: number, treeId: string, env?: Record<string, string>): Promise<Crashed>;
  remove(): void;
}

interface Crashed {
  signal: string | null;
  passed: number;
  /** The kinds of the passed boundaries, in order. */
  kinds: string[];
  errors: string;
}

/**
 * Returns the boundaries at which a sweep kills: the last one of each kind, and with BANYAN_CRASH_ALL all of them,
 * which differ from these only in what came before.
 */
export function boundariesToKillAt(kinds: readonly string[]): number[] {
  const isChosen = (kind: string, at: number) => process.env.BANYAN_CRASH_ALL || kinds.lastIndexOf(kind) === at;
  return kinds.flatMap((kind, at) => (isChosen(kind, at) ? [at + 1] : []));
}

export async function prepareCrashes(
  providerUrl: () => string,
  more: Record<string, string> = {},
  main = "tests/agents/crash-main.ts",
): Promise<Crashing> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-crash-"));
  const template = join(folder, "template");
  const keyFile = join(folder, "keys.json");
  const program = await bundleProgram(main);
  const sandbox = await sandboxSetting();
  return {
    template,
    keyFile,
    freshFolder(name) {
      const dataDir = join(folder, name);
      cpSync(template, dataDir, { recursive: true });
      return dataDir;
    },
    async run(dataDir, killAt, treeId, own = {}) {
      const env = {
        PATH: process.env.PATH,
        BANYAN_DATA_DIR: dataDir,
        // Not in the home folder of the person who runs the tests, to which the worker may have no access.
        BANYAN_KEY_FILE: keyFile,
        BANYAN_SYNCHRONOUS: "NORMAL",
        ANTHROPIC_API_KEY: "test-key",
        ANTHROPIC_BASE_URL: providerUrl(),
        BANYAN_TEST_TREE: treeId,
        BANYAN_TEST_KILL_AT: String(killAt),
        ...sandbox,
        ...more,
        ...own,
      };
      const child = spawn(process.execPath, program, {
        env: env as unknown as NodeJS.ProcessEnv,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      let errors = "";
      child.stdout.on("data", (chunk) => {
        output += chunk;
      });
      child.stderr.on("data", (chunk) => {
        errors += chunk;
      });
      const overdue = setTimeout(() => child.kill("SIGKILL"), 240_000);
      const signal = await new Promise<string | null>((resolve) => child.once("close", (_code, by) => resolve(by)));
      clearTimeout(overdue);
      const { passed, kinds = [] } = output ? JSON.parse(output) : { passed: 0 };
      return { signal, passed, kinds, errors };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
