import fs from "node:fs";
import path from "node:path";
import { realTimers, type Timers } from "../timers";
import { WorkspaceError } from "../workspace/path";
import {
  bubblewrapArguments,
  bubblewrapInputs,
  type Confinement,
  DEFAULT_LIMITS,
  LONG_LIVED_CPU_SECONDS,
} from "./bubblewrap";
import { asToolUser, serverIsRoot, type ToolUser, toolUserOf, UNPRIVILEGED_USER } from "./identity";
import { folderMounts, nodeMounts, readOnlyMounts, SCRATCH_FOLDER, workspaceMounts } from "./mounts";
import type {
  SandboxLimits,
  SandboxPort,
  SandboxProcess,
  SandboxResult,
  SandboxRun,
  SandboxStart,
  SandboxStatus,
} from "./port";
import { FIRST_EXTRA_FD, runProcess } from "./process";
import { startProgram } from "./program";
import { selfTest } from "./self-test";
import { workspaceCopies } from "./workspace-copy";

export const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
const ACTIVITY_SAMPLE_MS = 5_000;

export interface SandboxOptions {
  /** Overrides of the default limits, for every run. */
  limits?: Partial<SandboxLimits>;
  /** Processor seconds of each process of a program that outlives a call. */
  longLivedCpuSeconds?: number;
  /** Where `bwrap` is looked for, as in PATH. */
  searchPath?: string;
  /** How often the processes of a run that somebody watches are looked at. */
  activitySampleMs?: number;
  timers?: Timers;
}

/**
 * The terminal sandbox on this machine. Where it is missing or fails its self-test, `status()` says why and `run()`
 * rejects with the same sentence: nothing ever runs unsandboxed.
 */
export function createSandbox(options: SandboxOptions = {}): SandboxPort & { close(): void } {
  const bwrap = findProgram("bwrap", options.searchPath ?? `${process.env.PATH ?? ""}:/usr/bin:/bin`);
  const copies = workspaceCopies();
  const programs = new Set<SandboxProcess>();
  const { timers = realTimers, activitySampleMs = ACTIVITY_SAMPLE_MS } = options;
  const sample = (look: () => void) => timers.every(activitySampleMs, look);
  let tested: Promise<SandboxStatus> | undefined;

  async function runUnchecked(run: SandboxRun): Promise<SandboxResult> {
    if (bwrap === null) throw new Error("bubblewrap is not installed");
    const workspace = fs.realpathSync(run.workspace);
    const user = serverIsRoot() ? toolUserOf(workspace) : null;
    const watch = run.onActivity && { onActivity: run.onActivity, sample };
    const runIn = (folder: string) => {
      const confinement = confine(run, folder, options.limits);
      const { timeoutMs, signal, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = run;
      return runProcess({ ...launch(bwrap, confinement, user), timeoutMs, signal, maxOutputBytes, watch });
    };
    if (run.readOnlyWorkspace) makeScratch(workspace, user);
    else if (user && fs.statSync(workspace).uid === 0) {
      return copies.onCopy({ workspace, user, hiddenPaths: run.hiddenPaths }, run.signal, runIn);
    }
    return runIn(workspace);
  }

  async function startUnchecked(start: SandboxStart): Promise<SandboxProcess> {
    if (bwrap === null) throw new Error("bubblewrap is not installed");
    const workspace = start.workspace === null ? null : fs.realpathSync(start.workspace);
    const folders = folderMounts(start.folders ?? [], start.hiddenPaths);
    const owned = workspace ?? folders[0]?.source;
    const user = serverIsRoot() ? (owned === undefined ? UNPRIVILEGED_USER : toolUserOf(owned)) : null;
    if (workspace && start.readOnlyWorkspace) makeScratch(workspace, user);
    const isCopied = workspace && user && !start.readOnlyWorkspace && fs.statSync(workspace).uid === 0;
    const copy = isCopied ? await copies.open({ workspace, user, hiddenPaths: start.hiddenPaths }) : null;
    const confinement = confine(start, copy?.folder ?? workspace, {
      ...options.limits,
      cpuSeconds: options.longLivedCpuSeconds ?? LONG_LIVED_CPU_SECONDS,
    });
    const more = [...folders, ...readOnlyMounts(start.readOnly ?? [])];
    const { serverFd, ...launched } = launch(
      bwrap,
      { ...confinement, env: start.env ?? {}, mounts: [...confinement.mounts, ...more] },
      user,
      true,
    );
    const program = await startProgram({ ...launched, serverFd }, copy);
    programs.add(program);
    program.ended.then(() => programs.delete(program));
    return program;
  }

  function status(): Promise<SandboxStatus> {
    tested ??= test();
    return tested;
  }

  async function test(): Promise<SandboxStatus> {
    if (process.platform !== "linux") return { available: false, reason: "The terminal sandbox needs Linux." };
    if (bwrap === null) return { available: false, reason: missing("bwrap", "apt-get install bubblewrap") };
    for (const program of serverIsRoot() ? ["/usr/bin/unshare", "/usr/bin/setpriv"] : []) {
      if (!fs.existsSync(program)) return { available: false, reason: missing(program, "apt-get install util-linux") };
    }
    return selfTest(runUnchecked);
  }

  return {
    status,
    async run(run) {
      const result = await status();
      if (!result.available) throw new Error(result.reason);
      return runUnchecked(run);
    },
    async start(start) {
      const result = await status();
      if (!result.available) throw new Error(result.reason);
      checkStart(start);
      return startUnchecked(start);
    },
    /** Ends every program and removes what the sandbox keeps on disk; no command may be running. */
    close() {
      for (const program of programs) void program.kill();
      copies.remove();
    },
  };
}

function missing(program: string, command: string): string {
  return `The terminal is off, because ${program} is not installed; install it with: ${command}`;
}

/** What `run` and `start` have in common. */
function confine(
  given: SandboxRun | SandboxStart,
  workspace: string | null,
  overrides?: Partial<SandboxLimits>,
): Confinement {
  const node = nodeMounts();
  const mounts = workspace === null ? [] : workspaceMounts(workspace, given.readOnlyWorkspace ?? false);
  return {
    command: given.command,
    mounts: [...mounts, ...node.mounts],
    extraArguments: node.args,
    hiddenPaths: given.hiddenPaths,
    searchPath: node.searchPath,
    env: {},
    limits: { ...DEFAULT_LIMITS, ...overrides, ...given.limits },
  };
}

/** The program to start and what it reads from its descriptors; the one to the server comes last. */
function launch(bwrap: string, given: Confinement, user: ToolUser | null, withServer = false) {
  const { args: inputArguments, inputs } = bubblewrapInputs(FIRST_EXTRA_FD, given.env);
  const infoFd = FIRST_EXTRA_FD + inputs.length;
  const serverFd = infoFd + 1;
  const confinement = withServer ? { ...given, serverFd } : given;
  const more = withServer ? ["--info-fd", String(infoFd), ...inputArguments] : inputArguments;
  const sources = confinement.mounts.map(({ source }) => source);
  const { file, args } = asToolUser(sources, user, (seen) => ({
    file: bwrap,
    args: bubblewrapArguments(confinement, seen, more),
  }));
  return { file, args, extraInputs: inputs, infoFd, serverFd };
}

function checkStart({ command, env = {} }: SandboxStart): void {
  if (command.includes("\0")) throw new WorkspaceError("The command contains a NUL character; leave it out.");
  for (const [name, value] of Object.entries(env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !value.includes("\0")) continue;
    throw new WorkspaceError(
      `The environment variable ${JSON.stringify(name)} cannot be set; its name must be letters, digits and _, and its value without NUL.`,
    );
  }
}

/** The one place in a read-only workspace where a command may leave files; it keeps itself out of the checkout's status. */
function makeScratch(workspace: string, user: ToolUser | null): void {
  const scratch = path.join(workspace, SCRATCH_FOLDER);
  const stat = fs.lstatSync(scratch, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory())
    throw new Error(`${scratch} is in the way of the sandbox's scratch folder; remove it.`);
  if (stat) return;
  fs.mkdirSync(scratch, 0o755);
  fs.writeFileSync(path.join(scratch, ".gitignore"), "*\n");
  if (user) fs.chownSync(scratch, user.uid, user.gid);
}

function findProgram(name: string, searchPath: string): string | null {
  for (const folder of searchPath.split(":").filter((entry) => path.isAbsolute(entry))) {
    const candidate = path.join(folder, name);
    try {
      fs.accessSync(candidate, fs.constants.X_OK);
      return candidate;
    } catch {
      // Look in the next folder.
    }
  }
  return null;
}
