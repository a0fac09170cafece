/** Failures of tasks as rows, by the kinds of `core/failures`: read from the log as it grows, so that no turn waits for it. */
import { type KindCount, MEMORY_MS, MONTH_MS, WEEK_MS, type WeekCount } from "@/core/failures/counts";
import { FAILURE_EVENTS, failuresIn } from "@/core/failures/find";
import type { KindTimes } from "@/core/failures/preventions";
import { type RoundRecord, readRecord } from "@/core/goals/facts/record";
import { SUPERVISOR } from "@/core/log/actors";
import { BrokenLogError } from "@/core/log/broken-log";
import type { Entry, TaskEvent } from "@/core/log/entries";
import { GOAL_MODEL, ROUND_MODEL } from "@/core/programs/names";
import { CLOCK } from "@/core/timeouts";
import { fieldOf, wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { iso } from "@/db/file/iso";
import { decodeEntry, KINDS, type MessageRow } from "@/db/file/rows";
import type { Writes } from "@/db/file/writes";

export interface FailureStore {
  /** Reads what came since the last call into the table. Returns how many rows were new. */
  gather(nowMs: number): Promise<number>;
  /** Returns how often each kind happened in the last 90 days, and what became of the work. */
  counts(nowMs: number): KindCount[];
  weeks(nowMs: number): WeekCount[];
  /** Returns each failure since a time, with what became of the work. */
  since(fromMs: number): BecameRow[];
  /** Returns how often each kind happened in the last 30 days to the agent, or in the repository of the tree. */
  timesFor(of: { treeUid: string; agent: string }, nowMs: number): KindTimes[];
}

interface BecameRow {
  kind: string;
  atMs: number;
  became: "recovered" | "helped" | "lost" | "open";
  /** Key of the repository in which its tree works. */
  repository: string | null;
}

interface FailureContext {
  run: ReturnType<typeof failureStatements>;
  facts: ReturnType<typeof createFacts>;
  log: Writes;
  /** The last message that was read: further than the stored one, which is written only now and then. */
  place: number | null;
}

interface NewFailure {
  kind: string;
  taskId: number;
  turn: number;
  agent: string;
  seq: number;
  atMs: number;
}

/** An act of a person, after which a task's earlier failures did not recover by themselves. */
interface Help {
  taskId: number;
  seq: number;
}

const FACT = "failures_read";
const BATCH = 2_000;
/** A database from before this table: its newest messages are enough. */
const MOST_OLD_MESSAGES = 200_000;
/** Earlier rounds of a goal that a round is compared with. */
const MOST_ROUNDS = 50;
/** What a person does to get a task going again. Answers are rows of `reviews`. */
const HELPS = ["retried", "granted", "unparked", "changed", "goal_changed"] as const satisfies TaskEvent["type"][];

export function createFailures(sqlite: Sqlite, log: Writes): FailureStore {
  const run = failureStatements(sqlite);
  const context: FailureContext = { run, facts: createFacts(sqlite), log, place: null };
  return {
    gather: (nowMs) => gather(context, nowMs),
    counts: (nowMs) => (run.counts.all(spanOf(nowMs)) as CountRow[]).map(countOf),
    weeks: (nowMs) => run.weeks.all({ ...spanOf(nowMs), now: nowMs, week: WEEK_MS }) as WeekCount[],
    since: (fromMs) => run.since.all({ from: fromMs, clock: CLOCK }) as BecameRow[],
    timesFor: ({ treeUid, agent }, nowMs) => run.times.all({ ...spanOf(nowMs), treeUid, agent }) as KindTimes[],
  };
}

function spanOf(nowMs: number) {
  return { from: nowMs - MEMORY_MS, month: nowMs - MONTH_MS, clock: CLOCK };
}

const kindNumber = (kind: Entry["kind"]) => KINDS.indexOf(kind);

/** SQL for a field of a small body. The body of a large one is not read to find out. */
const field = (name: string) => `CASE WHEN json_valid(message.body) THEN message.body ->> '$.${name}' END`;

const listed = (types: readonly string[]) => types.map((type) => `'${type}'`).join(", ");

/** SQL that is true for a person's act; the supervisor does some of them too. */
const IS_HELP = `ifnull(${field("by")} <> @supervisor
  AND (message.kind = ${kindNumber("steer")}
    OR (message.kind = ${kindNumber("event")} AND ${field("type")} IN (${listed(HELPS)}))), 0)`;

/** SQL that is true for an entry that may show a failure, or a person's act; for a large one it is not known yet. */
const MAY_COUNT = `(message.blob_id IS NOT NULL
  OR message.kind = ${kindNumber("steer")}
  OR (message.kind = ${kindNumber("event")} AND ${field("type")} IN (${listed([...FAILURE_EVENTS, ...HELPS])}))
  OR (message.kind = ${kindNumber("tool_call")} AND ${field("mode")} = 'invalid')
  OR (message.kind = ${kindNumber("tool_response")} AND (${field("fault")} IS NOT NULL OR ${field("limit")} IS NOT NULL))
  OR (message.kind = ${kindNumber("agent_response")} AND (${field("valid")} = 0 OR ${field("stopReason")} = 'refusal')))`;

/** SQL for the repository in which a tree works; its note of a clone is among its root's first entries. */
const repositoryOf = (tree: string) => `CASE WHEN ${tree}.in_place = 1 THEN ${tree}.workspace ELSE (
  SELECT first.body ->> '$.repository' FROM (
    SELECT kind, body FROM messages WHERE task_id = ${tree}.root_id ORDER BY id LIMIT 10) first
  WHERE first.kind = ${kindNumber("event")} AND first.body ->> '$.type' = 'note' AND first.body ->> '$.repository' IS NOT NULL
  LIMIT 1) END`;

/** SQL for what became of the work after a failure: the task went on to its success, or the task above it did. */
const BECAME = `CASE
  WHEN failure.is_helped = 1 OR EXISTS (
    SELECT 1 FROM reviews WHERE task_id = failure.task_id AND kind = 'question' AND status = 'answered'
      AND addressee_id IS NULL AND decided_by <> @clock AND decided_at_ms >= failure.at_ms) THEN 'helped'
  WHEN task.status = 'succeeded' THEN 'recovered'
  WHEN task.ended_at_ms IS NULL THEN 'open'
  WHEN above.status = 'succeeded' THEN 'recovered'
  WHEN above.id IS NOT NULL AND above.ended_at_ms IS NULL THEN 'open'
  ELSE 'lost' END`;

function failureStatements(sqlite: Sqlite) {
  return {
    newest: sqlite.prepare("SELECT ifnull(max(id), 0) FROM messages").pluck(),
    messages: sqlite.prepare(`
      SELECT message.id AS seq, message.created_at_ms AS atMs, message.turn, message.kind, message.tool,
        message.call_id AS callId, ${wholeBody("message")} AS body,
        task.id AS taskId, task.parent_id AS parentId, task.agent, task.model, ${IS_HELP} AS isHelp
      FROM messages message JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id
      WHERE message.id > @after AND message.id <= @upTo AND message.origin_seq IS NULL
        AND tree.is_system = 0 AND tree.archive_hash IS NULL AND ${MAY_COUNT}
      ORDER BY message.id`),
    rounds: sqlite
      .prepare(`
      SELECT ${fieldOf("result", "message")} FROM tasks task JOIN messages message ON message.id = task.result_seq
      WHERE task.parent_id = @parentId AND task.model = '${ROUND_MODEL}' AND task.id < @taskId AND task.status = 'succeeded'
      ORDER BY task.id DESC LIMIT ${MOST_ROUNDS}`)
      .pluck(),
    // The tree may have been deleted since it was read.
    insert: sqlite.prepare(`
      INSERT INTO failures (kind, task_id, tree_id, turn, agent, repository, seq, at_ms)
      SELECT @kind, task.id, tree.id, @turn, @agent, ${repositoryOf("tree")}, @seq, @atMs
      FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE task.id = @taskId
      ON CONFLICT DO NOTHING`),
    help: sqlite.prepare(`
      UPDATE failures SET is_helped = 1
      WHERE is_helped = 0 AND seq < @seq AND task_id IN (
        SELECT @taskId UNION ALL SELECT id FROM tasks WHERE parent_id = @taskId)`),
    forget: sqlite.prepare("DELETE FROM failures WHERE at_ms < ?"),
    counts: sqlite.prepare(`
      SELECT counted.kind, counted.quarter, counted.month, counted.settled, counted.recovered, counted.goals,
        last.seq, last.at_ms AS atMs, task.uid AS task, tree.uid AS tree
      FROM (
        SELECT kind, count(*) AS quarter, sum(is_month) AS month, max(seq) AS seq,
          sum(is_month AND became <> 'open') AS settled, sum(is_month AND became = 'recovered') AS recovered,
          count(DISTINCT CASE WHEN is_month AND goal_failed THEN task_id END) AS goals
        FROM (
          SELECT failure.kind, failure.task_id, failure.seq, failure.at_ms >= @month AS is_month, ${BECAME} AS became,
            task.model = '${GOAL_MODEL}' AND task.status = 'failed' AS goal_failed
          FROM failures failure JOIN tasks task ON task.id = failure.task_id LEFT JOIN tasks above ON above.id = task.parent_id
          WHERE failure.at_ms >= @from)
        GROUP BY kind) counted
      JOIN failures last ON last.kind = counted.kind AND last.seq = counted.seq
      JOIN tasks task ON task.id = last.task_id JOIN trees tree ON tree.id = last.tree_id
      GROUP BY counted.kind`),
    weeks: sqlite.prepare(`
      SELECT kind, CAST((@now - at_ms) / @week AS INTEGER) AS ago, count(*) AS count FROM failures
      WHERE at_ms >= @from AND at_ms <= @now GROUP BY kind, ago`),
    since: sqlite.prepare(`
      SELECT failure.kind, failure.at_ms AS atMs, ${BECAME} AS became, tree.repository
      FROM failures failure JOIN tasks task ON task.id = failure.task_id JOIN trees tree ON tree.id = failure.tree_id
        LEFT JOIN tasks above ON above.id = task.parent_id
      WHERE failure.at_ms >= @from ORDER BY failure.seq, failure.kind`),
    times: sqlite.prepare(`
      SELECT kind, count(*) AS count FROM failures
      WHERE at_ms >= @month AND (agent = @agent
        OR repository = (SELECT ${repositoryOf("tree")} FROM trees tree WHERE tree.uid = @treeUid))
      GROUP BY kind ORDER BY kind`),
  };
}

type CountRow = { kind: string; quarter: number; month: number; goals: number; seq: number; atMs: number } & Pick<
  KindCount,
  "settled" | "recovered"
> &
  Pick<KindCount["last"], "task" | "tree">;

function countOf({ kind, quarter, month, settled, recovered, goals, seq, atMs, task, tree }: CountRow): KindCount {
  return {
    kind,
    last_90_days: quarter,
    last_30_days: month,
    settled,
    recovered,
    failed_goals: goals,
    last: { tree, task, seq, at: iso(atMs) },
  };
}

async function gather(context: FailureContext, nowMs: number): Promise<number> {
  const newest = context.run.newest.get() as number;
  let added = 0;
  for (;;) {
    const after = placeOf(context, newest);
    const upTo = Math.min(newest, after + BATCH);
    if (upTo <= after) return added;
    const rows = context.run.messages.all({ after, upTo, supervisor: SUPERVISOR }) as Row[];
    const failures = rows.flatMap((row) => failuresOf(context, row)).filter(({ atMs }) => atMs >= nowMs - MEMORY_MS);
    added += await store(context, { failures, helps: rows.filter((row) => row.isHelp), place: upTo }, nowMs);
  }
}

type Row = MessageRow & {
  isHelp: number;
  seq: number;
  atMs: number;
  taskId: number;
  parentId: number | null;
  agent: string;
  model: string;
};

function placeOf({ place, facts }: FailureContext, newest: number): number {
  return place ?? Number(facts.read(FACT) ?? Math.max(0, newest - MOST_OLD_MESSAGES));
}

function failuresOf({ run }: FailureContext, row: Row): NewFailure[] {
  const { taskId, parentId, agent, model, seq, atMs, turn } = row;
  const entry = readable(row);
  if (entry === null) return [];
  const earlier = () => (run.rounds.all({ parentId, taskId }) as string[]).flatMap(recordIn).reverse();
  const ofGoal = parentId === null ? null : placeInGoal(entry, model, parentId);
  return failuresIn(entry, { model, earlier }).map((kind) => {
    return { kind, agent, seq, atMs, ...(ofGoal ?? { taskId, turn }) };
  });
}

/** Returns null for a damaged message: its task fails with that, and the rows after it are read all the same. */
function readable(row: Row): Entry | null {
  try {
    return decodeEntry(row);
  } catch (error) {
    if (error instanceof BrokenLogError) return null;
    throw error;
  }
}

/** What a round's record shows counts for its goal, in which the round has a number. */
function placeInGoal(entry: Entry, model: string, goalId: number): { taskId: number; turn: number } | null {
  if (model !== ROUND_MODEL || entry.kind !== "event" || entry.content.type !== "ended") return null;
  const record = readRecord(entry.content.result ?? "");
  return record && { taskId: goalId, turn: record.number };
}

function recordIn(result: string): RoundRecord[] {
  const record = readRecord(result);
  return record ? [record] : [];
}

/** Stores failures with the place. Nothing is written while there is nothing to tell. */
async function store(
  context: FailureContext,
  { failures, helps, place }: { failures: NewFailure[]; helps: Help[]; place: number },
  nowMs: number,
): Promise<number> {
  const { run, facts, log } = context;
  const isFar = place >= Number(facts.read(FACT) ?? 0) + BATCH;
  const isTold = failures.length > 0 || helps.length > 0 || isFar;
  const added = isTold
    ? await log.write(() => {
        const count = failures.reduce<number>((sum, failure) => sum + run.insert.run(failure).changes, 0);
        for (const { taskId, seq } of helps) run.help.run({ taskId, seq });
        run.forget.run(nowMs - MEMORY_MS);
        facts.write(FACT, String(place));
        return count;
      })
    : 0;
  context.place = place;
  return added;
}
