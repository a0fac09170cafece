import { randomBytes } from "node:crypto";
import type { SandboxPort } from "../sandbox/port";
import { realTimers, type Timers } from "../timers";
import { WorkspaceError } from "../workspace/path";
import type { Terminals, TerminalUser } from "./port";
import { createTerminal, type Terminal } from "./terminal";

export interface TerminalsOptions {
  /** Commands of one tree that run at the same time. */
  maxPerTree?: number;
  maxLifetimeMs?: number;
  /** So much is kept of each command's output: the last of it. */
  outputBytes?: number;
  timers?: Timers;
  now?: () => number;
}

const MAX_PER_TREE = 8;
/** Ended ones of a tree whose last output can still be read. */
const MAX_ENDED_PER_TREE = 16;
const MAX_LIFETIME_MS = 24 * 3600 * 1000;
const OUTPUT_BYTES = 256 * 1024;

interface Entry extends TerminalUser {
  id: string;
  hosts: readonly string[];
  /** Null while it is being started. */
  terminal: Terminal | null;
  /** Somebody ended it, perhaps before it was there. */
  isForgotten: boolean;
  /** Settles when it is there, or will not be. */
  started: Promise<void>;
  /** Where each task's last poll ended. */
  cursors: Map<string, number>;
}

/** Background commands of this process. They end with it: the sandbox is bound to its life. */
export function createTerminals(sandbox: SandboxPort, options: TerminalsOptions = {}): Terminals {
  const { maxPerTree = MAX_PER_TREE, maxLifetimeMs = MAX_LIFETIME_MS, outputBytes = OUTPUT_BYTES } = options;
  const { timers = realTimers, now = Date.now } = options;
  // Ids tell whether a command was this process's, so that one of a server that is gone gets its own answer.
  const ofThisProcess = randomBytes(3).toString("hex");
  const entries = new Map<string, Entry>();
  let count = 0;
  let isClosed = false;

  function find(user: TerminalUser, id: string, isOwnerOnly: boolean): { entry: Entry; terminal: Terminal } {
    const entry = entries.get(id);
    if (!entry?.terminal || entry.treeId !== user.treeId || !maySee(entry, user)) throw unknown(id, ofThisProcess);
    if (isOwnerOnly && entry.taskId !== user.taskId) {
      throw new WorkspaceError(
        `The command ${id} is another task's; you may read its output, and do nothing else with it.`,
      );
    }
    return { entry, terminal: entry.terminal };
  }

  function checkRoom(treeId: string): void {
    const ofTree = [...entries.values()].filter((entry) => entry.treeId === treeId);
    const running = ofTree.filter(({ terminal }) => terminal?.isRunning() ?? true);
    if (running.length >= maxPerTree) {
      throw new WorkspaceError(
        `${running.length} commands of this tree run in the background, and there may be no more; stop one of them with terminal_stop.`,
      );
    }
    const ended = ofTree.filter((entry) => !running.includes(entry));
    for (const entry of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_PER_TREE + 1))) entries.delete(entry.id);
  }

  async function endThose(isMeant: (entry: Entry) => boolean): Promise<void> {
    const meant = [...entries.values()].filter(isMeant);
    for (const entry of meant) {
      entry.isForgotten = true;
      entries.delete(entry.id);
    }
    await Promise.all(meant.map(({ started, terminal }) => terminal?.end("stop") ?? started));
  }

  return {
    async start(user, { lifetimeMs = maxLifetimeMs, signal, ...start }) {
      if (isClosed) throw new WorkspaceError("The server is stopping, so nothing can be started.");
      checkRoom(user.treeId);
      count += 1;
      const id = `cmd-${ofThisProcess}-${count}`;
      const hosts = start.network?.hosts ?? [];
      const entry: Entry = {
        ...user,
        id,
        hosts,
        terminal: null,
        isForgotten: false,
        started: Promise.resolve(),
        cursors: new Map(),
      };
      entries.set(id, entry);
      const starting = sandbox.start(start).then(async (process) => {
        // Ended while it was being started: by its task, its tree, the server, or whoever asked for it.
        if (entry.isForgotten || signal?.aborted) {
          await process.kill();
          signal?.throwIfAborted();
          throw new WorkspaceError("The command was ended before it had started.");
        }
        entry.terminal = createTerminal(process, {
          timers,
          now,
          outputBytes,
          lifetimeMs: Math.min(lifetimeMs, maxLifetimeMs),
        });
      });
      entry.started = starting.catch(() => undefined);
      try {
        await starting;
      } catch (error) {
        entries.delete(id);
        throw error;
      }
      return { id };
    },
    async output(user, id, poll = {}) {
      const { entry, terminal } = find(user, id, false);
      const cursor = poll.cursor ?? entry.cursors.get(user.taskId) ?? 0;
      const output = await terminal.output({ ...poll, cursor });
      entry.cursors.set(user.taskId, output.cursor);
      return { ...output, hasNetwork: entry.hosts.length > 0 };
    },
    async input(user, id, text, close = false) {
      find(user, id, true).terminal.input(text, close);
    },
    async stop(user, id) {
      const { entry, terminal } = find(user, id, true);
      await terminal.end("stop");
      const output = await terminal.output({ cursor: entry.cursors.get(user.taskId) ?? 0 });
      entry.cursors.set(user.taskId, output.cursor);
      return { ...output, hasNetwork: entry.hosts.length > 0 };
    },
    hostsOf: (id) => entries.get(id)?.hosts ?? [],
    endOfTask: (taskId) => endThose((entry) => entry.taskId === taskId),
    endOf: (treeId) => endThose((entry) => entry.treeId === treeId),
    endAll: () => endThose(() => true),
    async close() {
      isClosed = true;
      await endThose(() => true);
    },
  };
}

/** The task itself, or one that shares its folder. */
function maySee(entry: Entry, user: TerminalUser): boolean {
  return entry.taskId === user.taskId || (entry.workspace !== null && entry.workspace === user.workspace);
}

function unknown(id: string, ofThisProcess: string): WorkspaceError {
  const boot = /^cmd-([0-9a-f]{6})-\d+$/.exec(id)?.[1];
  if (boot !== undefined && boot !== ofThisProcess) {
    return new WorkspaceError(
      `The command ${id} was ended with the server, which has been started anew since; start it again if it is needed.`,
    );
  }
  return new WorkspaceError(`There is no command ${JSON.stringify(id.slice(0, 100))} in the background of this task.`);
}
