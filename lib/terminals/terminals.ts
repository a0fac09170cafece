import { randomBytes } from "node:crypto";
import { realTimers, type Timers } from "@/lib/time/timers";
import { cpuSecondsIn } from "../sandbox/cpu-limit";
import type { SandboxPort, SandboxProcess } from "../sandbox/port";
import { WorkspaceError } from "../workspace/path";
import type { TerminalOutput, TerminalPoll, TerminalStart, Terminals, TerminalUser } from "./port";
import { createTerminal, type Terminal } from "./terminal";

export interface TerminalsOptions {
  /** The most commands of one tree that run in parallel. */
  maxPerTree?: number;
  maxLifetimeMs?: number;
  /** How much of each command's output is kept, counted from its end. */
  outputBytes?: number;
  timers?: Timers;
  now?: () => number;
}

const MAX_PER_TREE = 8;
/** Ended commands of a tree whose last output can still be read. */
const MAX_ENDED_PER_TREE = 16;
const MAX_LIFETIME_MS = 24 * 3600 * 1000;
const OUTPUT_BYTES = 256 * 1024;

interface Entry extends TerminalUser {
  id: string;
  hosts: readonly string[];
  /** Null while it starts. */
  terminal: Terminal | null;
  /** Whether it was ended, possibly before it started. */
  isForgotten: boolean;
  /** Settles when it has started or failed to start. */
  started: Promise<void>;
  /** Where each task's last poll ended. */
  cursors: Map<string, number>;
}

interface TerminalsContext extends Required<TerminalsOptions> {
  sandbox: SandboxPort;
  /** Part of every id, so that a command of an earlier server process gets its own error. */
  ofThisProcess: string;
  /** Commands by id. */
  entries: Map<string, Entry>;
  count: number;
  isClosed: boolean;
}

/** Returns the background commands of this process. They end with it, because the sandbox is bound to its life. */
export function createTerminals(sandbox: SandboxPort, options: TerminalsOptions = {}): Terminals {
  const context: TerminalsContext = {
    sandbox,
    maxPerTree: options.maxPerTree ?? MAX_PER_TREE,
    maxLifetimeMs: options.maxLifetimeMs ?? MAX_LIFETIME_MS,
    outputBytes: options.outputBytes ?? OUTPUT_BYTES,
    timers: options.timers ?? realTimers,
    now: options.now ?? Date.now,
    ofThisProcess: randomBytes(3).toString("hex"),
    entries: new Map(),
    count: 0,
    isClosed: false,
  };
  return {
    start: (user, start) => startCommand(context, user, start),
    output: (user, id, poll = {}) => outputOf(context, user, id, poll),
    input: async (user, id, text, close = false) => find(context, user, id, true).terminal.input(text, close),
    stop: (user, id) => stopCommand(context, user, id),
    hostsOf: (id) => context.entries.get(id)?.hosts ?? null,
    running: () => [...context.entries.values()].filter(isRunning).map(({ taskId }) => taskId),
    endOfTask: (taskId) => endThose(context, (entry) => entry.taskId === taskId),
    endOf: (treeId) => endThose(context, (entry) => entry.treeId === treeId),
    endAll: () => endThose(context, () => true),
    async close() {
      context.isClosed = true;
      await endThose(context, () => true);
    },
  };
}

async function startCommand(
  context: TerminalsContext,
  user: TerminalUser,
  { lifetimeMs = context.maxLifetimeMs, signal, isTerminal = false, ...start }: TerminalStart,
): Promise<{ id: string }> {
  const { entries, ofThisProcess } = context;
  if (context.isClosed) throw new WorkspaceError("The server is stopping, so no command can start.");
  checkRoom(context, user.treeId);
  context.count += 1;
  const id = `cmd-${ofThisProcess}-${context.count}`;
  const entry: Entry = {
    ...user,
    id,
    hosts: start.network?.hosts ?? [],
    terminal: null,
    isForgotten: false,
    started: Promise.resolve(),
    cursors: new Map(),
  };
  entries.set(id, entry);
  const starting = context.sandbox
    .start({ ...start, limits: { cpuSeconds: cpuSecondsIn(lifetimeMs), ...start.limits } })
    .then((process) => attach(context, entry, process, { lifetimeMs, signal, isTerminal }));
  entry.started = starting.catch(() => undefined);
  try {
    await starting;
  } catch (error) {
    entries.delete(id);
    throw error;
  }
  return { id };
}

async function attach(
  { timers, now, outputBytes, maxLifetimeMs }: TerminalsContext,
  entry: Entry,
  process: SandboxProcess,
  { lifetimeMs, signal, isTerminal }: { lifetimeMs: number; signal?: AbortSignal; isTerminal: boolean },
): Promise<void> {
  // It was ended while it started: by its task, its tree, the server, or its caller.
  if (entry.isForgotten || signal?.aborted) {
    await process.kill();
    signal?.throwIfAborted();
    throw new WorkspaceError("The command was ended before it started.");
  }
  const written = isTerminal ? "terminal" : "pipe";
  const options = { timers, now, outputBytes, written, lifetimeMs: Math.min(lifetimeMs, maxLifetimeMs) } as const;
  entry.terminal = createTerminal(process, options);
}

async function outputOf(
  context: TerminalsContext,
  user: TerminalUser,
  id: string,
  poll: TerminalPoll,
): Promise<TerminalOutput> {
  const { entry, terminal } = find(context, user, id, false);
  return nextOutput(entry, terminal, user, poll);
}

async function stopCommand(context: TerminalsContext, user: TerminalUser, id: string): Promise<TerminalOutput> {
  const { entry, terminal } = find(context, user, id, true);
  await terminal.end("stop");
  return nextOutput(entry, terminal, user, {});
}

/** Returns the output from where the task's last poll ended. */
async function nextOutput(
  entry: Entry,
  terminal: Terminal,
  user: TerminalUser,
  poll: TerminalPoll,
): Promise<TerminalOutput> {
  const cursor = poll.cursor ?? entry.cursors.get(user.taskId) ?? 0;
  const output = await terminal.output({ ...poll, cursor });
  entry.cursors.set(user.taskId, output.cursor);
  return { ...output, hasNetwork: entry.hosts.length > 0 };
}

function find(
  { entries, ofThisProcess }: TerminalsContext,
  user: TerminalUser,
  id: string,
  isOwnerOnly: boolean,
): { entry: Entry; terminal: Terminal } {
  const entry = entries.get(id);
  if (!entry?.terminal || entry.treeId !== user.treeId || !maySee(entry, user)) throw unknown(id, ofThisProcess);
  if (isOwnerOnly && entry.taskId !== user.taskId) {
    throw new WorkspaceError(`The command ${id} belongs to another task; you can only read its output.`);
  }
  return { entry, terminal: entry.terminal };
}

/** Throws when the tree may not run another command; forgets its oldest ended commands. */
function checkRoom({ entries, maxPerTree }: TerminalsContext, treeId: string): void {
  const ofTree = [...entries.values()].filter((entry) => entry.treeId === treeId);
  const running = ofTree.filter(isRunning);
  if (running.length >= maxPerTree) {
    throw new WorkspaceError(
      `${running.length} commands of this tree run in the background, which is the limit; stop a command with terminal_stop.`,
    );
  }
  const ended = ofTree.filter((entry) => !running.includes(entry));
  for (const entry of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_PER_TREE + 1))) entries.delete(entry.id);
}

async function endThose({ entries }: TerminalsContext, isMeant: (entry: Entry) => boolean): Promise<void> {
  const meant = [...entries.values()].filter(isMeant);
  for (const entry of meant) {
    entry.isForgotten = true;
    entries.delete(entry.id);
  }
  await Promise.all(meant.map(({ started, terminal }) => terminal?.end("stop") ?? started));
}

/** Whether it is the task itself, or a task in the same folder. */
function maySee(entry: Entry, user: TerminalUser): boolean {
  return entry.taskId === user.taskId || (entry.workspace !== null && entry.workspace === user.workspace);
}

function unknown(id: string, ofThisProcess: string): WorkspaceError {
  const boot = /^cmd-([0-9a-f]{6})-\d+$/.exec(id)?.[1];
  if (boot !== undefined && boot !== ofThisProcess) {
    return new WorkspaceError(`The command ${id} ended when the server restarted; start it again if you need it.`);
  }
  return new WorkspaceError(`There is no command ${JSON.stringify(id.slice(0, 100))} in the background of this task.`);
}

function isRunning({ terminal }: Entry): boolean {
  return terminal?.isRunning() ?? true;
}
