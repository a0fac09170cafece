/** Runs commands of a repository in the terminal sandbox: on a copy, without network, keys or the host's files. */
import path from "node:path";
import type { CommandResult, CommandRun, Runner } from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { Blobs } from "@/gates/model/tree";
import type { SandboxPort, SandboxProcess } from "@/lib/sandbox/port";
import { removeTree } from "@/lib/workspace/remove-tree";
import { leftBy, writeTree } from "./copy";
import { showPackages } from "./packages";

const MOST_STDOUT = 32 * 1024 * 1024;
const KEPT_LOG = 256 * 1024;
const MEGABYTE = 1024 * 1024;

export interface RunnerOptions {
  sandbox: SandboxPort;
  blobs: Blobs;
  /** The folder whose installed packages the commands see. */
  root: string;
  /** A folder of the run for the copies. */
  dir: string;
  settings: Pick<Settings, "packages" | "packages_as" | "limits">;
  /** Called with each finished run, for the evidence. */
  onRun(run: CommandRun, result: CommandResult): void;
}

export function createRunner(options: RunnerOptions): Runner {
  let count = 0;
  return {
    async problem() {
      const status = await options.sandbox.status();
      return status.available ? null : status.reason;
    },
    async run(run) {
      count += 1;
      const folder = path.join(options.dir, `run-${count}`);
      try {
        const result = await runOnCopy(options, run, folder);
        options.onRun(run, result);
        return result;
      } finally {
        await removeTree(folder);
      }
    },
  };
}

async function runOnCopy(options: RunnerOptions, run: CommandRun, folder: string): Promise<CommandResult> {
  const { sandbox, blobs, settings } = options;
  writeTree(folder, run.tree, blobs);
  const readOnly = showPackages(options, run.tree, folder);
  const { memory_mb, processes, tmp_mb } = settings.limits;
  const startedAt = new Date();
  const program = await sandbox.start({
    command: run.command,
    workspace: folder,
    hiddenPaths: [],
    readOnly,
    env: { NO_COLOR: "1", ...run.env },
    ...(run.hosts && { network: { hosts: run.hosts } }),
    limits: {
      memoryBytes: memory_mb * MEGABYTE,
      processes,
      tmpSizeBytes: tmp_mb * MEGABYTE,
      openFiles: 4096,
      cpuSeconds: Math.ceil(run.timeoutMs / 1000) + 60,
      fileSizeBytes: 1024 * MEGABYTE,
    },
  });
  const ended = await followed(program, run.timeoutMs);
  const files: Record<string, string | null> = {};
  for (const name of run.reads ?? []) files[name] = await leftBy(folder, name);
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  return { ...ended, files, startedAt: startedAt.toISOString(), seconds };
}

async function followed(program: SandboxProcess, timeoutMs: number) {
  let isOver = false;
  let stdout = "";
  let log = "";
  const take = (text: string) => {
    log = (log + text).slice(-KEPT_LOG);
  };
  program.stdin.end();
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (stdout.length < MOST_STDOUT) stdout += text;
    take(text);
  });
  program.stderr.setEncoding("utf8").on("data", take);
  const timer = setTimeout(() => {
    isOver = true;
    void program.kill();
  }, timeoutMs);
  const { exitStatus, problem = null } = await program.ended;
  clearTimeout(timer);
  const endedBy: CommandResult["endedBy"] = isOver ? "timeout" : problem === null ? null : "limit";
  return { exitStatus, endedBy, problem, stdout, log };
}
