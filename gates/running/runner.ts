/** Runs commands of a repository in the terminal sandbox: on a copy, without network, keys or the host's files. */
import path from "node:path";
import { finished } from "node:stream/promises";
import type { CommandResult, CommandRun, Runner } from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { SandboxLimits, SandboxProcess } from "@/lib/sandbox/port";
import { removeTree } from "@/lib/workspace/remove-tree";
import { leftBy, writeTree } from "./copy";
import { type Mount, showPackages } from "./packages";
import type { RunnerOptions } from "./under-test";
import { baseFolderOf, showUnderTest } from "./under-test";

/** Where commands see the second tree. */
const BASE_FOLDER = "/opt/banyan-base";
const MOST_STDOUT = 32 * 1024 * 1024;
const KEPT_LOG = 256 * 1024;
const MEGABYTE = 1024 * 1024;
/** More than an inner sandbox gives its programs, because one process runs several tests. */
const NESTED_CPU_SECONDS = 24 * 3600;

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
        await Promise.all([folder, baseFolderOf(folder), baseOf(folder)].map(removeTree));
      }
    },
  };
}

async function runOnCopy(options: RunnerOptions, run: CommandRun, folder: string): Promise<CommandResult> {
  const { sandbox, blobs, settings } = options;
  writeTree(folder, run.tree, blobs);
  const packages = showPackages(options, run.tree, folder);
  const under = run.underTest && showUnderTest(options, run.underTest, folder);
  const readOnly = [...packages, ...(under?.readOnly ?? []), ...showBase(options, run, baseOf(folder))];
  const startedAt = new Date();
  const program = await sandbox.start({
    command: run.command,
    workspace: folder,
    hiddenPaths: [],
    readOnly: uniqueIn(readOnly),
    writable: under?.writable ?? [],
    env: { NO_COLOR: "1", ...under?.env, ...(run.base && { BANYAN_BASE: BASE_FOLDER }), ...run.env },
    ...(run.hosts && { network: { hosts: run.hosts } }),
    ...(run.sandbox === "nested" && { isNested: true }),
    limits: limitsOf(run, settings.limits),
  });
  const ended = await followed(program, run);
  const files: Record<string, string | null> = {};
  for (const name of run.reads ?? []) files[name] = await leftBy(folder, name);
  const seconds = (Date.now() - startedAt.getTime()) / 1000;
  return { ...ended, files, startedAt: startedAt.toISOString(), seconds };
}

function baseOf(folder: string): string {
  return `${folder}-base`;
}

/** Returns the mounts of the second tree. It is read-only, so nothing can be mounted in it, and it has links to the packages. */
function showBase({ root, settings, blobs }: RunnerOptions, { base }: CommandRun, folder: string): Mount[] {
  if (!base) return [];
  writeTree(folder, base, blobs);
  const linked = { root, settings: { ...settings, packages_as: "links" as const } };
  return [{ source: folder, at: BASE_FOLDER }, ...showPackages(linked, base, folder)];
}

/** Both trees may link to the same packages. */
function uniqueIn(mounts: readonly Mount[]): Mount[] {
  return [...new Map(mounts.map((mount) => [mount.at, mount])).values()];
}

/** A nested sandbox gets higher limits, because the sandboxes inside it set their own and cannot exceed the outer ones. */
function limitsOf(
  { sandbox, timeoutMs }: CommandRun,
  { memory_mb, processes, tmp_mb }: Settings["limits"],
): Partial<SandboxLimits> {
  const isNested = sandbox === "nested";
  const cpuSeconds = Math.ceil(timeoutMs / 1000) + 60;
  return {
    memoryBytes: memory_mb * MEGABYTE,
    processes,
    tmpSizeBytes: tmp_mb * MEGABYTE,
    openFiles: isNested ? 8192 : 4096,
    cpuSeconds: isNested ? Math.max(cpuSeconds, NESTED_CPU_SECONDS) : cpuSeconds,
    // Tests make huge files that are empty; the watch over the workspace's size finds full ones.
    fileSizeBytes: (isNested ? 256 : 1) * 1024 * MEGABYTE,
  };
}

async function followed(program: SandboxProcess, { timeoutMs, onOutput }: CommandRun) {
  let isOver = false;
  let stdout = "";
  let log = "";
  const take = (text: string) => {
    log = (log + text).slice(-KEPT_LOG);
    onOutput?.(text);
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
  // The output includes what the pipes still hold when all processes have ended: a report may end there.
  const read = [program.stdout, program.stderr].map((stream) => finished(stream).catch(() => undefined));
  const { exitStatus, problem = null } = await program.ended;
  await Promise.all(read);
  clearTimeout(timer);
  const endedBy: CommandResult["endedBy"] = isOver ? "timeout" : problem === null ? null : "limit";
  return { exitStatus, endedBy, problem, stdout, log };
}
