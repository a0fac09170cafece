/** Runs commands and programs in the sandbox. `sandbox.ts` checks first whether the sandbox works. */
import fs from "node:fs";
import path from "node:path";
import { serverIsRoot, type ToolUser, toolUserOf, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { stillLinked } from "../workspace/git-around";
import {
  isHidden,
  isUncoverable,
  type LinkedGit,
  movedError,
  SCRATCH_FOLDER,
  WorkspaceError,
  type WorkspaceView,
} from "../workspace/path";
import { isAtOrBelow } from "../workspace/spelling";
import { DEFAULT_LIMITS } from "./bubblewrap";
import { cpuSecondsIn } from "./cpu-limit";
import { gitGuards } from "./git-guard";
import { confine, launch, launchProgram, makeScratch } from "./launch";
import { folderMounts, type HostMount, readOnlyMounts } from "./mounts";
import { forwardInside, type NetworkInside, networkInside } from "./network";
import type {
  NetworkAccess,
  Over,
  SandboxLimits,
  SandboxProcess,
  SandboxResult,
  SandboxRun,
  SandboxStart,
} from "./port";
import { activityOf, runProcess } from "./process";
import { startProgram } from "./program";
import { type NetworkProxy, openProxy, type ProxyOptions } from "./proxy";
import type { JoinedNetwork, SharedNetworks } from "./shared-network";
import type { SizeWatch } from "./size-watch";
import { endStrays } from "./strays";
import type { temporaryFolder } from "./temporary";
import { watchUse } from "./use-watch";
import type { OpenCopy, workspaceCopies } from "./workspace-copy";

const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
/** A run killed within this time may have left a process from bubblewrap's setup. */
const YOUNG_MS = 2_000;

/** State that all runs of one sandbox share. */
export interface ConfinedContext {
  /** Path of the program; null when it is not installed. */
  bwrap: string | null;
  limits: Partial<SandboxLimits>;
  /** CPU seconds for each process of a program that outlives a call. */
  longLivedCpuSeconds: number;
  proxy: ProxyOptions | undefined;
  temporary: ReturnType<typeof temporaryFolder>;
  copies: ReturnType<typeof workspaceCopies>;
  sizes: SizeWatch;
  programs: Set<SandboxProcess>;
  /** Samples the processes of a run at an interval, until the returned function is called. */
  sample(take: () => void): () => void;
  /** The number of runs with a network; it names their sockets. */
  networks: number;
  /** Loopbacks that commands share. */
  shared: SharedNetworks;
  /** Whether the self-test has shown that commands can share a loopback. */
  sharesNetworks: boolean;
}

/** Runs a command and waits until it ends. */
export async function runConfined(context: ConfinedContext, run: SandboxRun): Promise<SandboxResult> {
  const program = bwrapOf(context);
  const workspace = realWorkspace(run.workspace, run);
  const user = serverIsRoot() ? toolUserOf(workspace) : null;
  if (run.readOnlyWorkspace) makeScratch(workspace, user);
  await context.sizes.prepare(writableOf(run, workspace));
  const { proxy, inside } = await openNetwork(context, run.network);
  const shared = sharedKey(context, run);
  const joined = shared === null ? null : await context.shared.join(shared);
  const prepared = { run, program, user, inside, joined };
  try {
    const result = await runOn(context, prepared, workspace);
    if (result.endedBy && result.durationMs < YOUNG_MS) endStrays();
    return proxy ? { ...result, network: proxy.use } : result;
  } finally {
    joined?.release();
    await proxy?.close();
  }
}

interface PreparedRun {
  run: SandboxRun;
  program: string;
  user: ToolUser | null;
  inside: NetworkInside | null;
  joined: JoinedNetwork | null;
}

/** Where a run works: the workspace and its repository outside of it, or copies of both. */
interface RunPlace {
  folder: string;
  linked: LinkedGit | null;
}

function runOn(context: ConfinedContext, prepared: PreparedRun, workspace: string): Promise<SandboxResult> {
  const { run, user } = prepared;
  const linked = linkedOf(run, workspace);
  if (!isCopied(run, workspace, user)) return runInFolder(context, prepared, { folder: workspace, linked });
  const onCopy = <Result>(of: string, work: (folder: string) => Promise<Result>) =>
    context.copies.onCopy({ workspace: of, user, hiddenPaths: run.hiddenPaths }, run.signal, work);
  return onCopy(workspace, (folder) =>
    linked === null
      ? runInFolder(context, prepared, { folder, linked })
      : onCopy(linked.common, (common) => runInFolder(context, prepared, { folder, linked: { ...linked, common } })),
  );
}

/** A person's folder alone has one, and it has to lead there still. Where its `.git` is hidden, the history is hidden, too. */
function linkedOf(
  { guardsGit, linkedGit, hiddenPaths }: Pick<SandboxRun, "guardsGit" | "linkedGit" | "hiddenPaths">,
  workspace: string,
): LinkedGit | null {
  if (!guardsGit || isHidden({ root: workspace, hiddenPaths }, [".git"])) return null;
  return stillLinked(workspace, linkedGit);
}

function runInFolder(
  { limits: given, sizes, sample }: ConfinedContext,
  { run, program, user, inside, joined }: PreparedRun,
  { folder, linked }: RunPlace,
): Promise<SandboxResult> {
  const sharesNetwork = joined !== null;
  const limits = { cpuSeconds: cpuSecondsIn(run.timeoutMs), ...given };
  const mounts = readOnlyMounts(run.readOnly ?? []);
  const alone = launch(
    program,
    confine(run, { workspace: folder, linked, mounts, network: inside, sharesNetwork, limits }),
    user,
  );
  const launched = { ...alone, ...joined?.enter(alone) };
  const { timeoutMs, signal, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = run;
  const watch = run.onActivity && { onActivity: run.onActivity, sample };
  const watched = { ...DEFAULT_LIMITS, ...limits, ...run.limits };
  const guard = (onOver: Over, pid: number | undefined) => {
    const stopSizes = sizes.watch(writableOf(run, folder), (problem) => onOver(problem, "workspace_full"));
    const stopHome = watchHome(sizes, run.home, (problem) => onOver(problem, "workspace_full"));
    const stopUse = pid ? watchUse(pid, watched, onOver) : () => undefined;
    return () => {
      stopSizes();
      stopHome();
      stopUse();
    };
  };
  const { keepsStart = false, onOutput } = run;
  const output = { maxOutputBytes, keepsStart, onOutput, cpuSeconds: watched.cpuSeconds };
  return runProcess({ ...launched, ...output, timeoutMs, signal, watch, guard });
}

/** What a command keeps in its home fills the same disk. */
function watchHome(sizes: SizeWatch, home: string | undefined, onOver: (problem: string) => void): () => void {
  if (home === undefined) return () => undefined;
  const problem = "The command was ended, because its home folder is too large; delete files in ~ that are not needed.";
  return sizes.watch(home, () => onOver(problem));
}

/** A person's folder was checked under its real path. A folder behind a later link was never checked. */
function realWorkspace(folder: string, given: Pick<SandboxRun, "guardsGit" | "hiddenPaths">): string {
  const { guardsGit = false, hiddenPaths } = given;
  const root = fs.realpathSync(folder);
  if (guardsGit && root !== path.resolve(folder)) throw movedError(folder);
  refuseUncoverable({ root, hiddenPaths, guardsGit });
  return root;
}

function refuseUncoverable(view: WorkspaceView): void {
  if (!isUncoverable(view)) return;
  throw new WorkspaceError(
    `The folder ${view.root} is on a file system that ignores case, where the sandbox cannot cover what agents must not see or change; work in a copy of it, or move it to a file system of Linux.`,
  );
}

/** Starts a program that outlives a call. */
export async function startConfined(context: ConfinedContext, start: SandboxStart): Promise<SandboxProcess> {
  const program = bwrapOf(context);
  const workspace = start.workspace === null ? null : realWorkspace(start.workspace, start);
  const folders = folderMounts(start.folders ?? [], start.hiddenPaths);
  const user = serverIsRoot() ? userOf(workspace ?? folders[0]?.source) : null;
  const mounts = programMounts(start, folders);
  let linked = workspace === null ? null : linkedOf(start, workspace);
  if (workspace && start.readOnlyWorkspace) makeScratch(workspace, user);
  const { proxy, inside } = await openNetwork(context, start.network);
  const shared = sharedKey(context, start);
  let copy: OpenCopy | null = null;
  let repository: OpenCopy | null = null;
  let joined: JoinedNetwork | null = null;
  try {
    if (shared !== null) joined = await context.shared.hold(shared, user);
    if (workspace && isCopied(start, workspace, user)) {
      copy = await context.copies.open({ workspace, user, hiddenPaths: start.hiddenPaths });
      if (linked) {
        repository = await context.copies.open({ workspace: linked.common, user, hiddenPaths: start.hiddenPaths });
        linked = { ...linked, common: repository.folder };
      }
    }
    const folder = copy?.folder ?? workspace;
    const confinement = confine(start, {
      workspace: folder,
      linked,
      mounts,
      env: start.env ?? {},
      network: inside ?? (start.forward ? forwardInside(start.forward) : null),
      sharesNetwork: joined !== null,
      ...(start.isNested && { isNested: true }),
      limits: { ...context.limits, cpuSeconds: context.longLivedCpuSeconds },
    });
    const alone = launchProgram(program, confinement, user);
    const started = await startProgram(
      { ...alone, ...joined?.enter(alone) },
      {
        async synchronise() {
          await copy?.synchronise();
          await repository?.synchronise();
        },
        guard: (onOver, pid) => guardProgram(context, start, folder, onOver, pid),
        afterwards: () => Promise.all([joined?.release(), copy?.close(), repository?.close(), proxy?.close()]),
      },
    );
    context.programs.add(started);
    started.ended.then(() => context.programs.delete(started));
    return started;
  } catch (error) {
    await Promise.allSettled([joined?.release(), copy?.close(), repository?.close(), proxy?.close()]);
    endStrays();
    throw error;
  }
}

/** A later mount covers an earlier one, so what is inside a folder comes after the folder. */
function programMounts(start: SandboxStart, folders: readonly HostMount[]): HostMount[] {
  // A folder that a person named for a server is protected like a workspace that a person named.
  for (const { source } of folders) refuseUncoverable({ root: source, hiddenPaths: [], guardsGit: true });
  const guards = folders.flatMap(({ source, at }) => gitGuards(source, at));
  const obeyed = guards.filter(({ writable }) => !writable);
  // One inside what git obeys would uncover it; the guard shows it already.
  const open = folders.filter(({ at }) => !obeyed.some((guard) => isAtOrBelow(guard.at, at)));
  const writable = readOnlyMounts(start.writable ?? []).map((mount) => ({ ...mount, writable: true }));
  const mounts = [...open, ...guards, ...writable, ...readOnlyMounts(start.readOnly ?? [])];
  return mounts.sort((one, other) => depthOf(one) - depthOf(other));
}

const depthOf = ({ at }: HostMount) => at.split("/").filter((name) => name !== "").length;

function guardProgram(
  { sizes, limits, longLivedCpuSeconds, sample }: ConfinedContext,
  start: SandboxStart,
  folder: string | null,
  onOver: (sentence: string) => void,
  pid: number | undefined,
): () => void {
  const watched = { ...DEFAULT_LIMITS, ...limits, cpuSeconds: longLivedCpuSeconds, ...start.limits };
  const stops = [
    folder ? sizes.watch(writableOf(start, folder), onOver) : () => undefined,
    pid ? watchUse(pid, watched, onOver) : () => undefined,
    pid && start.onActivity ? activityOf(pid, { onActivity: start.onActivity, sample }) : () => undefined,
    // What a program keeps elsewhere fills the same disk.
    ...(start.writable ?? []).map(({ source }) => sizes.watch(source, onOver)),
    watchHome(sizes, start.home, onOver),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

async function openNetwork(
  context: ConfinedContext,
  access: NetworkAccess | undefined,
): Promise<{ proxy: NetworkProxy | null; inside: NetworkInside | null }> {
  if (!access) return { proxy: null, inside: null };
  context.networks += 1;
  const socketPath = path.join(context.temporary.path(), `net-${context.networks}`);
  const proxy = await openProxy(access, socketPath, context.proxy);
  return { proxy, inside: networkInside(socketPath) };
}

/** Returns the key of the loopback that the command shares, or null. A command with a proxy keeps it for itself. */
function sharedKey(
  { sharesNetworks }: ConfinedContext,
  { network, sharedNetwork }: { network?: NetworkAccess; sharedNetwork?: string },
): string | null {
  return sharesNetworks && !network ? (sharedNetwork ?? null) : null;
}

/** Returns the folder where a command may leave files. */
function writableOf({ readOnlyWorkspace }: { readOnlyWorkspace?: boolean }, folder: string): string {
  return readOnlyWorkspace ? path.join(folder, SCRATCH_FOLDER) : folder;
}

function bwrapOf({ bwrap }: ConfinedContext): string {
  if (bwrap === null) throw new Error("bubblewrap is not installed");
  return bwrap;
}

/** Returns the user that runs a program for this folder, or for no folder. */
function userOf(folder: string | undefined): ToolUser {
  return folder === undefined ? UNPRIVILEGED_USER : toolUserOf(folder);
}

/** A folder of root is not given to the tools' user, who works on a copy instead. */
function isCopied(
  { readOnlyWorkspace }: { readOnlyWorkspace?: boolean },
  workspace: string,
  user: ToolUser | null,
): user is ToolUser {
  return user !== null && !readOnlyWorkspace && fs.statSync(workspace).uid === 0;
}
