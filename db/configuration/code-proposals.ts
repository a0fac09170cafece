/** Proposed changes of code, which are no entries of the configuration: a decision only closes them and is told. */
import type { LetterBody } from "@/core/facts";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createMail } from "@/db/records/mail";
import type { Proposal } from "./proposals";

export interface CodeProposals {
  /** Returns the open ones, in their order. */
  openCode(): Proposal[];
  /** Returns the number and the changed lines of the approved ones, without this one. */
  othersApproved(review: string): { changes: number; lines: number };
  /** Approves exactly the body with this hash. Resolves with whether it was still open. */
  approveCode(approval: {
    review: string;
    hash: string;
    by: string;
    reason: string;
    letter: LetterBody;
  }): Promise<boolean>;
  /** Closes one that can no longer be approved. Resolves with whether it was still open. */
  withdrawCode(withdrawn: { review: string; letter: LetterBody }): Promise<boolean>;
}

interface Closing {
  review: string;
  status: "approved" | "withdrawn";
  by: string | null;
  reason: string | null;
  letter: LetterBody;
}

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
  const othersApproved = sqlite.prepare(`
    SELECT count(*) AS changes, ifnull(sum((
      SELECT sum(ifnull(file.value ->> 'additions', 0) + ifnull(file.value ->> 'deletions', 0))
      FROM json_each(proposal.body, '$.files') file)), 0) AS lines
    FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    WHERE proposal.kind = 'code' AND proposal.status = 'approved' AND review.uid <> ?`);
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
    othersApproved: (review) => othersApproved.get(review) as ReturnType<CodeProposals["othersApproved"]>,
    openCode: () => (openReviews.all() as string[]).flatMap((review) => of(review) ?? []),
    approveCode: ({ review, hash, by, reason, letter }) =>
      close({ review, status: "approved", by, reason: reason || null, letter }, hash),
    withdrawCode: ({ review, letter }) => close({ review, status: "withdrawn", by: null, reason: null, letter }, null),
  };
}
