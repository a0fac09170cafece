/** Reads what a proof of a result tells: of a task and all tasks below it. */
import type { Entry } from "@/core/log/entries";
import type { ProofDecision, ProofSpend } from "@/core/shapes/proof";
import { createBodyReader, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, KINDS, type MessageRow } from "@/db/file/rows";
import { toolOfSubject, usd } from "./shapes";

export interface ProofQueries {
  /** Returns the ids of a task and of all tasks below it, in the order of their creation. */
  branchOf(taskUid: string): string[];
  /** Returns the entries that tell what people asked and granted, and how and where claims were checked, oldest first. */
  entriesOf(taskUid: string): ProofEntry[];
  /** Returns everything that was decided or answered for the tasks by people or rules, in the order of the requests. */
  decisionsOf(taskUid: string): DecisionRow[];
  /** Returns what the tasks used, the most expensive first. */
  spendOf(taskUid: string): ProofSpend[];
}

export interface ProofEntry {
  taskUid: string;
  atMs: number;
  /** Whether its task worked on after it, so that a check of claims is not one of the result. */
  wentOn: boolean;
  entry: Entry;
}

export interface DecisionRow extends Pick<ProofDecision, "kind" | "outcome" | "title" | "tool" | "answer" | "by"> {
  ruleId: number | null;
  /** The reason of that rule; null also when it is gone. */
  ruleWhy: string | null;
  atMs: number;
}

type Row = Omit<MessageRow, "body"> & {
  taskUid: string;
  atMs: number;
  wentOn: 0 | 1;
  body: string | null;
  blobId: number | null;
};

const BRANCH = `WITH RECURSIVE branch (id) AS (
  SELECT id FROM tasks WHERE uid = @uid UNION ALL SELECT tasks.id FROM tasks JOIN branch ON tasks.parent_id = branch.id)`;
const WORDS = [KINDS.indexOf("instruction"), KINDS.indexOf("steer")].join(", ");
/** What follows the check of an ending that did not become the end. */
const GOES_ON = `(later.kind IN (${KINDS.indexOf("agent_response")}, ${KINDS.indexOf("steer")})
  OR ${isEvent(["sent_back", "retried", "restarted", "forked"], "later")})`;

export function createProofQueries(sqlite: Sqlite): ProofQueries {
  const bodies = createBodyReader(sqlite);
  const branch = sqlite
    .prepare(`${BRANCH} SELECT tasks.uid FROM tasks JOIN branch ON branch.id = tasks.id ORDER BY tasks.id`)
    .pluck();
  const entries = sqlite.prepare(`${BRANCH}
    SELECT task.uid AS taskUid, message.created_at_ms AS atMs, message.turn, message.kind, message.tool,
      message.call_id AS callId, message.body, message.blob_id AS blobId,
      EXISTS (SELECT 1 FROM messages later
        WHERE later.task_id = message.task_id AND later.id > message.id AND ${GOES_ON}) AS wentOn
    FROM messages message JOIN tasks task ON task.id = message.task_id
    WHERE message.task_id IN (SELECT id FROM branch)
      AND (message.kind IN (${WORDS}) OR ${isEvent(["retried", "granted", "claims_checked", "placed"], "message")})
    ORDER BY message.id`);
  // What a task asks of another task is decided by neither a person nor a rule.
  const decisions = sqlite.prepare(`${BRANCH}
    SELECT review.kind, review.status AS outcome, review.title, ${toolOfSubject("review")} AS tool, review.answer,
      review.decided_by AS "by", review.rule_id AS ruleId, rule.why AS ruleWhy, review.decided_at_ms AS atMs
    FROM reviews review LEFT JOIN approval_rules rule ON rule.id = review.rule_id
    WHERE review.task_id IN (SELECT id FROM branch) AND review.addressee_id IS NULL AND review.status <> 'open'
      AND review.decided_at_ms IS NOT NULL
    ORDER BY review.id`);
  const spend = sqlite.prepare(`${BRANCH}
    SELECT agent, model, count(*) AS tasks, sum(turns) AS turns, sum(tokens_in) AS tokensIn, sum(tokens_out) AS tokensOut,
      sum(micro_usd) AS microUsd
    FROM tasks WHERE id IN (SELECT id FROM branch) GROUP BY agent, model ORDER BY microUsd DESC, tokensIn DESC, agent`);
  return {
    branchOf: (uid) => branch.all({ uid }) as string[],
    entriesOf: (uid) =>
      (entries.all({ uid }) as Row[]).map((row) => ({
        taskUid: row.taskUid,
        atMs: row.atMs,
        wentOn: row.wentOn === 1,
        entry: decodeEntry({ ...row, body: bodies.read(row) }),
      })),
    decisionsOf: (uid) => decisions.all({ uid }) as DecisionRow[],
    spendOf: (uid) => (spend.all({ uid }) as SpendRow[]).map(spendShape),
  };
}

interface SpendRow {
  agent: string;
  model: string;
  tasks: number;
  turns: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
}

function spendShape({ tokensIn, tokensOut, microUsd, ...row }: SpendRow): ProofSpend {
  return { ...row, tokens_in: tokensIn, tokens_out: tokensOut, cost_usd: usd(microUsd) };
}
