/** Checks invariants in the database, as any reader sees it. */
import { fold } from "@/core/evolve";
import type { Entry } from "@/core/log/entries";
import { isSelector } from "@/core/selection";
import type { TaskState } from "@/core/state";
import type { Sqlite } from "@/db/file/client";
import { compareRows } from "@/db/log/rebuild";
import type { Store } from "@/db/store";
import type { Tally } from "./tally";

/** Cheap checks at every idle moment. */
export function momentChecks(sqlite: Sqlite, maxConcurrent: number, tally: Tally): () => void {
  const running = sqlite.prepare("SELECT count(*) FROM tasks WHERE status = 'running'").pluck();
  const overdrawn = sqlite
    .prepare(`
    SELECT uid FROM tasks WHERE tokens_in + tokens_out + reserved_tokens + given_tokens > grant_tokens
      OR micro_usd + reserved_micro_usd + given_micro_usd > grant_micro_usd OR 1 + given_tasks > grant_tasks`)
    .pluck();
  return () => {
    const [first] = overdrawn.all();
    if (first) tally.broken(`I6: ${first} holds more than its grant.`);
    const count = running.get() as number;
    if (count > maxConcurrent) tally.broken(`${count} leases where ${maxConcurrent} are allowed.`);
    if (count > 1) tally.hit("tasks run at the same time");
  };
}

function compareChecks(store: Store, tally: Tally): void {
  for (const row of compareRows(store)) {
    tally.broken(
      `The ${row.table} row ${row.row} has ${row.column} ${JSON.stringify(row.stored)}, and its log says ${JSON.stringify(row.derived)}.`,
    );
  }
}

/** Returns how much of its grant the subtasks of `parent` take: their shares, or after their end the amounts used. */
function heldBelow(amount: string, spent: string): string {
  return `
    SELECT coalesce(sum(CASE WHEN grant_${amount} IS NULL THEN 0
      WHEN ended_at_ms IS NULL THEN grant_${amount} ELSE ${spent} + given_${amount} END), 0)
    FROM tasks child WHERE child.parent_id = parent.id`;
}

/** Checks what holds between any two transactions. */
const ALWAYS: [string, string][] = [
  [
    "I6: a task gave its subtasks more or less than they hold",
    `
    SELECT uid FROM tasks parent WHERE given_tokens <> (${heldBelow("tokens", "tokens_in + tokens_out")})
      OR given_micro_usd <> (${heldBelow("micro_usd", "micro_usd")}) OR given_tasks <> (${heldBelow("tasks", "1")})`,
  ],
  [
    "the count of letters is wrong",
    "SELECT uid FROM tasks WHERE letters <> (SELECT count(*) FROM letters WHERE task_id = tasks.id)",
  ],
  ["a letter lies at a task that has ended", "SELECT uid FROM tasks WHERE letters > 0 AND ended_at_ms IS NOT NULL"],
  [
    "a stop is left at a task that has ended",
    "SELECT uid FROM tasks WHERE stop_requested = 1 AND ended_at_ms IS NOT NULL",
  ],
  [
    "a lease is held by a worker that is not there",
    "SELECT uid FROM tasks WHERE worker_id IS NOT NULL AND worker_id NOT IN (SELECT id FROM workers)",
  ],
  [
    "holds are not the open pauses above",
    `SELECT uid FROM tasks WHERE holds <> (
      WITH RECURSIVE above(id, parent_id) AS (
        SELECT tasks.id, tasks.parent_id UNION ALL SELECT parent.id, parent.parent_id FROM tasks parent JOIN above ON parent.id = above.parent_id)
      SELECT count(*) FROM pauses JOIN above ON above.id = pauses.task_id
      WHERE closed_at_ms IS NULL AND (scope = 'branch' OR pauses.task_id = tasks.id))`,
  ],
  [
    "a task goes on after the one that it was started for",
    `SELECT child.uid FROM tasks child JOIN tasks parent ON parent.id = child.parent_id
      WHERE parent.ended_at_ms IS NOT NULL AND child.ended_at_ms IS NULL AND child.purpose IS NOT 'document'
        AND child.stop_requested = 0`,
  ],
  [
    "a question or an approval is open for a task that has ended",
    `SELECT reviews.uid FROM reviews JOIN tasks ON tasks.id = task_id
      WHERE reviews.status = 'open' AND kind IN ('question', 'approval') AND ended_at_ms IS NOT NULL`,
  ],
];

/** Checks what holds when every tree has ended and nothing is in flight. */
const AT_THE_END: [string, string][] = [
  ["a task is open", "SELECT uid FROM tasks WHERE ended_at_ms IS NULL"],
  [
    "I2: a call has not exactly one response",
    `SELECT call_id FROM messages WHERE call_id IS NOT NULL
      GROUP BY task_id, call_id HAVING sum(kind = 3) <> 1 OR sum(kind = 4) <> 1`,
  ],
  [
    "a reservation for a model call was never taken back",
    "SELECT uid FROM tasks WHERE reserved_tokens <> 0 OR reserved_micro_usd <> 0",
  ],
  [
    "a task began before what it depends on had succeeded",
    `SELECT task.uid FROM dependencies JOIN tasks task ON task.id = task_id
      WHERE (SELECT min(id) FROM messages WHERE task_id = task.id AND kind = 2) <= coalesce(
        (SELECT min(id) FROM messages WHERE task_id = on_id AND kind = 6
          AND body ->> '$.type' = 'ended' AND body ->> '$.status' = 'succeeded'), 9e15)`,
  ],
  [
    "I3: a subtask that was started has no task",
    `SELECT start.value ->> '$.task' FROM messages, json_each(body, '$.subtasks') start
      WHERE kind = 6 AND body ->> '$.type' = 'subtasks_started'
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE uid = start.value ->> '$.task' AND parent_id = messages.task_id)`,
  ],
  [
    "I3: a subtask was started twice",
    `SELECT start.value ->> '$.task' FROM messages, json_each(body, '$.subtasks') start
      WHERE kind = 6 AND body ->> '$.type' = 'subtasks_started' GROUP BY 1 HAVING count(*) > 1`,
  ],
  [
    "I3: a task was started by nobody",
    `SELECT uid FROM tasks WHERE parent_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM messages, json_each(body, '$.subtasks') start
      WHERE messages.task_id = tasks.parent_id AND kind = 6 AND body ->> '$.type' = 'subtasks_started'
        AND start.value ->> '$.task' = tasks.uid)`,
  ],
];

function runQueries(sqlite: Sqlite, queries: [string, string][], tally: Tally): void {
  for (const [what, query] of queries) {
    const found = sqlite.prepare(query).pluck().all();
    if (found.length > 0) tally.broken(`${what}: ${found.join(", ")}`);
  }
}

/** Checks now and then: rows against logs, and what holds between any two transactions. */
export function occasionalChecks(store: Store, tally: Tally): () => void {
  const queries = ALWAYS.map(([what, query]) => ({ what, statement: store.client.sqlite.prepare(query).pluck() }));
  return () => {
    for (const { what, statement } of queries) {
      const found = statement.all();
      if (found.length > 0) tally.broken(`${what}: ${found.join(", ")}`);
    }
    compareChecks(store, tally);
  };
}

/** Checks when every tree has ended and nothing is in flight. */
export function finalChecks(store: Store, disturbed: boolean, tally: Tally): void {
  const { sqlite } = store.client;
  runQueries(sqlite, AT_THE_END, tally);
  const rows = sqlite
    .prepare("SELECT id, uid, length, status, reason, origin_id IS NOT NULL AS isCopy FROM tasks")
    .all() as {
    id: number;
    uid: string;
    length: number;
    status: string;
    reason: string | null;
    isCopy: number;
  }[];
  for (const task of rows) {
    tally.hit(`ended ${task.status}${task.reason ? ` ${task.reason}` : ""}`);
    const entries = store.loader.entries(task.id, task.length);
    // A call in flight at the fork counts as interrupted in the fork.
    checkLog(task.uid, entries, fold(entries), disturbed || task.isCopy === 1, tally);
  }
}

function checkLog(uid: string, entries: Entry[], state: TaskState, disturbed: boolean, tally: Tally): void {
  let lease = 0;
  for (const entry of entries) {
    if (entry.kind === "event") tally.hit(`event ${entry.content.type}`);
    if (entry.kind === "steer") tally.hit("steer read");
    if (entry.kind === "event" && entry.content.type === "call_started") {
      if (entry.content.lease < lease)
        tally.broken(`I4: ${uid} was written under lease ${entry.content.lease} after ${lease}.`);
      lease = entry.content.lease;
    }
    if (entry.kind !== "tool_response") continue;
    if (entry.content.early) tally.hit("a call is answered early");
    if (entry.content.limit) tally.hit("a subtask is refused by a limit");
    if (!/^This call was interrupted/.test(entry.content.text)) continue;
    tally.hit("a call is interrupted");
    if (!disturbed) tally.broken(`The call ${entry.callId} of ${uid} counts as interrupted, and no process ended.`);
  }
  checkDeliveries(uid, entries, state, tally);
}

/**
 * I3: a task reads a subtask's result once, as the call's response or as a later event, and always before it succeeds.
 */
function checkDeliveries(uid: string, entries: Entry[], state: TaskState, tally: Tally): void {
  const reads = new Map<string, number>();
  const read = (task: string) => reads.set(task, (reads.get(task) ?? 0) + 1);
  const callOf = new Map<string, string>();
  const lastRetry = entries.findLastIndex((entry) => entry.kind === "event" && entry.content.type === "retried");
  const startedNow = new Set<string>();
  entries.forEach((entry, index) => {
    if (entry.kind === "event" && entry.content.type === "subtasks_started") {
      for (const start of entry.content.subtasks) {
        if (start.role !== "work") continue;
        callOf.set(start.call, start.task);
        if (index > lastRetry) startedNow.add(start.task);
      }
    }
    if (entry.kind === "event" && entry.content.type === "subtask_ended") read(entry.content.result.task);
    if (entry.kind !== "tool_response" || entry.content.early) return;
    const task = callOf.get(entry.callId);
    if (task && entry.content.text.includes(task)) read(task);
  });
  for (const [task, count] of reads) {
    if (count > 1) tally.broken(`I3: ${uid} read the result of ${task} ${count} times.`);
  }
  // agent_selector copies the end of its chosen task instead of reading it.
  if (state.ended?.status !== "succeeded" || isSelector(state.setup.agent)) return;
  for (const task of startedNow) {
    if (!reads.has(task)) tally.broken(`I3: ${uid} succeeded without the result of its subtask ${task}.`);
  }
}
