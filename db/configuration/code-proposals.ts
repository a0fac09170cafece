/**
 * Proposed changes of code, which are no entries of the configuration: a decision only closes them, and the task is
 * told.
 */
import type { LetterBody } from "@/core/facts";
import type { Review } from "@/core/shapes/shapes";
import { COMMENT_ACTION, createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createMail } from "@/db/records/mail";
import type { Proposal } from "./proposal";

/** An approved change, without its diff. */
export interface ApprovedCode {
  review: string;
  commit: string;
  /** The commit of the release that it changes. */
  base: string;
  /** Digest and folder of the gates' report. */
  gates: string;
  evidence: string;
  decidedBy: string | null;
  /** The approved commit that this one replaces on another release; null: a person approved exactly this commit. */
  carriedFrom: string | null;
  /** Why it could not be carried over to another release, as sentences; null when it can be. */
  notCarried: string | null;
}

/** The new form of an approved proposal. */
export interface ReplacedCode {
  review: string;
  /** Hash of the body as it was read. */
  before: string;
  body: unknown;
  /** Hash of the new body. */
  hash: string;
  /** Whether a person has to decide again. */
  isOpen: boolean;
  /** The text for the review item and the audit. */
  comment: string;
  by: string;
}

/** A proposal of a tree, by its review item. */
interface CodeOfTree extends Pick<Review, "status" | "answer"> {
  review: string;
  decidedBy: string | null;
}

export interface CodeProposals {
  /** Returns the open proposals, in their order. */
  openCode(): Proposal[];
  /** Returns what a tree has proposed, the newest first. */
  codeOfTree(tree: string): CodeOfTree[];
  /** Returns the newest approved proposals, newest first. It is asked every second, so each body is read only once. */
  approvedCode(): ApprovedCode[];
  /**
   * Returns the number and the changed lines of the proposals approved since then, without this one. `among`: only
   * these reviews; null: all.
   */
  othersApproved(review: string, sinceMs: number, among: readonly string[] | null): { changes: number; lines: number };
  /** Approves exactly the body with this hash. Resolves with whether it was still open. */
  approveCode(approval: {
    review: string;
    hash: string;
    by: string;
    reason: string;
    letter: LetterBody;
  }): Promise<boolean>;
  /**
   * Replaces the body of an approved proposal, and says so on its review item, in one transaction. Resolves with
   * whether it was still approved with that body.
   */
  replaceCode(replaced: ReplacedCode): Promise<boolean>;
  /** Closes a proposal that can no longer be approved. Resolves with whether it was still open. */
  withdrawCode(withdrawn: { review: string; letter: LetterBody }): Promise<boolean>;
}

interface Closing {
  review: string;
  status: "approved" | "withdrawn";
  by: string | null;
  reason: string | null;
  letter: LetterBody;
}

/** Older ones were released long ago, or dropped. */
const MOST_APPROVED = 20;

export function createCodeProposals(
  sqlite: Sqlite,
  log: Writes,
  of: (review: string) => Proposal | null,
): CodeProposals {
  const openReviews = sqlite
    .prepare(
      `SELECT review.uid FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
       WHERE proposal.kind = 'code' AND proposal.status = 'open' AND review.status = 'open' ORDER BY proposal.id`,
    )
    .pluck();
  const ofTree = sqlite.prepare(`
    SELECT review.uid AS review, review.status, review.answer, review.decided_by AS decidedBy
    FROM trees tree JOIN reviews review ON review.tree_id = tree.id JOIN proposals proposal ON proposal.review_id = review.id
    WHERE tree.uid = ? AND proposal.kind = 'code' ORDER BY proposal.id DESC`);
  const othersApproved = sqlite.prepare(`
    SELECT count(*) AS changes, ifnull(sum((
      SELECT sum(ifnull(file.value ->> 'additions', 0) + ifnull(file.value ->> 'deletions', 0))
      FROM json_each(proposal.body, '$.files') file)), 0) AS lines
    FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    WHERE proposal.kind = 'code' AND proposal.status = 'approved' AND review.uid <> @review
      AND review.decided_at_ms >= @sinceMs
      AND (@among IS NULL OR review.uid IN (SELECT value FROM json_each(@among)))`);
  const closeReview = sqlite.prepare(`
    UPDATE reviews SET status = @status, answer = @reason, decided_by = @by, decided_at_ms = @nowMs
    WHERE uid = @review AND status = 'open'`);
  const closeProposal = sqlite.prepare(`
    UPDATE proposals SET status = @status WHERE review_id = (SELECT id FROM reviews WHERE uid = @review)`);
  const treeOf = sqlite.prepare(
    "SELECT tree.id, tree.uid FROM reviews JOIN trees tree ON tree.id = reviews.tree_id WHERE reviews.uid = ?",
  );
  const mail = createMail(sqlite);
  const close = ({ review, status, by, reason, letter }: Closing, hash: string | null) =>
    log.write(({ nowMs, touch }) => {
      const proposal = of(review);
      if (proposal?.status !== "open" || (hash !== null && proposal.hash !== hash)) return false;
      if (closeReview.run({ review, status, by, reason, nowMs }).changes === 0) return false;
      closeProposal.run({ review, status });
      const tree = treeOf.get(review) as { id: number; uid: string };
      if (mail.send(proposal.task, letter, nowMs)) touch(tree, proposal.task);
      return true;
    });
  return {
    approvedCode: createApprovedCode(sqlite),
    othersApproved: (review, sinceMs, among) =>
      othersApproved.get({ review, sinceMs, among: among && JSON.stringify(among) }) as ReturnType<
        CodeProposals["othersApproved"]
      >,
    openCode: () => (openReviews.all() as string[]).flatMap((review) => of(review) ?? []),
    approveCode: ({ review, hash, by, reason, letter }) =>
      close({ review, status: "approved", by, reason: reason || null, letter }, hash),
    codeOfTree: (tree) => ofTree.all(tree) as CodeOfTree[],
    replaceCode: createReplaceCode(sqlite, log),
    withdrawCode: ({ review, letter }) => close({ review, status: "withdrawn", by: null, reason: null, letter }, null),
  };
}

function createReplaceCode(sqlite: Sqlite, log: Writes): CodeProposals["replaceCode"] {
  const replace = sqlite.prepare(`
    UPDATE proposals SET body = @body, hash = @hash, status = @status
    WHERE kind = 'code' AND status = 'approved' AND hash = @before
      AND review_id = (SELECT id FROM reviews WHERE uid = @review AND status = 'approved')`);
  const open = sqlite.prepare(`
    UPDATE reviews SET status = 'open', answer = NULL, decided_by = NULL, decided_at_ms = NULL WHERE uid = ?`);
  const placeOf = sqlite.prepare(`
    SELECT tree.id, tree.uid, task.uid AS task FROM reviews review
    JOIN trees tree ON tree.id = review.tree_id JOIN tasks task ON task.id = review.task_id WHERE review.uid = ?`);
  const audit = createAuditWriter(sqlite);
  return ({ review, before, body, hash, isOpen, comment, by }) =>
    log.write(({ nowMs, touch }) => {
      const status = isOpen ? "open" : "approved";
      const { changes } = replace.run({ review, before, body: JSON.stringify(body), hash, status });
      if (changes === 0) return false;
      if (isOpen) open.run(review);
      const { id, uid, task } = placeOf.get(review) as { id: number; uid: string; task: string };
      audit.insert({ actor: by, action: COMMENT_ACTION, subject: review, tree: uid, detail: comment }, nowMs);
      touch({ id, uid }, task);
      return true;
    });
}

function createApprovedCode(sqlite: Sqlite): CodeProposals["approvedCode"] {
  const newest = sqlite.prepare(`
    SELECT review.uid AS review, proposal.hash, review.decided_at_ms AS decidedAtMs FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    WHERE proposal.kind = 'code' AND proposal.status = 'approved' ORDER BY proposal.id DESC LIMIT ${MOST_APPROVED}`);
  const byReview = sqlite.prepare(`
    SELECT review.uid AS review, review.decided_by AS decidedBy, body ->> '$.commit' AS "commit", body ->> '$.base' AS base,
      body ->> '$.gates.digest' AS gates, body ->> '$.gates.evidence' AS evidence,
      body ->> '$.carried.from' AS carriedFrom, body ->> '$.not_carried' AS notCarried
    FROM proposals JOIN reviews review ON review.id = proposals.review_id WHERE review.uid = ?`);
  const read = (review: string) => byReview.get(review) as ApprovedCode;
  // Another body has another hash; an approval of the same body may be another person's.
  let known = new Map<string, ApprovedCode>();
  return () => {
    const rows = newest.all() as { review: string; hash: string; decidedAtMs: number }[];
    known = new Map(
      rows.map(({ review, hash, decidedAtMs }) => {
        const key = `${review} ${hash} ${decidedAtMs}`;
        return [key, known.get(key) ?? read(review)];
      }),
    );
    return [...known.values()];
  };
}
