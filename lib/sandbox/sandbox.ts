import fs from "node:fs";
import path from "node:path";
import { realTimers, type Timers } from "../timers";
import { bubblewrapArguments, bubblewrapInputs, DEFAULT_LIMITS, SCRATCH_FOLDER } from "./bubblewrap";
import { asToolUser, serverIsRoot, type ToolUser, toolUserOf } from "./identity";
import type { SandboxLimits, SandboxPort, SandboxResult, SandboxRun, SandboxStatus } from "./port";
import { FIRST_EXTRA_FD, runProcess } from "./process";
import { selfTest } from "./self-test";
import { workspaceCopies } from "./workspace-copy";

export const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
const ACTIVITY_SAMPLE_MS = 5_000;

export interface SandboxOptions {
  /** Overrides of the default limits, for every run. */
  limits?: Partial<SandboxLimits>;
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
  const { timers = realTimers, activitySampleMs = ACTIVITY_SAMPLE_MS } = options;
  const sample = (look: () => void) => timers.every(activitySampleMs, look);
  let tested: Promise<SandboxStatus> | undefined;

  async function runUnchecked(run: SandboxRun): Promise<SandboxResult> {
    if (bwrap === null) throw new Error("bubblewrap is not installed");
    const workspace = fs.realpathSync(run.workspace);
    const user = serverIsRoot() ? toolUserOf(workspace) : null;
    const watch = run.onActivity && { onActivity: run.onActivity, sample };
    const runIn = (folder: string) =>
      runProcess({ ...launch(bwrap, { ...run, workspace: folder }, user, options.limits), watch });
    if (run.readOnlyWorkspace) makeScratch(workspace, user);
    else if (user && fs.statSync(workspace).uid === 0) {
      return copies.onCopy(workspace, user, run.hiddenPaths, run.signal, runIn);
    }
    return runIn(workspace);
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
    start: () => Promise.reject(new Error("Programs that outlive a call cannot be started yet.")),
    /** Removes what the sandbox keeps on disk; no command may be running. */
    close: copies.remove,
  };
}

function missing(program: string, command: string): string {
  return `The terminal is off, because ${program} is not installed; install it with: ${command}`;
}

function launch(bwrap: string, run: SandboxRun, user: ToolUser | null, overrides?: Partial<SandboxLimits>) {
  const limits = { ...DEFAULT_LIMITS, ...overrides, ...run.limits };
  const mount = {
    workspace: run.workspace,
    hiddenPaths: run.hiddenPaths,
    readOnly: run.readOnlyWorkspace ?? false,
  };
  const { args: inputArguments, inputs } = bubblewrapInputs(FIRST_EXTRA_FD);
  const { file, args } = asToolUser(run.workspace, user, (source) => ({
    file: bwrap,
    args: bubblewrapArguments(run.command, { ...mount, source }, limits, inputArguments),
  }));
  const { timeoutMs, signal, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = run;
  return { file, args, timeoutMs, signal, maxOutputBytes, extraInputs: inputs };
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
