import fs from "node:fs";
import path from "node:path";
import { serverIsRoot } from "@/lib/process/tools-identity";
import { realTimers, type Timers } from "@/lib/time/timers";
import { systemName } from "../process/system";
import { LONG_LIVED_CPU_SECONDS } from "./bubblewrap";
import { type ConfinedContext, runConfined, startConfined } from "./confined";
import { checkStart } from "./launch";
import { nestedFault } from "./nested-test";
import type {
  NetworkAccess,
  SandboxLimits,
  SandboxPort,
  SandboxProcess,
  SandboxRun,
  SandboxStart,
  SandboxStatus,
} from "./port";
import type { ProxyOptions } from "./proxy";
import { selfTest, sharingFault } from "./self-test";
import { sharedNetworks } from "./shared-network";
import { createSizeWatch } from "./size-watch";
import { endStrays } from "./strays";
import { temporaryFolder } from "./temporary";
import { workspaceCopies } from "./workspace-copy";

const ACTIVITY_SAMPLE_MS = 5_000;
const FIRST_RETEST_MS = 2_000;
const LONGEST_RETEST_MS = 60_000;
const MAX_WORKSPACE_BYTES = 2000 * 1024 * 1024;

export interface SandboxOptions {
  /** Overrides of the default limits, for every run. */
  limits?: Partial<SandboxLimits>;
  /** CPU seconds for each process of a program that outlives a call. */
  longLivedCpuSeconds?: number;
  /** Options of the proxies through which commands reach the network. */
  proxy?: ProxyOptions;
  /** A command is ended when its workspace grows above this. */
  maxWorkspaceBytes?: number;
  /** A workspace is measured after this time even when nothing suggests that it has grown. */
  longestUnmeasuredMs?: number;
  /** Where to look for `bwrap`, in the form of PATH. */
  searchPath?: string;
  /** How often the processes of a watched run are sampled. */
  activitySampleMs?: number;
  /** The shortest wait after a failed self-test before the next; it doubles. */
  firstRetestMs?: number;
  /** Returns what a self-test on this machine has found, in its place; for a process that makes many sandboxes. */
  tested?(): Promise<SandboxStatus>;
  timers?: Timers;
}

interface SandboxContext extends ConfinedContext {
  searchPath: string;
  firstRetestMs: number;
  /** Finds out whether the sandbox holds. */
  findOut(): Promise<SandboxStatus>;
  tested: Promise<SandboxStatus> | undefined;
  /** Why nested sandboxes do not work here; tested when somebody needs one. */
  nestedFault: Promise<string | null> | undefined;
  /** Failed self-tests since the last success. */
  failures: number;
  /**
   * When a failed test may be repeated. A failure may be temporary, so a later request repeats it after a growing wait.
   */
  againAtMs: number;
}

/**
 * The terminal sandbox on this machine. Where it is missing or fails its self-test, `status()` says why and `run()`
 * rejects with the same sentence, so nothing ever runs unsandboxed.
 */
export function createSandbox(options: SandboxOptions = {}): SandboxPort & { close(): void } {
  const { timers = realTimers, activitySampleMs = ACTIVITY_SAMPLE_MS } = options;
  const searchPath = options.searchPath ?? `${process.env.PATH ?? ""}:/usr/bin:/bin`;
  const temporary = temporaryFolder();
  const context: SandboxContext = {
    searchPath,
    bwrap: findProgram("bwrap", searchPath),
    limits: options.limits ?? {},
    longLivedCpuSeconds: options.longLivedCpuSeconds ?? LONG_LIVED_CPU_SECONDS,
    proxy: options.proxy,
    temporary,
    copies: workspaceCopies(temporary),
    sizes: createSizeWatch({ ...options, limitBytes: options.maxWorkspaceBytes ?? MAX_WORKSPACE_BYTES }),
    programs: new Set<SandboxProcess>(),
    sample: (take) => timers.every(activitySampleMs, take),
    networks: 0,
    shared: sharedNetworks(() => ({
      bwrap: context.bwrap ?? "bwrap",
      nsenter: findProgram("nsenter", searchPath) ?? "nsenter",
    })),
    sharesNetworks: false,
    firstRetestMs: options.firstRetestMs ?? FIRST_RETEST_MS,
    findOut: options.tested ?? (() => testHere(context)),
    tested: undefined,
    nestedFault: undefined,
    failures: 0,
    againAtMs: Number.POSITIVE_INFINITY,
  };
  return {
    status: () => status(context),
    run: (run) => runChecked(context, run),
    start: (start) => startChecked(context, start),
    /** Ends every program and removes the sandbox's files on disk; no command may be running. */
    close() {
      for (const program of context.programs) void program.kill();
      context.copies.close();
    },
  };
}

function status(context: SandboxContext): Promise<SandboxStatus> {
  if (performance.now() >= context.againAtMs) context.tested = undefined;
  context.tested ??= test(context)
    .catch(untested)
    .then((result) => {
      const isGood = result.available && result.noNetwork === undefined;
      context.failures = isGood ? 0 : context.failures + 1;
      const pauseMs = Math.min(LONGEST_RETEST_MS, context.firstRetestMs * 2 ** (context.failures - 1));
      context.againAtMs = isGood ? Number.POSITIVE_INFINITY : performance.now() + pauseMs;
      return result;
    });
  return context.tested;
}

async function test(context: SandboxContext): Promise<SandboxStatus> {
  if (process.platform !== "linux")
    return { available: false, reason: `The terminal sandbox needs Linux (bubblewrap), and this is ${systemName()}.` };
  // It may have been installed since the last test.
  context.bwrap ??= findProgram("bwrap", context.searchPath);
  if (context.bwrap === null) return { available: false, reason: missing("bwrap", "apt-get install bubblewrap") };
  for (const program of serverIsRoot() ? ["/usr/bin/unshare", "/usr/bin/setpriv"] : []) {
    if (!fs.existsSync(program)) return { available: false, reason: missing(program, "apt-get install util-linux") };
  }
  endStrays();
  const result = await context.findOut();
  context.sharesNetworks = result.available && result.noSharedNetwork === undefined;
  return result;
}

async function testHere(context: SandboxContext): Promise<SandboxStatus> {
  const [result, noSharedNetwork] = await Promise.all([
    selfTest((run) => runConfined(context, run), context.temporary.path),
    testSharing(context),
  ]);
  return result.available && noSharedNetwork !== undefined ? { ...result, noSharedNetwork } : result;
}

/** Returns why commands cannot share a loopback on this machine, or undefined. */
async function testSharing(context: SandboxContext): Promise<string | undefined> {
  if (findProgram("nsenter", context.searchPath) === null) return missingForSharing;
  const sharing = { ...context, sharesNetworks: true };
  return sharingFault({
    start: (start) => startConfined(sharing, start),
    run: (run) => runConfined(sharing, run),
    base: context.temporary.path,
  });
}

const missingForSharing =
  "Commands cannot reach each other's ports, because nsenter is not installed; install it with: apt-get install util-linux";

async function runChecked(context: SandboxContext, run: SandboxRun): ReturnType<SandboxPort["run"]> {
  await allow(context, run);
  return runConfined(context, run);
}

async function startChecked(context: SandboxContext, start: SandboxStart): Promise<SandboxProcess> {
  await allow(context, start);
  checkStart(start);
  if (start.isNested) {
    context.nestedFault ??= nestedFault((start) => startConfined(context, start), context.temporary.path);
    const fault = await context.nestedFault;
    if (fault !== null) throw new Error(fault);
  }
  return startConfined(context, start);
}

/** Throws when the sandbox cannot confine the request. */
async function allow(context: SandboxContext, { network }: { network?: NetworkAccess }): Promise<void> {
  const result = await status(context);
  if (!result.available) throw new Error(result.reason);
  if (network && result.noNetwork) throw new Error(result.noNetwork);
}

/** Returns the status when the machine lacks what the test itself needs, such as file descriptors or memory. */
function untested(error: unknown): SandboxStatus {
  return { available: false, reason: `The sandbox could not be tested: ${(error as Error).message}.` };
}

function missing(program: string, command: string): string {
  return `The terminal is off, because ${program} is not installed; install it with: ${command}`;
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
