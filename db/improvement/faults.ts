/** Faults of tasks as rows: read from the log as it grows, from people's rejections, and from the supervisor's rules. */
import { type Fault, isFault, kindOf, MEMORY_MS, quoteOf, signatureOf } from "@/core/faults/kinds";
import type { TaskEvent } from "@/core/log/entries";
import type { FaultReason } from "@/core/log/faults";
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { KINDS } from "@/db/file/rows";
import type { Writes } from "@/db/file/writes";
import { lastMessageBefore } from "@/db/reviews/interventions";

export interface Faults {
  /** Reads what came since the last call into the table. Returns how many faults were new. */
  gather(nowMs: number): Promise<number>;
  /** Returns the faults of the last 30 days in the order of their time. */
  list(nowMs: number): Fault[];
  /** Returns the kinds of which at least `most` tasks failed since `sinceMs`. */
  grown(sinceMs: number, most: number): string[];
  /** Returns how many tasks had a fault of one of these kinds since `sinceMs`: the largest number of one kind. */
  since(kinds: readonly string[], sinceMs: number): number;
}

/** The place up to which each source was read. */
interface Place {
  message: number;
  intervention: number;
  /** The moment of the newest rejection that was read, and the ids of all that were read of this moment. */
  reviewMs: number;
  reviews: number[];
}

interface Found {
  taskId: number;
  agent: string;
  seq: number | null;
  atMs: number;
}

interface FaultContext {
  run: ReturnType<typeof faultStatements>;
  facts: ReturnType<typeof createFacts>;
  log: Writes;
  /** Further than the stored place, which is written only now and then. */
  place: Place | null;
}

interface NewFault extends Found {
  reason: FaultReason;
  /** The values that determine its kind. */
  about: string;
  text: string;
}

const FACT = "faults_read";
const BATCH = 5_000;
/** A database from before this table: its newest messages are enough. */
const MOST_OLD_MESSAGES = 200_000;
const MOST_LISTED = 20_000;
/** The findings of the supervisor's rules that a better text could prevent. */
const RULES = ["no_progress", "silent_tool", "endless_reply"] as const satisfies readonly FaultReason[];

export function createFaults(sqlite: Sqlite, log: Writes): Faults {
  const run = faultStatements(sqlite);
  const context: FaultContext = { run, facts: createFacts(sqlite), log, place: null };
  return {
    gather: (nowMs) => gather(context, nowMs),
    list: (nowMs) => run.list.all({ from: nowMs - MEMORY_MS, most: MOST_LISTED }) as Fault[],
    grown: (since, most) => run.grown.all({ since, most }) as string[],
    since: (kinds, since) => run.since.get({ kinds: JSON.stringify(kinds), since }) as number,
  };
}

/** SQL condition: a tree that people asked for, and that ran here. */
const OF_PEOPLE = "tree.is_system = 0 AND tree.archive_hash IS NULL";

function faultStatements(sqlite: Sqlite) {
  const of = `task.id AS taskId, task.agent`;
  return {
    newestMessage: sqlite.prepare("SELECT ifnull(max(id), 0) FROM messages").pluck(),
    messages: sqlite.prepare(`
      SELECT ${of}, message.id AS seq, message.created_at_ms AS atMs, message.tool, message.body FROM (
        SELECT id, task_id, tree_id, kind, tool, ${wholeBody()} AS body, created_at_ms FROM messages
        WHERE id > @after AND id <= @upTo AND origin_seq IS NULL
          AND (kind = ${KINDS.indexOf("event")} OR (kind = ${KINDS.indexOf("tool_call")} AND body IS NOT NULL))) message
      JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id
      WHERE ${OF_PEOPLE} AND json_valid(message.body)
        AND ((tool IS NULL AND message.body ->> '$.type' = 'ended') OR message.body ->> '$.mode' = 'invalid')
      ORDER BY message.id`),
    rejections: sqlite.prepare(`
      SELECT ${of}, review.id, review.seq, review.decided_at_ms AS atMs, review.kind, review.subject, review.title, review.answer
      FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id
      WHERE review.status = 'rejected' AND review.kind IN ('approval', 'proposal', 'change') AND review.rule_id IS NULL
        AND review.decided_at_ms >= @from AND review.decided_at_ms <= @now AND ${OF_PEOPLE}
        AND review.id NOT IN (SELECT value FROM json_each(@known)) ORDER BY review.decided_at_ms`),
    interventions: sqlite.prepare(`
      SELECT ${of}, ${lastMessageBefore("intervention")} AS seq, intervention.created_at_ms AS atMs, intervention.id, intervention.rule, intervention.evidence
      FROM interventions intervention JOIN tasks task ON task.id = intervention.task_id JOIN trees tree ON tree.id = intervention.tree_id
      WHERE intervention.id > @after AND intervention.rule IN (SELECT value FROM json_each(@rules)) AND ${OF_PEOPLE} ORDER BY intervention.id`),
    // The tree may have been deleted since it was read.
    insert: sqlite.prepare(`
      INSERT INTO faults (kind, task_id, tree_id, agent, reason, signature, quote, seq, at_ms)
      SELECT @kind, id, tree_id, @agent, @reason, @signature, @quote, @seq, @atMs FROM tasks WHERE id = @taskId
      ON CONFLICT DO NOTHING`),
    forget: sqlite.prepare("DELETE FROM faults WHERE at_ms < ?"),
    list: sqlite.prepare(`
      SELECT * FROM (
        SELECT fault.kind, fault.agent, fault.reason, fault.signature, fault.quote, fault.seq, fault.at_ms AS atMs,
          task.uid AS task, tree.uid AS tree
        FROM faults fault JOIN tasks task ON task.id = fault.task_id JOIN trees tree ON tree.id = fault.tree_id
        WHERE fault.at_ms >= @from ORDER BY fault.at_ms DESC LIMIT @most)
      ORDER BY atMs, seq`),
    grown: sqlite
      .prepare("SELECT kind FROM faults WHERE at_ms >= @since GROUP BY kind HAVING count(*) >= @most ORDER BY kind")
      .pluck(),
    since: sqlite
      .prepare(`
      SELECT ifnull(max(number), 0) FROM (
        SELECT count(*) AS number FROM faults
        WHERE at_ms >= @since AND kind IN (SELECT value FROM json_each(@kinds)) GROUP BY kind)`)
      .pluck(),
  };
}

async function gather(context: FaultContext, nowMs: number): Promise<number> {
  const { run } = context;
  const newest = run.newestMessage.get() as number;
  let added = 0;
  for (;;) {
    const before = placeOf(context, newest);
    const upTo = Math.min(newest, before.message + BATCH);
    const found = read(context, before, upTo, nowMs);
    added += await store(context, found, nowMs);
    if (upTo >= newest) return added;
  }
}

function placeOf({ place, facts }: FaultContext, newest: number): Place {
  const start = { message: Math.max(0, newest - MOST_OLD_MESSAGES), intervention: 0, reviewMs: 0, reviews: [] };
  return place ?? { ...start, ...(JSON.parse(facts.read(FACT) ?? "{}") as Partial<Place>) };
}

/** Returns the faults up to the message `upTo`, and the place after them. */
function read({ run }: FaultContext, before: Place, upTo: number, nowMs: number): { faults: NewFault[]; place: Place } {
  const messages = run.messages.all({ after: before.message, upTo }) as MessageRow[];
  // A clock that was ahead must not hide what is decided until it is that late again.
  const from = Math.max(Math.min(before.reviewMs, nowMs), nowMs - MEMORY_MS);
  const rejections = run.rejections.all({ from, now: nowMs, known: JSON.stringify(before.reviews) }) as RejectionRow[];
  const interventions = run.interventions.all({
    after: before.intervention,
    rules: JSON.stringify(RULES),
  }) as InterventionRow[];
  // Others may be decided in the same moment, so it is read again without those that are known.
  const reviewMs = rejections.at(-1)?.atMs ?? before.reviewMs;
  const known = reviewMs === before.reviewMs ? before.reviews : [];
  const place = {
    message: upTo,
    reviewMs,
    reviews: [...known, ...rejections.filter(({ atMs }) => atMs === reviewMs).map(({ id }) => id)],
    intervention: interventions.at(-1)?.id ?? before.intervention,
  };
  const faults = [
    ...messages.flatMap(inLog),
    ...rejections.map(rejection),
    ...interventions.map(({ id: _, rule, evidence, ...found }) => {
      return { ...found, reason: rule, about: "", text: evidence };
    }),
  ];
  return { place, faults: faults.filter(({ atMs }) => atMs >= nowMs - MEMORY_MS) };
}

type MessageRow = Found & { tool: string | null; body: string };
type RejectionRow = Found & { id: number; kind: string; subject: string | null; title: string; answer: string | null };
type InterventionRow = Found & { id: number; rule: (typeof RULES)[number]; evidence: string };

/** A call that the host refused, or the end of a task that failed. */
function inLog({ tool, body, ...found }: MessageRow): NewFault[] {
  if (tool !== null) {
    const { problem = "" } = JSON.parse(body) as { problem?: string };
    return [{ ...found, reason: "call_refused", about: problem, text: problem }];
  }
  const { status, reason, detail, result, verdict } = JSON.parse(body) as Extract<TaskEvent, { type: "ended" }>;
  const isJudged = verdict?.outcome === "fail";
  const why = reason ?? (isJudged ? "judged_failed" : null);
  const isStopped = status === "stopped" && why !== "by_supervisor";
  if (why === null || isStopped || (status === "succeeded" && !isJudged) || !isFault(why)) return [];
  // An agent that gives up says why in its result.
  const text = [why === "by_agent" ? result : detail, ...(isJudged ? verdict.reasons : [])]
    .filter((part) => part)
    .join("\n");
  return [{ ...found, reason: why, about: detail ?? "", text: text || why }];
}

function rejection({ id: _, kind, subject, title, answer, ...found }: RejectionRow): NewFault {
  const about = subject?.split(" ", 1)[0] ?? kind;
  return { ...found, reason: "rejected", about, text: answer ? `${title}: ${answer}` : title };
}

/** Stores faults with the place. Nothing is written while there is nothing to tell. */
async function store(
  context: FaultContext,
  { faults, place }: { faults: NewFault[]; place: Place },
  nowMs: number,
): Promise<number> {
  const { facts, log } = context;
  const { message = 0 } = JSON.parse(facts.read(FACT) ?? "{}") as Partial<Place>;
  const isFar = place.message >= message + BATCH;
  const rows = faults.map(({ reason, about, text, ...found }) => {
    const signature = signatureOf(reason, about);
    return { ...found, reason, signature, kind: kindOf(found.agent, reason, signature), quote: quoteOf(text) };
  });
  const isTold = rows.length > 0 || isFar;
  const added = isTold ? await log.write(() => insert(context, rows, place, nowMs)) : 0;
  context.place = place;
  return added;
}

function insert({ run, facts }: FaultContext, rows: readonly object[], place: Place, nowMs: number): number {
  const added = rows.reduce<number>((sum, row) => sum + run.insert.run(row).changes, 0);
  run.forget.run(nowMs - MEMORY_MS);
  facts.write(FACT, JSON.stringify(place));
  return added;
}
