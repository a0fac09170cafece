/** Reads a task's log as a conversation: exchanges of a person's words, the work on them, and its result. */
import type { TaskEvent } from "@/core/log/entries";
import type { ClaimMark } from "@/core/log/terms";
import type { AttemptEnd, Conversation, Exchange, Saying } from "@/core/shapes/conversation";
import type { Message } from "@/core/shapes/shapes";
import { createBodyReader, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import { KINDS } from "@/db/file/rows";
import { messageShape, type StoredMessage } from "./shapes";
import { type Interval, workedIn, workedUntil } from "./stretches";
import type { TimelineQueries } from "./timeline";

/** Nobody scrolls through more of them. */
const MOST_EXCHANGES = 50;
const MOST_NOTES = 40;
/** Tasks of ended trees whose times stay in memory. */
const MOST_KEPT = 20;

/** Events that are listed with the work. */
const NOTED = [
  "sent_back",
  "approval_decided",
  "answered",
  "call_answered",
  "restarted",
  "changed",
  "granted",
  "daily_cap",
  "stalled",
  "configured",
] as const;
const READ = [...NOTED, "retried", "ended", "claims_checked", "forked"] as const;

export type ConversationReader = (taskUid: string, nowMs: number) => Conversation;

type Row = StoredMessage & { body: string | null; blobId: number | null };

export function createConversationReader(sqlite: Sqlite, timeline: TimelineQueries): ConversationReader {
  const bodies = createBodyReader(sqlite);
  const kind = (name: (typeof KINDS)[number]) => KINDS.indexOf(name);
  const rows = sqlite.prepare(`
    SELECT message.id, tree.uid AS treeUid, task.uid AS taskUid, message.turn, message.kind, message.tool,
      message.call_id AS callId, message.body, message.blob_id AS blobId, message.created_at_ms AS createdAtMs
    FROM messages message JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id
    WHERE task.uid = ? AND (message.kind IN (${kind("instruction")}, ${kind("steer")}) OR ${isEvent(READ, "message")})
    ORDER BY message.id`);
  const replies = sqlite
    .prepare(`
    SELECT id FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = ?) AND kind = ${kind("agent_response")}
    ORDER BY id`)
    .pluck();
  const treeEnd = sqlite
    .prepare("SELECT ended_at_ms FROM trees WHERE id = (SELECT tree_id FROM tasks WHERE uid = ?)")
    .pluck();
  // A large branch takes some tenths of a second to read, and in an ended tree it stays as it is.
  const kept = new Map<string, { endedMs: number; ran: Interval[] }>();
  const ranOf = (taskUid: string, nowMs: number): Interval[] => {
    const endedMs = treeEnd.get(taskUid) as number | null | undefined;
    const known = kept.get(taskUid);
    if (known && known.endedMs === endedMs) return known.ran;
    const ran = timeline.ran(taskUid, 0, nowMs);
    if (kept.size >= MOST_KEPT) kept.clear();
    if (typeof endedMs === "number") kept.set(taskUid, { endedMs, ran });
    return ran;
  };
  return (taskUid, nowMs) => {
    const messages = (rows.all(taskUid) as Row[]).map((row) => messageShape(row, bodies.read(row), false));
    return conversationOf(messages, { replies: replies.all(taskUid) as number[], ran: ranOf(taskUid, nowMs), nowMs });
  };
}

/** An exchange while the log is read. */
interface Draft extends Exchange {
  /** Claims that did not hold, by their statements. */
  unshown: Set<string>;
  /** The times from the beginning of each attempt until its end. */
  attempts: Attempt[];
}

interface Attempt extends Interval {
  /** It ended before the fork, in whose origin its work is. */
  isCopied: boolean;
}

interface Work {
  /** The numbers of the agent's replies, ascending. */
  replies: readonly number[];
  /** When the task and its subtasks ran. */
  ran: readonly Interval[];
  nowMs: number;
}

export function conversationOf(messages: readonly Message[], work: Work): Conversation {
  const drafts: Draft[] = [];
  /** A fork begins with a person's words, which arrive as a steer. */
  let isForked = false;
  for (const message of messages) {
    const begun = beginningOf(message, isForked);
    isForked = eventOf(message)?.type === "forked" || (isForked && message.kind !== "steer");
    if (eventOf(message)?.type === "forked") restart(drafts, message.created_at);
    const last = drafts.at(-1);
    if (begun) {
      if (last) close(last, begun.seq);
      drafts.push(draftOf(begun));
    } else if (last) addTo(last, message);
  }
  const exchanges = drafts.map(({ unshown, attempts, ...draft }): Exchange => {
    const until = draft.next_seq ?? Number.POSITIVE_INFINITY;
    const turns = work.replies.filter((seq) => seq > draft.said.seq && seq < until).length;
    return {
      ...draft,
      ...workedOn(attempts, work),
      turns,
      corrected: draft.end?.status === "succeeded" ? correctedOf(unshown, draft.end) : 0,
    };
  });
  const shown = exchanges.slice(-MOST_EXCHANGES);
  return { exchanges: shown, earlier: exchanges.length - shown.length };
}

function eventOf(message: Message): TaskEvent | null {
  return message.kind === "event" && !message.content.broken ? (message.content as unknown as TaskEvent) : null;
}

/** Returns the words that begin an exchange with this message, or null. */
function beginningOf(message: Message, isForked: boolean): Saying | null {
  const { seq, created_at: at, content } = message;
  if (message.kind === "instruction") return { seq, at, by: null, text: String(content.instruction ?? "") };
  if (message.kind === "steer" && isForked) return sayingOf(message);
  const event = eventOf(message);
  if (event?.type !== "retried" || event.words === undefined) return null;
  return { seq, at, by: event.by, text: event.words };
}

function sayingOf({ seq, created_at: at, content }: Message): Saying {
  return { seq, at, by: String(content.by ?? ""), text: String(content.text ?? "") };
}

function draftOf(said: Saying): Draft {
  return {
    said,
    more: [],
    failed: [],
    notes: [],
    turns: 0,
    worked_ms: 0,
    working_since: null,
    corrected: 0,
    end: null,
    next_seq: null,
    unshown: new Set(),
    attempts: [attemptSince(said.at)],
  };
}

function attemptSince(at: string): Attempt {
  return { fromMs: Date.parse(at), toMs: null, isCopied: false };
}

function close(draft: Draft, nextSeq: number): void {
  draft.next_seq = nextSeq;
  draft.attempts = draft.attempts.filter(({ toMs }) => toMs !== null);
}

function endWith(draft: Draft, end: AttemptEnd): void {
  draft.end = end;
  const last = draft.attempts.at(-1);
  if (last) last.toMs ??= Date.parse(end.at);
}

/** A fork goes on from its own beginning. */
function restart(drafts: Draft[], at: string): void {
  for (const draft of drafts)
    draft.attempts = draft.attempts.map((attempt) =>
      attempt.toMs === null ? attemptSince(at) : { ...attempt, isCopied: true },
    );
}

function workedOn(attempts: readonly Attempt[], { ran, nowMs }: Work): Pick<Exchange, "worked_ms" | "working_since"> {
  let worked_ms = 0;
  let working_since: string | null = null;
  for (const { fromMs, toMs, isCopied } of attempts) {
    if (toMs !== null) worked_ms += isCopied ? Math.max(0, toMs - fromMs) : workedUntil(ran, fromMs, toMs);
    else {
      const { workedMs, workingSinceMs } = workedIn(ran, fromMs, nowMs);
      worked_ms += workedMs;
      working_since = iso(workingSinceMs);
    }
  }
  return { worked_ms, working_since };
}

function addTo(draft: Draft, message: Message): void {
  if (message.kind === "steer") {
    draft.more.push(sayingOf(message));
    return;
  }
  const event = eventOf(message);
  if (!event) return;
  const { seq, created_at: at } = message;
  switch (event.type) {
    case "ended":
      endWith(draft, { ...endOf(event), seq, at });
      break;
    case "retried":
      if (draft.end) draft.failed.push(draft.end);
      draft.end = null;
      draft.attempts.push(attemptSince(at));
      break;
    case "claims_checked":
      for (const { mark, statement } of event.marks) if (isUnshown(mark)) draft.unshown.add(statement);
      break;
    case "forked":
      break;
    default:
      draft.notes.push(message);
      if (draft.notes.length > MOST_NOTES) draft.notes.shift();
  }
}

function endOf({ status, reason, detail, result, summary, verdict }: Extract<TaskEvent, { type: "ended" }>) {
  return { status, reason, detail, result, summary, verdict };
}

const isUnshown = (mark: ClaimMark["mark"]) => mark === "failed" || mark === "neither";

function correctedOf(unshown: ReadonlySet<string>, { verdict }: AttemptEnd): number {
  const still = new Set(verdict?.claims.flatMap(({ mark, statement }) => (isUnshown(mark) ? [statement] : [])));
  return [...unshown].filter((statement) => !still.has(statement)).length;
}
