/** Converts rows to the JSON shapes of `core/shapes/shapes.ts`. */
import type { Usage } from "@/core/log/model";
import type { Reason } from "@/core/log/reasons";
import { isParkedBy, type ParkedBy, type ReviewFacts, type TaskStatus, type Verdict } from "@/core/log/terms";
import type { DerivedRow } from "@/core/row";
import type { Amounts, Message, MessageKind, Review, Task, WaitingFor } from "@/core/shapes/shapes";
import { actOf } from "@/core/words/acts/acts";
import { interruptedText } from "@/core/words/interruptions";
import { riskOf } from "@/core/words/risk";
import { withoutDisguise } from "@/core/words/visible";
import { iso } from "@/db/file/iso";
import { KINDS, unknownKind } from "@/db/file/rows";
import { HALTED } from "@/db/records/halt";

export interface TaskRow extends DerivedRow {
  id: number;
  uid: string;
  treeUid: string;
  parentId: number | null;
  parentUid: string | null;
  role: "work" | "finishing";
  title: string;
  status: Exclude<TaskStatus, "paused">;
  reason: Reason | null;
  detail: string | null;
  /** How often in a row its work broke off without progress. */
  fruitlessLeases: number;
  waitKind: WaitingFor["kind"] | ParkedBy | null;
  parkedUntilMs: number | null;
  depth: number;
  holds: number;
  awaited: number;
  /** Number of unread letters, messages and others. */
  letters: number;
  grantTokens: number | null;
  grantMicroUsd: number | null;
  grantTasks: number | null;
  grantDepth: number | null;
  grantSeconds: number | null;
  /** Counted only with a cap on time. */
  activeMs: number;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
}

/** A task's spend, including its subtasks. */
export interface RolledUp {
  tokens: number;
  microUsd: number;
  tasks: number;
  depth: number;
}

export interface TaskTexts {
  instruction: string;
  result: string | null;
  summary: string | null;
  verdict: Verdict | null;
}

export const usd = (microUsd: number): number => microUsd / 1_000_000;

/** Returns the status to show: a pause masks the stored status of a task that has not ended. */
function shownStatus(row: Pick<TaskRow, "status" | "holds" | "endedAtMs">): TaskStatus {
  return row.holds > 0 && row.endedAtMs === null ? "paused" : row.status;
}

/** `shownStatus` in SQL, over the columns of `tasks`. */
export const SHOWN_STATUS = `CASE WHEN holds + ${HALTED} > 0 AND ended_at_ms IS NULL THEN 'paused' ELSE status END`;

/** Who paused a task that waits for its next step. */
const STEPPING = "manual stepping";

/** Returns the detail of a status: what the provider said, or that the work was interrupted again and again. */
export function detailOf({
  detail,
  waitKind,
  fruitlessLeases,
}: Pick<TaskRow, "detail" | "waitKind" | "fruitlessLeases">): string | null {
  return waitKind === "interrupted" ? interruptedText(fruitlessLeases, detail) : detail;
}

export function taskShape(
  row: TaskRow,
  rolled: RolledUp,
  waits: Omit<WaitingFor, "kind">,
  dependsOn: string[],
  texts: TaskTexts,
  pause: { by: string; sinceMs: number; isStepping: boolean } | null,
  tries: number,
  nowMs: number,
): Task {
  const elapsed = row.startedAtMs === null ? 0 : (row.endedAtMs ?? nowMs) - row.startedAtMs;
  return {
    id: row.uid,
    tree_id: row.treeUid,
    parent_id: row.parentUid,
    role: row.role,
    title: withoutDisguise(row.title),
    agent: row.agent,
    model: row.model,
    instruction: texts.instruction,
    status: shownStatus(row),
    reason: row.reason,
    reason_detail: detailOf(row),
    waiting_for:
      row.status === "waiting" && row.waitKind && !isParkedBy(row.waitKind) ? { kind: row.waitKind, ...waits } : null,
    depends_on: dependsOn,
    parked_until: iso(row.parkedUntilMs),
    parked_by: row.status !== "parked" ? null : isParkedBy(row.waitKind) ? row.waitKind : "provider",
    switch_to: null,
    paused_by: pause && {
      name: pause.isStepping ? STEPPING : pause.by,
      since: iso(pause.sinceMs),
      is_stepping: pause.isStepping,
    },
    depth: row.depth,
    attempt: row.attempt,
    tries,
    turns: row.turns,
    headline: withoutDisguise(row.headline),
    refused_subtasks: row.refused,
    result: texts.result,
    summary: texts.summary,
    verdict: texts.verdict,
    grant: grantShape(row),
    ...neededShape(row),
    ...activeShape(row),
    spent: {
      tokens: rolled.tokens,
      cost_usd: usd(rolled.microUsd),
      tasks: rolled.tasks,
      depth: rolled.depth,
      seconds: Math.round(elapsed / 1_000),
    },
    created_at: iso(row.createdAtMs),
    started_at: iso(row.startedAtMs),
    ended_at: iso(row.endedAtMs),
  };
}

export function grantShape(
  row: Pick<TaskRow, "grantTokens" | "grantMicroUsd" | "grantTasks" | "grantDepth" | "grantSeconds">,
): Amounts {
  return {
    tokens: row.grantTokens,
    cost_usd: row.grantMicroUsd === null ? null : usd(row.grantMicroUsd),
    tasks: row.grantTasks,
    depth: row.grantDepth,
    seconds: row.grantSeconds,
  };
}

export function neededShape({
  neededTokens,
  neededMicroUsd,
}: Pick<TaskRow, "neededTokens" | "neededMicroUsd">): Pick<Task, "grant_needed"> {
  if (neededTokens === null && neededMicroUsd === null) return {};
  return { grant_needed: { tokens: neededTokens, cost_usd: neededMicroUsd === null ? null : usd(neededMicroUsd) } };
}

export function activeShape({
  grantSeconds,
  activeMs,
  endedAtMs,
}: Pick<TaskRow, "grantSeconds" | "activeMs" | "endedAtMs">): Pick<Task, "active_seconds"> {
  return grantSeconds === null || endedAtMs === null ? {} : { active_seconds: Math.round(activeMs) / 1_000 };
}

export interface StoredMessage {
  id: number;
  treeUid: string;
  taskUid: string;
  turn: number;
  kind: number;
  tool: string | null;
  callId: string | null;
  createdAtMs: number;
}

/** Lists cut longer texts; `getMessage` returns them whole. */
export const CUT_CHARS = 32 * 1024;

export function messageShape(row: StoredMessage, body: string, whole: boolean): Message {
  const kind: MessageKind = KINDS[row.kind] ?? "event";
  const shown = KINDS[row.kind] ? parse(body) : unknownKind(row.kind);
  const { u, ...content } = shown as Record<string, unknown> & { u?: number[] };
  const usage: Usage | null = u
    ? { inputTokens: u[0] ?? 0, cacheReadTokens: u[1] ?? 0, cacheWriteTokens: u[2] ?? 0, outputTokens: u[3] ?? 0 }
    : null;
  if (u) content.cost_usd = usd(u[4] ?? 0);
  return {
    seq: row.id,
    tree_id: row.treeUid,
    task_id: row.taskUid,
    turn: row.turn,
    kind,
    content: whole || body.length <= CUT_CHARS ? content : (cut(content) as Record<string, unknown>),
    tool: row.tool,
    tool_call_id: row.callId,
    usage,
    created_at: iso(row.createdAtMs),
  };
}

/** Parses a body. A row that somebody broke by hand is shown as raw text, not hidden. */
function parse(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : { text: String(value) };
  } catch {
    return { text: body, broken: true };
  }
}

function cut(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.length > CUT_CHARS ? value.slice(0, CUT_CHARS) : value;
  if (Array.isArray(value)) return value.map((item) => cut(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, value]) => [key, cut(value, depth + 1)]);
  return { ...Object.fromEntries(entries), ...(depth === 0 && { truncated: true }) };
}

export interface ReviewRow {
  uid: string;
  treeUid: string;
  taskUid: string;
  kind: Review["kind"];
  title: string;
  detail: string;
  evidence: string | null;
  blastRadius: number;
  uncertainty: number;
  ifIgnored: string | null;
  waitingTasks: number;
  alike: number;
  status: Review["status"];
  answer: string | null;
  createdAtMs: number;
  decidedBy: string | null;
  decidedAtMs: number | null;
  /** JSON of `ReviewFacts`. */
  facts: string | null;
  tool: string | null;
  /** Of a proposal: what it changes. */
  proposes: "agent" | "document" | "tool" | "runbook" | "code" | null;
  ruleUid: string | null;
}

/** SQL of the tool whose call an item is about; null: none. A subject consists of a call's tool and its hash. */
export const toolOfSubject = (table: string) =>
  `CASE WHEN ${table}.subject IS NULL THEN NULL ELSE substr(${table}.subject, 1, instr(${table}.subject, ' ') - 1) END`;

/** Columns over `reviews review LEFT JOIN approval_rules rule`. */
export const REVIEW_FACT_COLUMNS = `review.facts, rule.uid AS ruleUid,
  ${toolOfSubject("review")} AS tool,
  CASE WHEN review.kind = 'proposal' THEN (SELECT kind FROM proposals WHERE review_id = review.id) END AS proposes`;

export function factsOfReview(json: string | null): ReviewFacts {
  return json === null ? {} : (JSON.parse(json) as ReviewFacts);
}

export function reviewShape(row: ReviewRow, attention: number): Review {
  const { uid, treeUid, taskUid, createdAtMs, decidedBy, decidedAtMs, blastRadius, ifIgnored, ...rest } = row;
  const { waitingTasks, facts, ruleUid, proposes, ...shown } = rest;
  const known = factsOfReview(facts);
  const dangers = known.dangers ?? [];
  return {
    id: uid,
    tree_id: treeUid,
    task_id: taskUid,
    act: actOf(shown),
    ...shown,
    title: withoutDisguise(shown.title),
    detail: withoutDisguise(shown.detail),
    attention,
    waiting_tasks: waitingTasks,
    blast_radius: blastRadius,
    if_ignored: ifIgnored,
    default_answer: known.defaultAnswer ?? null,
    dangers,
    risk: riskOf({ ...shown, blast_radius: blastRadius, dangers, isOfCode: proposes === "code" }),
    created_at: iso(createdAtMs),
    decided_by: decidedBy,
    decided_by_rule: ruleUid,
    decided_at: iso(decidedAtMs),
  };
}
