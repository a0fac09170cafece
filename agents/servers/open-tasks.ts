/**
 * Tells outside agents that nobody waits for their tasks any more: those of trees that have ended. The tasks are found in
 * the database, so that a kill between the end of a tree and the message loses nothing.
 */
import { configIn, isAgent } from "@/agents/tools/outside/added-config";
import type { OpenOutsideTask } from "@/db/a2a/outside-calls";
import { apiOf, type ServerOfTask, type ServersContext } from "./context";

/** So that the end of one tree does not send a hundred requests at once. The others follow at the next end. */
const MOST_AT_ONCE = 20;

interface OpenTasks {
  /** Begins to tell the agents, each of a task once in the life of the process. Does not wait for them. */
  cancelOfEnded(): void;
  /** Ends the requests that run. */
  stop(): Promise<void>;
}

export function createOpenTasks(context: ServersContext): OpenTasks {
  const tried = new Set<string>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  const agentOf = ({ agent, address }: OpenOutsideTask) => {
    const server = context.liveServer(agent);
    // Another agent of the same name would learn of a task that is not its own.
    return server && isAgent(server.server) && addressOf(server) === address ? server : null;
  };
  return {
    cancelOfEnded() {
      const open = context.outsideCalls.openOfEnded().flatMap((task) => {
        const server = tried.has(keyOf(task)) ? null : agentOf(task);
        return server ? [{ task, server }] : [];
      });
      for (const { task, server } of open.slice(0, MOST_AT_ONCE)) {
        const key = keyOf(task);
        tried.add(key);
        const work: Promise<void> = cancel(context, server, task, closing.signal)
          .then(
            () => void tried.delete(key),
            // The agent is away: the next process tries again.
            () => {},
          )
          .finally(() => running.delete(work));
        running.add(work);
      }
    },
    async stop() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

async function cancel(
  context: ServersContext,
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
