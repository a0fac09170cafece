/** Reads what was used in a period: from the log what each call cost, and from the days' sums what was spent in all. */
import type { Span } from "@/core/kpis/spans";
import { type Charge, dayOf } from "@/core/usage/usage";
import { fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { CHARGES } from "./charges";

export interface UsageReader {
  /** Returns the sums of the days that lie in the period. They stay when a tree is removed. */
  days(span: Span): { day: string; tokens: number; microUsd: number }[];
  tasks(span: Span): { started: number; ended: number };
  /** Returns the trees that existed in the period and ran here, with the key of their repository. */
  trees(span: Span): { tree: string; repository: string | null }[];
  /** Returns the charges of the period, a part of the log at a time, so that other work can go on between them. */
  charges(span: Span): Generator<Charge[]>;
}

/** Entries read at once: some milliseconds. */
const STEP = 20_000;
const REPLY = KINDS.indexOf("agent_response");

interface ChargeRow {
  seq: number;
  taskId: number;
  tree: string;
  model: string;
  kind: number;
  used: string | null;
  usage: string | null;
  tokens: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
  microUsd: number | null;
}

export function createUsageReader(sqlite: Sqlite): UsageReader {
  const run = statements(sqlite);
  return {
    days: ({ fromMs, untilMs }) =>
      run.days.all({ from: dayOf(fromMs), until: dayOf(untilMs) }) as ReturnType<UsageReader["days"]>,
    tasks: (span) => run.tasks.get(span) as ReturnType<UsageReader["tasks"]>,
    trees: (span) => run.trees.all(span) as ReturnType<UsageReader["trees"]>,
    *charges(span) {
      const modelAt = createModelReader(run);
      let before = Number(run.last.get()) + 1;
      while (before > 1) {
        const after = before - STEP;
        if (run.isOlder.get({ fromMs: span.fromMs, before, after }) === 1) return;
        const rows = run.charges.all({ ...span, before, after }) as ChargeRow[];
        yield rows.map((row) => chargeOf(row, modelAt(row)));
        before = after;
      }
    },
  };
}

function statements(sqlite: Sqlite) {
  return {
    days: sqlite.prepare(`
      SELECT day, sum(tokens) AS tokens, sum(micro_usd) AS microUsd FROM daily_spend
      WHERE day >= @from AND day < @until GROUP BY day ORDER BY day`),
    // As trees count their tasks: without those that judge and document. What a fork copied counts in its origin, and the
    // end of a task that went on in the fork is the fork's own.
    tasks: sqlite.prepare(`
      SELECT coalesce(sum(task.origin_id IS NULL AND task.started_at_ms >= @fromMs AND task.started_at_ms < @untilMs), 0) AS started,
        coalesce(sum(task.ended_at_ms >= @fromMs AND task.ended_at_ms < @untilMs AND (task.origin_id IS NULL OR EXISTS (
          SELECT 1 FROM messages WHERE messages.id = task.result_seq AND messages.origin_seq IS NULL))), 0) AS ended
      FROM tasks task JOIN trees tree ON tree.id = task.tree_id
      WHERE task.role = 'work' AND tree.archive_hash IS NULL`),
    trees: sqlite.prepare(`
      SELECT uid AS tree, repository FROM trees
      WHERE archive_hash IS NULL AND created_at_ms < @untilMs AND (ended_at_ms IS NULL OR ended_at_ms >= @fromMs)
      ORDER BY id`),
    last: sqlite.prepare("SELECT ifnull(max(id), 0) FROM messages").pluck(),
    // What a fork copied or an archive brought has the time of its origin. One message that a clock dated too early ends
    // nothing, so a whole step must be older.
    isOlder: sqlite
      .prepare(`
      SELECT EXISTS (SELECT 1 FROM messages WHERE id >= @after AND id < @before AND origin_seq IS NULL)
        AND NOT EXISTS (
          SELECT 1 FROM messages WHERE id >= @after AND id < @before AND origin_seq IS NULL AND created_at_ms >= @fromMs)`)
      .pluck(),
    charges: sqlite.prepare(`
      SELECT message.id AS seq, message.task_id AS taskId, tree.uid AS tree, task.model, message.kind,
        CASE message.kind WHEN ${REPLY} THEN ${fieldOf("u", "message")} END AS used, ${eventField("usage")} AS usage,
        ${eventField("tokens")} AS tokens, ${eventField("tokensIn")} AS tokensIn, ${eventField("tokensOut")} AS tokensOut,
        ${eventField("microUsd")} AS microUsd
      FROM messages message JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id
      WHERE message.id >= @after AND message.id < @before AND message.created_at_ms >= @fromMs AND message.created_at_ms < @untilMs
        AND message.origin_seq IS NULL AND tree.archive_hash IS NULL
        AND (message.kind = ${REPLY} OR ${isEvent(CHARGES, "message")})`),
    changes: sqlite.prepare(`
      SELECT id AS seq, ${fieldOf("setup.model", "messages")} AS model FROM messages
      WHERE task_id = ? AND ${isEvent(["changed"], "messages")} AND ${fieldOf("setup.model", "messages")} IS NOT NULL ORDER BY id`),
    first: sqlite
      .prepare(`
        SELECT ${fieldOf("model", "messages")} FROM messages
        WHERE task_id = ? AND kind = ${KINDS.indexOf("system")} ORDER BY id LIMIT 1`)
      .pluck(),
  };
}

function eventField(name: string): string {
  return `CASE WHEN message.kind <> ${REPLY} THEN ${fieldOf(name, "message")} END`;
}

type Change = { seq: number; model: string };

/** Returns the model of a charge: a task may have changed its model since. */
function createModelReader(run: ReturnType<typeof statements>) {
  const known = new Map<number, { first: string | undefined; changes: Change[] }>();
  return ({ taskId, seq, model }: ChargeRow): string => {
    const found = known.get(taskId) ?? {
      changes: run.changes.all(taskId) as Change[],
      first: run.first.get(taskId) as string | undefined,
    };
    known.set(taskId, found);
    if (found.changes.length === 0) return model;
    return found.changes.findLast((change) => change.seq < seq)?.model ?? found.first ?? model;
  };
}

function chargeOf({ tree, kind, used, usage, ...row }: ChargeRow, model: string): Charge {
  if (kind === REPLY) {
    const [input = 0, , , output = 0, microUsd = 0] = used === null ? [] : (JSON.parse(used) as number[]);
    return { tree, model, calls: used === null ? 0 : 1, tokensIn: input, tokensOut: output, microUsd };
  }
  const { inputTokens = 0, outputTokens = 0 } = usage === null ? {} : JSON.parse(usage);
  return {
    tree,
    model,
    calls: usage === null ? 0 : 1,
    tokensIn: row.tokensIn ?? row.tokens ?? inputTokens,
    tokensOut: row.tokensOut ?? outputTokens,
    microUsd: row.microUsd ?? 0,
  };
}
