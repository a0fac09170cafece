/** Opens reviews inside the transaction of the record that asks. A rule can decide an approval immediately; the task reads it like a person's decision. */
import type { Sqlite } from "@/db/file/client";
import { createMail } from "@/db/records/mail";
import type { NewReview, TaskKey } from "@/db/records/records";
import { isNotOwn } from "./directors";

/**
 * No rule answers a call that asks because of what the task has read, except a rule that a person made for exactly this
 * call: that rule is the person's decision.
 */
export const answersWhy = (rule: string, why: string) =>
  `(${why} IS NULL OR (${rule}.subject IS NOT NULL AND ${rule}.only_tree IS NOT NULL AND ${rule}.most_uses = 1))`;

/** SQL: how many calls a rule has approved, also in trees that are deleted. */
export const usesOf = (rule: string) =>
  `(${rule}.forgotten_uses + (SELECT count(*) FROM reviews WHERE rule_id = ${rule}.id))`;

/**
 * Returns a function for the transaction that deletes a tree: rules keep the number of calls that they approved there, or
 * a rule for one call could approve another.
 */
export function createUseKeeper(sqlite: Sqlite): (treeId: number) => void {
  const keep = sqlite.prepare(`
    UPDATE approval_rules SET forgotten_uses = forgotten_uses
      + (SELECT count(*) FROM reviews WHERE rule_id = approval_rules.id AND tree_id = @tree)
    WHERE id IN (SELECT rule_id FROM reviews WHERE tree_id = @tree AND rule_id IS NOT NULL)`);
  return (treeId) => void keep.run({ tree: treeId });
}

export function createReviewWriter(sqlite: Sqlite) {
  const insertReview = sqlite.prepare(`
      INSERT INTO reviews (uid, tree_id, task_id, addressee_id, kind, title, detail, evidence, blast_radius, uncertainty,
        if_ignored, facts, subject, level, why, seq, rule_id, status, decided_by, decided_at_ms, created_at_ms)
      VALUES (@uid, @tree, @task, (SELECT id FROM tasks WHERE uid = @addressee), @kind, @title, @detail, @evidence,
        @blastRadius, @uncertainty, @ifIgnored, @facts, @subject, @level, @why, @seq, @rule, @status, @decidedBy, @decidedAt, @now)
      ON CONFLICT (uid) DO NOTHING`);
  const mail = createMail(sqlite);
  const matching = sqlite.prepare(`
    SELECT id, uid FROM approval_rules
    WHERE tool = @tool AND (agent IS NULL OR agent = @agent) AND (subject IS NULL OR subject = @hash)
      AND (only_tree IS NULL OR only_tree = @tree)
      AND ${answersWhy("approval_rules", "@why")}
      AND ${isNotOwn("approval_rules", "@treeId")}
      AND (most_uses IS NULL OR ${usesOf("approval_rules")} < most_uses)
      AND revoked_at_ms IS NULL AND expires_at_ms > @now
    ORDER BY id LIMIT 1`);

  return {
    open(task: TaskKey, agent: string, review: NewReview, seq: number, nowMs: number): void {
      const { subject, facts, ...rest } = review;
      const rule = subject
        ? (matching.get({ ...subject, agent, tree: task.treeUid, treeId: task.treeId, now: nowMs }) as
            | { id: number; uid: string }
            | undefined)
        : undefined;
      const by = rule ? `rule ${rule.uid}` : null;
      const inserted = insertReview.run({
        ...rest,
        facts: facts ? JSON.stringify(facts) : null,
        subject: subject ? `${subject.tool} ${subject.hash}` : null,
        level: subject?.level ?? null,
        why: subject?.why ?? null,
        tree: task.treeId,
        task: task.id,
        seq,
        rule: rule?.id ?? null,
        status: rule ? "approved" : "open",
        decidedBy: by,
        decidedAt: rule ? nowMs : null,
        now: nowMs,
      });
      if (inserted.changes === 0 || !by) return;
      const letter = { kind: "approval", review: review.uid, approved: true, by, rule: rule?.uid, reason: "" } as const;
      mail.send(task.uid, letter, nowMs);
    },
  };
}
