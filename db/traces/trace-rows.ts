/** Reads the log as traces need it: what was committed after a message, by tasks. Copies of other trees are left out. */
import { isProgram } from "@/core/programs/names";
import type { TracedEntry, TracedTask } from "@/core/traces/span";
import { spanIn } from "@/core/traces/traceparent";
import { createBodyReader, wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, KINDS, type MessageRow } from "@/db/file/rows";
import { AWAITED } from "@/db/queries/reviews";

/** That a task has new entries. */
export interface NewEntries {
  taskId: number;
  /** The turn of the first one. */
  turn: number;
}

export interface TraceRows {
  /** Returns the sequence number of the newest entry; 0 without one. */
  newest(): number;
  /** Returns what came after an entry, and up to which entry, at most `most` entries. */
  after(seq: number, most: number): { upTo: number; tasks: NewEntries[] };
  /** Returns null for a task that was deleted meanwhile. */
  task(id: number): TracedTask | null;
  /** Returns the id of the task; null when it is gone. */
  idOf(taskUid: string): number | null;
  /** Returns the task's entries of this turn and of two turns before, up to an entry. */
  entries(taskId: number, turn: number, upTo: number): TracedEntry[];
  /** Returns the turn of an entry; 0 for one that is gone. */
  turnOf(seq: number): number;
  /** Returns whether the task has not ended, or has entries after this one. */
  hasMore(taskUid: string, seq: number): boolean;
  /** Returns where a task is, and the length of its log; null for one that is gone. */
  placeOf(taskUid: string): { treeUid: string; length: number } | null;
}

const TURNS_BEFORE = 2;

export function createTraceRows(sqlite: Sqlite): TraceRows {
  const run = statements(sqlite);
  const bodies = createBodyReader(sqlite);
  return {
    newest: () => (run.newest.get() as number | null) ?? 0,
    after: (seq, most) => {
      const upTo = run.upTo.get({ seq, most }) as number | null;
      return { upTo: upTo ?? seq, tasks: upTo === null ? [] : (run.after.all({ seq, upTo }) as NewEntries[]) };
    },
    task: (id) => task(run, id),
    idOf: (uid) => (run.idOf.get(uid) as number | undefined) ?? null,
    entries(taskId, turn, upTo) {
      const before = (run.before.get({ task: taskId, turn: turn - TURNS_BEFORE, upTo }) as number | undefined) ?? 0;
      const at = run.countTo.get({ task: taskId, before }) as number;
      const rows = run.entries.all({ task: taskId, before, upTo }) as EntryRow[];
      // Copied entries have a place too: a span that a request names has its id by the length of the whole log.
      return rows.flatMap(({ seq, atMs, isCopied, ...row }, index) => {
        return isCopied ? [] : [{ seq, at: at + index, atMs, entry: decodeEntry({ ...row, body: bodies.read(row) }) }];
      });
    },
    turnOf: (seq) => (run.turnOf.get(seq) as number | undefined) ?? 0,
    hasMore: (uid, seq) => run.hasMore.get({ uid, seq }) === 1,
    placeOf: (uid) => (run.placeOf.get(uid) as { treeUid: string; length: number } | undefined) ?? null,
  };
}

type EntryRow = Omit<MessageRow, "body"> & {
  seq: number;
  atMs: number;
  isCopied: 0 | 1;
  body: string | null;
  blobId: number | null;
};

function statements(sqlite: Sqlite) {
  return {
    newest: sqlite.prepare("SELECT max(id) FROM messages").pluck(),
    upTo: sqlite
      .prepare("SELECT max(id) FROM (SELECT id FROM messages WHERE id > @seq ORDER BY id LIMIT @most)")
      .pluck(),
    after: sqlite.prepare(`
      SELECT task_id AS taskId, min(turn) AS turn FROM messages
      WHERE id > @seq AND id <= @upTo AND origin_seq IS NULL GROUP BY task_id ORDER BY min(id)`),
    task: sqlite.prepare(`
      SELECT task.id, task.uid, tree.uid AS treeUid, task.title, task.agent, task.model, task.role, task.purpose, task.depth,
        task.tokens_in AS tokensIn, task.tokens_out AS tokensOut, task.micro_usd AS microUsd,
        task.created_at_ms AS createdAtMs, task.started_at_ms AS startedAtMs,
        parent.id AS parentId, parent.uid AS parentUid, parent.attempt AS parentAttempt,
        tree.is_system AS isSystem, tree.forked_from AS forkedFrom, tree.tokens_in AS treeTokensIn,
        tree.tokens_out AS treeTokensOut, tree.micro_usd AS treeMicroUsd, tree.tasks_total AS treeTasks
      FROM tasks task JOIN trees tree ON tree.id = task.tree_id LEFT JOIN tasks parent ON parent.id = task.parent_id
      WHERE task.id = ?`),
    idOf: sqlite.prepare("SELECT id FROM tasks WHERE uid = ?").pluck(),
    ends: sqlite.prepare(
      "SELECT result_seq AS resultSeq, ended_at_ms AS endedAtMs FROM attempts WHERE task_id = ? ORDER BY attempt",
    ),
    firstAfter: sqlite
      .prepare("SELECT created_at_ms FROM messages WHERE task_id = ? AND id > ? ORDER BY id LIMIT 1")
      .pluck(),
    reviews: sqlite.prepare(
      `SELECT uid, created_at_ms AS atMs FROM reviews WHERE task_id = ? AND ${AWAITED} ORDER BY id`,
    ),
    setup: sqlite.prepare(`
      SELECT json_extract(${wholeBody("setup")}, '$.caller') AS caller,
        json_extract(${wholeBody("setup")}, '$.runbook.name') AS runbook FROM messages setup
      WHERE task_id = ? AND kind = ${KINDS.indexOf("system")} AND origin_seq IS NULL ORDER BY id LIMIT 1`),
    before: sqlite
      .prepare(
        "SELECT id FROM messages WHERE task_id = @task AND id <= @upTo AND turn < @turn ORDER BY id DESC LIMIT 1",
      )
      .pluck(),
    countTo: sqlite.prepare("SELECT count(*) FROM messages WHERE task_id = @task AND id <= @before").pluck(),
    entries: sqlite.prepare(`
      SELECT id AS seq, turn, kind, tool, call_id AS callId, body, blob_id AS blobId, created_at_ms AS atMs,
        origin_seq IS NOT NULL AS isCopied FROM messages
      WHERE task_id = @task AND id > @before AND id <= @upTo ORDER BY id`),
    turnOf: sqlite.prepare("SELECT turn FROM messages WHERE id = ?").pluck(),
    hasMore: sqlite
      .prepare(`
        SELECT EXISTS (SELECT 1 FROM tasks task WHERE uid = @uid AND (ended_at_ms IS NULL
          OR EXISTS (SELECT 1 FROM messages WHERE task_id = task.id AND id > @seq)))`)
      .pluck(),
    placeOf: sqlite.prepare(`
      SELECT tree.uid AS treeUid, task.length FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE task.uid = ?`),
  };
}

interface TaskRow
  extends Pick<
    TracedTask,
    "id" | "uid" | "treeUid" | "title" | "agent" | "model" | "role" | "purpose" | "depth" | "tokensIn" | "tokensOut"
  > {
  microUsd: number;
  createdAtMs: number;
  startedAtMs: number | null;
  parentId: number | null;
  parentUid: string | null;
  parentAttempt: number | null;
  isSystem: number;
  forkedFrom: string | null;
  treeTokensIn: number;
  treeTokensOut: number;
  treeMicroUsd: number;
  treeTasks: number;
}

/** What a task's first entry tells; a copied one tells nothing. */
interface TracedSetup {
  caller: string | null;
  runbook: string | null;
}

function task(run: ReturnType<typeof statements>, id: number): TracedTask | null {
  const row = run.task.get(id) as TaskRow | undefined;
  if (!row) return null;
  const { parentId, parentUid, parentAttempt, isSystem, forkedFrom, treeTasks, ...own } = row;
  const { treeTokensIn: tokensIn, treeTokensOut: tokensOut, treeMicroUsd: microUsd, ...rest } = own;
  const endsOf = (of: number) => run.ends.all(of) as TracedTask["ends"];
  const ends = endsOf(id);
  const reviews = run.reviews.all(id) as { uid: string; atMs: number }[];
  const isToldBySetup = parentId === null || isProgram(own.model);
  const setup = isToldBySetup ? (run.setup.get(id) as TracedSetup | undefined) : undefined;
  return {
    ...rest,
    runbook: setup?.runbook ?? null,
    ends,
    retriedAtMs: ends.flatMap(({ resultSeq }) => (run.firstAfter.get(id, resultSeq) as number | undefined) ?? []),
    parent:
      parentId === null || parentUid === null
        ? null
        : { uid: parentUid, attempt: parentAttempt ?? 1, endsMs: endsOf(parentId).map(({ endedAtMs }) => endedAtMs) },
    tree: {
      isSystem: isSystem === 1,
      forkedFrom,
      tokensIn,
      tokensOut,
      microUsd,
      tasks: treeTasks,
      caller: spanIn(setup?.caller ?? undefined),
    },
    reviews: new Map(reviews.map(({ uid, atMs }) => [uid, atMs])),
  };
}
