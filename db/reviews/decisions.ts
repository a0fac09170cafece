/** Decisions on review items, by a person or a rule. Each reaches the waiting task as a letter. `rules.ts` lists the rules for people. */
import type { Level } from "@/core/log/entries";
import type { Review } from "@/core/shapes/shapes";
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import { sameAs } from "@/db/queries/reviews";
import { createMail } from "@/db/records/mail";
import { isNotOwn } from "./directors";
import { answersWhy, usesOf } from "./reviews";

interface Decision {
  uid: string;
  status: "approved" | "rejected";
  reason: string;
  /** What the task reads: the reason with the comments; absent: only the reason. */
  told?: string;
  by: string;
  /** Also decides every equal open item of its tree. */
  alike: boolean;
  /** The message to the task that raised a flag; null: none. */
  words: string | null;
}

interface NewRule {
  uid: string;
  tool: string;
  agent: string | null;
  /** Hash of the arguments; null: any. */
  subject: string | null;
  /** Public id of the only tree it applies to; null: every tree. */
  tree: string | null;
  /** null: any number. */
  mostUses: number | null;
  why: string;
  by: string;
  expiresAtMs: number;
}

/** Absent fields stay. What a rule matches never changes, because its past approvals were for exactly that. */
interface RuleChange {
  expiresAtMs?: number;
  mostUses?: number | null;
  why?: string;
  /** Switches it on again after it was revoked. */
  isOn?: true;
  /** Who answers for the rule from now on, because the change lets it approve more. */
  by?: string;
}

/** A call as a person changed it: the waiting call is rejected with these words, and exactly the changed call may run once. */
interface ChangedCall {
  uid: string;
  /** What the task reads in place of the call's response. */
  words: string;
  reason: string;
  by: string;
  rule: Omit<NewRule, "by" | "mostUses"> & { subject: string; tree: string };
}

interface ReviewedSubject {
  tool: string;
  hash: string;
  agent: string;
  /** null: stored before calls had levels. */
  level: Level | null;
  /** A further reason to ask a person, besides the tool's policy; null: none. */
  why: string | null;
}

export interface Decisions {
  /** Returns the public ids of the decided items; none when the item was already decided. */
  decide(decision: Decision): Promise<string[]>;
  /** `told`: what the task reads, which is the answer with the comments. Resolves with false when the question was already closed. */
  answer(reviewUid: string, text: string, by: string, told?: string): Promise<boolean>;
  /** Resolves with the public ids of the open approvals that it decided immediately. */
  addRule(rule: NewRule): Promise<string[]>;
  /** Both in one transaction, or neither. Resolves with false when it was already decided. */
  changeCall(changed: ChangedCall): Promise<boolean>;
  /** Resolves with the public ids of the open approvals that the changed rule decided immediately; null: the rule is gone. */
  changeRule(uid: string, change: RuleChange): Promise<string[] | null>;
  /** Resolves with false when it is gone or already revoked. */
  revokeRule(uid: string, by: string): Promise<boolean>;
  /** Revokes the rules for these tools, because the tools they were made for no longer exist. Resolves with their number. */
  revokeRulesFor(tools: readonly string[], by: string): Promise<number>;
  /** The tool and the hash of the arguments that an approval is about; null for other items. */
  subjectOf(reviewUid: string): ReviewedSubject | null;
}

interface Decided {
  id: number;
  uid: string;
  kind: Review["kind"];
  taskUid: string;
  taskId: number;
  treeId: number;
  treeUid: string;
}

/** Which open approvals a rule decides, and how many more it can decide. */
interface RuleMatch {
  id: number;
  uid: string;
  tool: string;
  agent: string | null;
  subject: string | null;
  tree: string | null;
  /** null: any number. */
  left: number | null;
}

interface DecisionsContext {
  log: Writes;
  run: ReturnType<typeof decisionStatements>;
  mail: ReturnType<typeof createMail>;
}

export function createDecisions(sqlite: Sqlite, log: Writes): Decisions {
  const run = decisionStatements(sqlite);
  const decisions: DecisionsContext = { log, run, mail: createMail(sqlite) };
  return {
    decide: (decision) => log.write((context) => decide(decisions, decision, context)),
    answer: (uid, text, by, told = text) => log.write((context) => answer(decisions, { uid, text, by, told }, context)),
    addRule: (rule) => log.write((context) => addRule(decisions, rule, context)),
    changeRule: (uid, change) => log.write((context) => changeRule(decisions, uid, change, context)),
    changeCall: (changed) => log.write((context) => changeCall(decisions, changed, context)),
    revokeRulesFor: (tools, by) =>
      log.write(({ nowMs }) => run.revokeFor.run({ tools: JSON.stringify(tools), by, now: nowMs }).changes),
    revokeRule: (uid, by) => log.write(({ nowMs }) => run.revoke.run(by, nowMs, uid).changes > 0),
    subjectOf: (reviewUid) => subjectOf(decisions, reviewUid),
  };
}

function decisionStatements(sqlite: Sqlite) {
  return { ...reviewStatements(sqlite), ...ruleStatements(sqlite) };
}

const COLUMNS = `
    SELECT review.id, review.uid, review.kind, task.uid AS taskUid, task.id AS taskId, tree.id AS treeId, tree.uid AS treeUid
    FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id`;

function reviewStatements(sqlite: Sqlite) {
  return {
    byId: sqlite.prepare(`${COLUMNS} WHERE review.uid = ? AND review.status = 'open' AND review.kind <> 'question'`),
    alike: sqlite.prepare(`${COLUMNS}, reviews other
      WHERE other.uid = ? AND ${sameAs("review")} = ${sameAs("other")} AND review.tree_id = other.tree_id
        AND review.status = 'open' AND review.addressee_id IS NULL ORDER BY review.id`),
    matching: sqlite.prepare(`${COLUMNS}
      WHERE review.status = 'open' AND review.kind = 'approval' AND substr(review.subject, 1, length(@tool) + 1) = @tool || ' '
        AND (@agent IS NULL OR task.agent = @agent) AND (@subject IS NULL OR review.subject = @tool || ' ' || @subject)
        AND (@tree IS NULL OR tree.uid = @tree)
        AND EXISTS (SELECT 1 FROM approval_rules rule WHERE rule.id = @id
          AND ${answersWhy("rule", "review.why")} AND ${isNotOwn("rule", "review.tree_id")})
      ORDER BY review.id LIMIT ifnull(@left, -1)`),
    find: sqlite.prepare(`${COLUMNS} WHERE review.uid = ?`),
    subject: sqlite.prepare(`
      SELECT review.subject, review.level, review.why, task.agent FROM reviews review JOIN tasks task ON task.id = task_id
      WHERE review.uid = ? AND review.subject IS NOT NULL`),
    close: sqlite.prepare(`
      UPDATE reviews SET status = @status, answer = @reason, decided_by = @by, decided_at_ms = @now, rule_id = @rule
      WHERE id = @id AND status = 'open'`),
    answer: sqlite.prepare(`
      UPDATE reviews SET status = 'answered', answer = ?, decided_by = ?, decided_at_ms = ? WHERE uid = ? AND status = 'open'`),
    rejectProposal: sqlite.prepare("UPDATE proposals SET status = 'rejected' WHERE review_id = ? AND status = 'open'"),
  };
}

function ruleStatements(sqlite: Sqlite) {
  return {
    insertRule: sqlite.prepare(`
      INSERT INTO approval_rules (uid, tool, agent, subject, only_tree, most_uses, why, created_by, created_at_ms, expires_at_ms)
      VALUES (@uid, @tool, @agent, @subject, @tree, @mostUses, @why, @by, @now, @expiresAtMs)`),
    changeRule: sqlite.prepare(`
      UPDATE approval_rules SET why = ifnull(@why, why), expires_at_ms = ifnull(@expiresAtMs, expires_at_ms),
        most_uses = iif(@limits, @mostUses, most_uses), created_by = ifnull(@by, created_by),
        revoked_by = iif(@isOn, NULL, revoked_by), revoked_at_ms = iif(@isOn, NULL, revoked_at_ms)
      WHERE uid = @uid`),
    revoke: sqlite.prepare(
      "UPDATE approval_rules SET revoked_by = ?, revoked_at_ms = ? WHERE uid = ? AND revoked_at_ms IS NULL",
    ),
    revokeFor: sqlite.prepare(`
      UPDATE approval_rules SET revoked_by = @by, revoked_at_ms = @now
      WHERE tool IN (SELECT value FROM json_each(@tools)) AND revoked_at_ms IS NULL AND expires_at_ms > @now`),
    inForce: sqlite.prepare(`
      SELECT id, uid, tool, agent, subject, only_tree AS tree,
        max(0, most_uses - ${usesOf("approval_rules")}) AS left
      FROM approval_rules WHERE uid = @uid AND revoked_at_ms IS NULL AND expires_at_ms > @now`),
  };
}

function decide(decisions: DecisionsContext, decision: Decision, context: WriteContext): string[] {
  const { run } = decisions;
  const found = run.byId.get(decision.uid) as Decided | undefined;
  if (!found) return [];
  const items = decision.alike ? (run.alike.all(decision.uid) as Decided[]) : [found];
  for (const item of items) close(decisions, item, decision, null, context);
  return items.map((item) => item.uid);
}

function close(
  { run, mail }: DecisionsContext,
  item: Decided,
  decision: Pick<Decision, "status" | "reason" | "told" | "by" | "words">,
  rule: { id: number; uid: string } | null,
  { nowMs, touch }: WriteContext,
): void {
  const { status, reason, by, words, told = reason } = decision;
  run.close.run({ id: item.id, status, reason: reason || null, by, now: nowMs, rule: rule?.id ?? null });
  if (item.kind === "proposal") {
    run.rejectProposal.run(item.id);
    mail.send(item.taskUid, { kind: "answer", review: item.uid, text: rejectedText(told), by }, nowMs);
  } else if (item.kind === "approval") {
    const approved = status === "approved";
    mail.send(item.taskUid, { kind: "approval", review: item.uid, approved, by, rule: rule?.uid, reason: told }, nowMs);
    // A separate message would cancel the call, so the task reads this with the call's response.
    if (approved && told)
      mail.send(item.taskUid, { kind: "configured", tools: [], servers: [], by, text: told }, nowMs);
  } else if (words) mail.send(item.taskUid, { kind: "steer", text: words, by }, nowMs);
  touch({ id: item.treeId, uid: item.treeUid }, item.taskUid);
}

function answer(
  { run, mail }: DecisionsContext,
  { uid, text, by, told }: { uid: string; text: string; by: string; told: string },
  { nowMs, touch }: WriteContext,
): boolean {
  if (run.answer.run(text, by, nowMs, uid).changes === 0) return false;
  const asking = run.find.get(uid) as Decided;
  mail.send(asking.taskUid, { kind: "answer", review: uid, text: told, by }, nowMs);
  touch({ id: asking.treeId, uid: asking.treeUid }, asking.taskUid);
  return true;
}

function addRule(decisions: DecisionsContext, rule: NewRule, context: WriteContext): string[] {
  decisions.run.insertRule.run({ ...rule, now: context.nowMs });
  return decideWaiting(decisions, rule.uid, context);
}

function changeRule(
  decisions: DecisionsContext,
  uid: string,
  { why, expiresAtMs, mostUses, isOn, by }: RuleChange,
  context: WriteContext,
): string[] | null {
  const changed = decisions.run.changeRule.run({
    uid,
    why: why ?? null,
    expiresAtMs: expiresAtMs ?? null,
    limits: mostUses === undefined ? 0 : 1,
    mostUses: mostUses ?? null,
    isOn: isOn ? 1 : 0,
    by: by ?? null,
  });
  return changed.changes === 0 ? null : decideWaiting(decisions, uid, context);
}

/** Decides the waiting approvals that match a new rule. */
function decideWaiting(decisions: DecisionsContext, ruleUid: string, context: WriteContext): string[] {
  const { run } = decisions;
  const rule = run.inForce.get({ uid: ruleUid, now: context.nowMs }) as RuleMatch | undefined;
  if (!rule) return [];
  const { id, uid, ...match } = rule;
  const items = run.matching.all({ id, ...match }) as Decided[];
  const decision = { status: "approved", reason: "", by: `rule ${uid}`, words: null } as const;
  for (const item of items) close(decisions, item, decision, { id, uid }, context);
  return items.map((item) => item.uid);
}

function changeCall(
  decisions: DecisionsContext,
  { uid, words, reason, by, rule }: ChangedCall,
  context: WriteContext,
): boolean {
  const { run } = decisions;
  const item = run.byId.get(uid) as Decided | undefined;
  if (item?.kind !== "approval") return false;
  close(decisions, item, { status: "rejected", reason, by, words: null, told: words }, null, context);
  run.insertRule.run({ ...rule, by, mostUses: 1, now: context.nowMs });
  return true;
}

function subjectOf({ run }: DecisionsContext, reviewUid: string): ReviewedSubject | null {
  const row = run.subject.get(reviewUid) as ({ subject: string } & Omit<ReviewedSubject, "tool" | "hash">) | undefined;
  if (!row) return null;
  const { subject: key, ...kept } = row;
  const [tool = "", hash = ""] = key.split(" ");
  return { tool, hash, ...kept };
}

/** What the proposing task reads as the response of its call. */
function rejectedText(reason: string): string {
  return JSON.stringify({ status: "rejected", ...(reason && { reason }) });
}
