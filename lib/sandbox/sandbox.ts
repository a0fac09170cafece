import fs from "node:fs";
import path from "node:path";
import { realTimers, type Timers } from "../timers";
import { SCRATCH_FOLDER } from "../workspace/path";
import { DEFAULT_LIMITS, LONG_LIVED_CPU_SECONDS } from "./bubblewrap";
import { serverIsRoot, type ToolUser, toolUserOf, UNPRIVILEGED_USER } from "./identity";
import { checkStart, confine, launch, launchProgram, makeScratch } from "./launch";
import { watchMemory } from "./memory-watch";
import { folderMounts, readOnlyMounts } from "./mounts";
import { type NetworkInside, networkInside } from "./network";
import type {
  NetworkAccess,
  SandboxLimits,
  SandboxPort,
  SandboxProcess,
  SandboxResult,
  SandboxRun,
  SandboxStart,
  SandboxStatus,
} from "./port";
import { type Over, runProcess } from "./process";
import { startProgram } from "./program";
import { type NetworkProxy, openProxy, type ProxyOptions } from "./proxy";
import { selfTest } from "./self-test";
import { createSizeWatch } from "./size-watch";
import { endStrays } from "./strays";
import { temporaryFolder } from "./temporary";
import { type OpenCopy, workspaceCopies } from "./workspace-copy";

export const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
const ACTIVITY_SAMPLE_MS = 5_000;
const FIRST_RETEST_MS = 2_000;
const LONGEST_RETEST_MS = 60_000;
const MAX_WORKSPACE_BYTES = 2000 * 1024 * 1024;
/** What is killed before this may not have come out of bubblewrap's beginning. */
const YOUNG_MS = 2_000;

export interface SandboxOptions {
  /** Overrides of the default limits, for every run. */
  limits?: Partial<SandboxLimits>;
  /** Processor seconds of each process of a program that outlives a call. */
  longLivedCpuSeconds?: number;
  /** Of the proxies through which commands reach the network. */
  proxy?: ProxyOptions;
  /** A command in a workspace that grows beyond this is ended. */
  maxWorkspaceBytes?: number;
  /** Where `bwrap` is looked for, as in PATH. */
  searchPath?: string;
  /** How often the processes of a run that somebody watches are looked at. */
  activitySampleMs?: number;
  /** After a failed self-test the next one is made no sooner than this; it doubles. */
  firstRetestMs?: number;
  timers?: Timers;
}

/**
 * The terminal sandbox on this machine. Where it is missing or fails its self-test, `status()` says why and `run()`
 * rejects with the same sentence: nothing ever runs unsandboxed.
 */
export function createSandbox(options: SandboxOptions = {}): SandboxPort & { close(): void } {
  const { firstRetestMs = FIRST_RETEST_MS } = options;
  const findBwrap = () => findProgram("bwrap", options.searchPath ?? `${process.env.PATH ?? ""}:/usr/bin:/bin`);
  let bwrap = findBwrap();
  const temporary = temporaryFolder();
  const copies = workspaceCopies(temporary);
  const programs = new Set<SandboxProcess>();
  const sizes = createSizeWatch({ limitBytes: options.maxWorkspaceBytes ?? MAX_WORKSPACE_BYTES });
  const { timers = realTimers, activitySampleMs = ACTIVITY_SAMPLE_MS, limits = {} } = options;
  const sample = (look: () => void) => timers.every(activitySampleMs, look);
  let tested: Promise<SandboxStatus> | undefined;
  let failures = 0;
  /** A failed test says how the machine was then: it is made again when somebody asks, after a while that grows. */
  let againAtMs = Number.POSITIVE_INFINITY;
  let networks = 0;

  async function runUnchecked(run: SandboxRun): Promise<SandboxResult> {
    const program = bwrapOf(bwrap);
    const workspace = fs.realpathSync(run.workspace);
    const user = serverIsRoot() ? toolUserOf(workspace) : null;
    const watch = run.onActivity && { onActivity: run.onActivity, sample };
    if (run.readOnlyWorkspace) makeScratch(workspace, user);
    await sizes.prepare(writableOf(run, workspace));
    const { proxy, inside } = await openNetwork(run.network);
    const runIn = (folder: string) => {
      const launched = launch(program, confine(run, { workspace: folder, network: inside, limits }), user);
      const { timeoutMs, signal, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = run;
      const memoryBytes = run.limits?.memoryBytes ?? limits.memoryBytes ?? DEFAULT_LIMITS.memoryBytes;
      const guard = (onOver: Over, pid: number | undefined) => {
        const stopSizes = sizes.watch(writableOf(run, folder), (problem) => onOver(problem, "workspace_full"));
        const stopMemory = pid
          ? watchMemory(pid, memoryBytes, (problem) => onOver(problem, "memory"))
          : () => undefined;
        return () => {
          stopSizes();
          stopMemory();
        };
      };
      return runProcess({ ...launched, timeoutMs, signal, maxOutputBytes, watch, guard });
    };
    try {
      const result = isCopied(run, workspace, user)
        ? await copies.onCopy({ workspace, user, hiddenPaths: run.hiddenPaths }, run.signal, runIn)
        : await runIn(workspace);
      if (result.endedBy && result.durationMs < YOUNG_MS) endStrays();
      return proxy ? { ...result, network: proxy.use } : result;
    } finally {
      await proxy?.close();
    }
  }

  async function startUnchecked(start: SandboxStart): Promise<SandboxProcess> {
    const bwrapProgram = bwrapOf(bwrap);
    const workspace = start.workspace === null ? null : fs.realpathSync(start.workspace);
    const folders = folderMounts(start.folders ?? [], start.hiddenPaths);
    const user = serverIsRoot() ? userOf(workspace ?? folders[0]?.source) : null;
    const mounts = [...folders, ...readOnlyMounts(start.readOnly ?? [])];
    if (workspace && start.readOnlyWorkspace) makeScratch(workspace, user);
    const { proxy, inside } = await openNetwork(start.network);
    let copy: OpenCopy | null = null;
    try {
      if (workspace && isCopied(start, workspace, user)) {
        copy = await copies.open({ workspace, user, hiddenPaths: start.hiddenPaths });
      }
      const folder = copy?.folder ?? workspace;
      const confinement = confine(start, {
        workspace: folder,
        mounts,
        env: start.env ?? {},
        network: inside,
        limits: { ...limits, cpuSeconds: options.longLivedCpuSeconds ?? LONG_LIVED_CPU_SECONDS },
      });
      const program = await startProgram(launchProgram(bwrapProgram, confinement, user), {
        synchronise: () => copy?.synchronise() ?? Promise.resolve(),
        guard: (onOver, pid) => {
          const memoryBytes = start.limits?.memoryBytes ?? limits.memoryBytes ?? DEFAULT_LIMITS.memoryBytes;
          const stops = [
            workspace ? sizes.watch(writableOf(start, copy?.folder ?? workspace), onOver) : () => undefined,
            pid ? watchMemory(pid, memoryBytes, onOver) : () => undefined,
          ];
          return () => {
            for (const stop of stops) stop();
          };
        },
        afterwards: () => Promise.all([copy?.close(), proxy?.close()]),
      });
      programs.add(program);
      program.ended.then(() => programs.delete(program));
      return program;
    } catch (error) {
      await Promise.allSettled([copy?.close(), proxy?.close()]);
      endStrays();
      throw error;
    }
  }

  async function openNetwork(
    access: NetworkAccess | undefined,
  ): Promise<{ proxy: NetworkProxy | null; inside: NetworkInside | null }> {
    if (!access) return { proxy: null, inside: null };
    networks += 1;
    const socketPath = path.join(temporary.path(), `net-${networks}`);
    const proxy = await openProxy(access, socketPath, options.proxy);
    return { proxy, inside: networkInside(socketPath) };
  }

  function status(): Promise<SandboxStatus> {
    if (performance.now() >= againAtMs) tested = undefined;
    tested ??= test().then((result) => {
      const isGood = result.available && result.noNetwork === undefined;
      failures = isGood ? 0 : failures + 1;
      againAtMs = isGood
        ? Number.POSITIVE_INFINITY
        : performance.now() + Math.min(LONGEST_RETEST_MS, firstRetestMs * 2 ** (failures - 1));
      return result;
    });
    return tested;
  }

  async function test(): Promise<SandboxStatus> {
    if (process.platform !== "linux") return { available: false, reason: "The terminal sandbox needs Linux." };
    // It may have been installed since.
    bwrap ??= findBwrap();
    if (bwrap === null) return { available: false, reason: missing("bwrap", "apt-get install bubblewrap") };
    for (const program of serverIsRoot() ? ["/usr/bin/unshare", "/usr/bin/setpriv"] : []) {
      if (!fs.existsSync(program)) return { available: false, reason: missing(program, "apt-get install util-linux") };
    }
    endStrays();
    return selfTest(runUnchecked, temporary.path);
  }

  return {
    status,
    async run(run) {
      await allow(run);
      return runUnchecked(run);
    },
    async start(start) {
      await allow(start);
      checkStart(start);
      return startUnchecked(start);
    },
    /** Ends every program and removes what the sandbox keeps on disk; no command may be running. */
    close() {
      for (const program of programs) void program.kill();
      copies.close();
    },
  };

  async function allow({ network }: { network?: NetworkAccess }): Promise<void> {
    const result = await status();
    if (!result.available) throw new Error(result.reason);
    if (network && result.noNetwork) throw new Error(result.noNetwork);
  }
}

function missing(program: string, command: string): string {
  return `The terminal is off, because ${program} is not installed; install it with: ${command}`;
}

/** Where a command may leave files. */
function writableOf({ readOnlyWorkspace }: { readOnlyWorkspace?: boolean }, folder: string): string {
  return readOnlyWorkspace ? path.join(folder, SCRATCH_FOLDER) : folder;
}

function bwrapOf(found: string | null): string {
  if (found === null) throw new Error("bubblewrap is not installed");
  return found;
}

/** As whom a program works that was given this folder, or none. */
function userOf(folder: string | undefined): ToolUser {
  return folder === undefined ? UNPRIVILEGED_USER : toolUserOf(folder);
}

/** Root's own folder is not given to the tools' user; it works on a copy. */
function isCopied(
  { readOnlyWorkspace }: { readOnlyWorkspace?: boolean },
  workspace: string,
  user: ToolUser | null,
): user is ToolUser {
  return user !== null && !readOnlyWorkspace && fs.statSync(workspace).uid === 0;
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
