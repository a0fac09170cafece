/** Stores the messages of tasks to outside agents: their number, and which tree each task of an agent belongs to. */
import { idOf } from "@/core/ids";
import { fieldOf } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import type { Writes } from "@/db/file/writes";

interface OutsideCall {
  /** The id of the message, the same for each repetition of a call. */
  uid: string;
  tree: string;
  agent: string;
}

/** `new`: stored now. `known`: stored before a crash, with the agent's task if it was known. `limited`: not stored. */
type BegunCall = { kind: "new" } | { kind: "known"; task: string | null } | { kind: "limited"; againInMs: number };

/** A task at an outside agent. */
interface OutsideTask {
  tree: string;
  agent: string;
  task: string;
}

/** A task that may still run at an agent whose card was at this address. */
export interface OpenOutsideTask extends OutsideTask {
  address: string;
}

export interface OutsideCalls {
  /** Stores a call before it is sent, unless the agent had too many in the last minute. */
  begin(call: OutsideCall, mostPerMinute: number): Promise<BegunCall>;
  /** Stores which task of the agent the call began. It is open. */
  told(uid: string, task: string, address: string): Promise<void>;
  /** Stores that the task may go on, or with null for its address that it has ended. */
  setOpen(task: OutsideTask, address: string | null): Promise<void>;
  /** Returns the open tasks that nobody waits for: each task of the tree that called the agent about it has ended. */
  left(): OpenOutsideTask[];
  /** Returns whether a call of the tree began that task of the agent. */
  isOf(tree: string, agent: string, task: string): boolean;
}

const MINUTE_MS = 60_000;

export function createOutsideCalls(sqlite: Sqlite, log: Writes): OutsideCalls {
  const known = sqlite.prepare("SELECT task FROM outside_calls WHERE uid = ?");
  // What was made while the clock was ahead no longer counts.
  const recent = sqlite
    .prepare(
      `SELECT created_at_ms FROM outside_calls
      WHERE agent = @agent AND created_at_ms > @since AND created_at_ms <= @now ORDER BY 1 DESC`,
    )
    .pluck();
  const add = sqlite.prepare(
    "INSERT INTO outside_calls (uid, tree, agent, created_at_ms) VALUES (@uid, @tree, @agent, @now)",
  );
  const told = sqlite.prepare("UPDATE outside_calls SET task = @task, open_address = @address WHERE uid = @uid");
  const setOpen = sqlite.prepare(
    "UPDATE outside_calls SET open_address = @address WHERE tree = @tree AND agent = @agent AND task = @task",
  );
  const open = sqlite.prepare(
    "SELECT DISTINCT tree, agent, task, open_address AS address FROM outside_calls WHERE open_address IS NOT NULL",
  );
  const isWaitedFor = createWaiting(sqlite);
  const isOf = sqlite.prepare("SELECT 1 FROM outside_calls WHERE tree = @tree AND agent = @agent AND task = @task");
  return {
    begin: (call, mostPerMinute) =>
      log.write(({ nowMs }): BegunCall => {
        const before = known.get(call.uid) as { task: string | null } | undefined;
        if (before) return { kind: "known", task: before.task };
        const times = recent.all({ agent: call.agent, since: nowMs - MINUTE_MS, now: nowMs }) as number[];
        // The call has room when the oldest of the last `mostPerMinute` is a minute old.
        const oldest = times[mostPerMinute - 1];
        if (oldest !== undefined) return { kind: "limited", againInMs: oldest + MINUTE_MS - nowMs };
        add.run({ ...call, now: nowMs });
        return { kind: "new" };
      }),
    told: (uid, task, address) => log.write(() => void told.run({ uid, task, address })),
    setOpen: (task, address) => log.write(() => void setOpen.run({ ...task, address })),
    left: () => (open.all() as OpenOutsideTask[]).filter((task) => !isWaitedFor(task)),
    isOf: (tree, agent, task) => isOf.get({ tree, agent, task }) !== undefined,
  };
}

/** A call of an agent in the log of a task. */
interface LoggedCall {
  uid: string;
  turn: number;
  id: string;
  /** The agent's task that the call names; null: it began a new one. */
  about: string | null;
}

/**
 * Returns a function that tells whether a task that has not ended has called the agent about its task. The logs say it: a
 * message is named after its call, and a call that goes on with a task names that one.
 */
function createWaiting(sqlite: Sqlite): (task: OutsideTask) => boolean {
  const messages = sqlite
    .prepare("SELECT uid FROM outside_calls WHERE tree = @tree AND agent = @agent AND task = @task")
    .pluck();
  const calls = sqlite.prepare(`
    SELECT caller.uid, call.turn, call.call_id AS id, ${fieldOf("input.task", "call")} AS about
    FROM trees JOIN tasks caller ON caller.tree_id = trees.id JOIN messages call ON call.task_id = caller.id
    WHERE trees.uid = @tree AND caller.ended_at_ms IS NULL AND call.kind = ${KINDS.indexOf("tool_call")}
      AND substr(call.tool, 1, length(@agent) + 2) = @agent || '__'`);
  return ({ tree, agent, task }) => {
    const begun = new Set(messages.all({ tree, agent, task }) as string[]);
    const logged = calls.all({ tree, agent }) as LoggedCall[];
    return logged.some(({ uid, about, ...call }) => about === task || begun.has(idOf(uid, call, "call")));
  };
}
