/**
 * Tells outside agents that nobody waits for their tasks any more. The tasks are found in the database, so that a kill
 * between the end of a task and the message loses nothing, and an agent that is away is told when it is back.
 */
import { configIn, isAgent } from "@/agents/tools/outside/added-config";
import type { OpenOutsideTask, OutsideCalls } from "@/db/a2a/outside-calls";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { apiOf, type ServerOfTask, type ServersContext } from "./context";

/** So that the end of one tree does not send a hundred requests at once. The others follow at the next look. */
const MOST_AT_ONCE = 20;
const CHECK_MS = 15_000;
/** An agent that is away is told again after a wait that doubles from the first to the second. */
const FIRST_WAIT_MS = 15_000;
const MOST_WAIT_MS = 60 * 60_000;

export interface OpenTasks {
  /** Tells the agents, where it is time to. Resolves when they have answered or could not be told; never rejects. */
  cancelLeft(): Promise<void>;
  /** Ends the requests that run. */
  stop(): Promise<void>;
}

interface OpenTasksContext extends Pick<ServersContext, "liveServer" | "isLive" | "api"> {
  outsideCalls: Pick<OutsideCalls, "left" | "setOpen">;
}

interface Failed {
  times: number;
  atMs: number;
}

export function createOpenTasks(context: OpenTasksContext, now: () => number): OpenTasks {
  const failed = new Map<string, Failed>();
  const running = new Map<string, Promise<void>>();
  const closing = new AbortController();
  const agentOf = ({ agent, address }: OpenOutsideTask) => {
    const server = context.liveServer(agent);
    // Another agent of the same name would learn of a task that is not its own.
    return server && isAgent(server.server) && addressOf(server) === address ? server : null;
  };
  const isDue = (key: string) => {
    const before = failed.get(key);
    // The absolute difference, because a clock that was ahead may be set right.
    return !running.has(key) && (before === undefined || Math.abs(now() - before.atMs) >= waitAfter(before.times));
  };
  const tell = async (key: string, server: ServerOfTask, task: OpenOutsideTask) => {
    try {
      await cancel(context, server, task, closing.signal);
      failed.delete(key);
    } catch {
      failed.set(key, { times: (failed.get(key)?.times ?? 0) + 1, atMs: now() });
    } finally {
      running.delete(key);
    }
  };
  const settled = async () => void (await Promise.all(running.values()));
  return {
    cancelLeft() {
      const left = new Map(context.outsideCalls.left().map((task) => [keyOf(task), task]));
      for (const key of failed.keys()) if (!left.has(key)) failed.delete(key);
      for (const [key, task] of left) {
        if (running.size >= MOST_AT_ONCE) break;
        const server = isDue(key) ? agentOf(task) : null;
        if (server) running.set(key, tell(key, server, task));
      }
      return settled();
    },
    stop() {
      closing.abort();
      return settled();
    },
  };
}

interface OpenTaskWatchOptions {
  tasks: Pick<OpenTasks, "cancelLeft">;
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export function startOpenTaskWatch({ tasks, timers, leads, report }: OpenTaskWatchOptions): Checks {
  return startChecks({
    timers,
    everyMs: CHECK_MS,
    async check() {
      // Not awaited, so that an agent that is silent holds up no stop of the server.
      if (leads()) void tasks.cancelLeft();
    },
    failed: (error) => report("Outside agents could not be told which of their tasks nobody waits for.", error),
  });
}

function waitAfter(times: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (times - 1), MOST_WAIT_MS);
}

async function cancel(
  context: OpenTasksContext,
  server: ServerOfTask,
  { address: _, ...task }: OpenOutsideTask,
  signal: AbortSignal,
): Promise<void> {
  const { cancelTask } = await import("@/lib/a2a/ask");
  const config = configIn(server.server);
  if (config.kind !== "a2a") return;
  await cancelTask({ ...config, name: server.name }, task.task, { ...apiOf(context, server), signal });
  await context.outsideCalls.setOpen(task, null);
}

function addressOf({ server }: ServerOfTask): string | null {
  const config = configIn(server);
  return config.kind === "a2a" ? config.url : null;
}

function keyOf({ tree, agent, task }: OpenOutsideTask): string {
  return JSON.stringify([tree, agent, task]);
}
