/**
 * Proposed changes of configuration. They have no effect until a person approves them; approval makes them live in one
 * transaction.
 */
import { createHash } from "node:crypto";
import type { LetterBody } from "@/core/facts";
import type { ReviewFacts } from "@/core/log/terms";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createMail } from "@/db/records/mail";
import type { NewProposal } from "@/db/records/records";
import { type CodeProposals, createCodeProposals } from "./code-proposals";
import { type ConfigEntry, createConfigurationWriter } from "./configuration";
import type { Proposal } from "./proposal";
import { createToolStateWriter } from "./tool-states";
import { createTrialWriter, type NewTrial } from "./trials";

/** The entry that becomes live: the approved body plus what its validation added. */
interface Approval {
  review: string;
  /** Hash of the body that the person decided about. */
  hash: string;
  /** With the body null it is removed. */
  entry: ConfigEntry;
  by: string;
  reason: string;
  /** The reason to store with the version; default: the proposal's. */
  why?: string;
  /** How the version goes on trial; null: it is live at once. */
  trial: NewTrial | null;
  /** Asked before a trial begins, in the same transaction: throws what speaks against it. */
  checkTrial(): void;
  /** Letters to the proposing task and to the task that asked for the change. */
  letters(version: number): { to: string; body: LetterBody }[];
}

export interface Proposals extends CodeProposals {
  of(reviewUid: string): Proposal | null;
  /**
   * Resolves with the new version (of a removal with the last one), with "decided" when it was decided already, with "changed" when the live version is
   * newer, or with "on_trial" when another version of the entry is on trial.
   */
  approve(approval: Approval): Promise<number | "decided" | "changed" | "on_trial">;
}

export function hashOfBody(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body)).digest("hex");
}

export function createProposals(sqlite: Sqlite, log: Writes): Proposals {
  const select = sqlite.prepare(`
    SELECT review.uid AS review, proposal.kind, proposal.name, proposal.body, proposal.hash, proposal.why,
      proposal.base_version AS baseVersion, proposal.status, proposal.proposed_by AS proposedBy, task.uid AS task,
      (SELECT uid FROM tasks WHERE id = task.parent_id) AS parent, tree.uid AS tree, tree.created_by AS submittedBy,
      proposal.version, review.facts
    FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
    JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id WHERE review.uid = ?`);
  const closeReview = sqlite.prepare(`
    UPDATE reviews SET status = 'approved', answer = ?, decided_by = ?, decided_at_ms = ? WHERE uid = ? AND status = 'open'`);
  const closeProposal = sqlite.prepare(`
    UPDATE proposals SET status = 'approved', version = @version WHERE status = 'open' AND hash = @hash
      AND review_id = (SELECT id FROM reviews WHERE uid = @review)`);
  const treeOf = sqlite.prepare(
    "SELECT tree.id, tree.uid FROM reviews JOIN trees tree ON tree.id = reviews.tree_id WHERE reviews.uid = ?",
  );
  const writer = createConfigurationWriter(sqlite);
  const trials = createTrialWriter(sqlite);
  const mail = createMail(sqlite);
  const toolStates = createToolStateWriter(sqlite);

  const of = (review: string) => {
    const row = select.get(review) as
      | (Omit<Proposal, "body" | "seed"> & { body: string; facts: string | null })
      | undefined;
    if (!row) return null;
    const { body, facts, ...rest } = row;
    const { seed = null } = JSON.parse(facts ?? "{}") as ReviewFacts;
    return { ...rest, body: JSON.parse(body) as unknown, seed };
  };
  return {
    of,
    ...createCodeProposals(sqlite, log, of),
    approve: ({ review, hash, entry, by, reason, why, trial, checkTrial, letters }) =>
      log.write(({ nowMs, touch }) => {
        const proposal = of(review);
        if (proposal?.status !== "open" || proposal.hash !== hash) return "decided";
        if (writer.current(entry.kind, entry.name) !== proposal.baseVersion) return "changed";
        if (trials.isOpen(entry.kind, entry.name)) return "on_trial";
        if (trial) checkTrial();
        if (closeReview.run(reason || null, by, nowMs, review).changes === 0) return "decided";
        const written = { origin: "proposal", by, why: why ?? proposal.why } as const;
        const isOnTrial = trial?.isJudged === true;
        const version =
          entry.body === null
            ? writer.remove(entry.kind, entry.name, nowMs)
            : isOnTrial
              ? writer.add(entry, written, nowMs)
              : writer.insert(entry, written, nowMs);
        if (trial) trials.insert({ ...trial, ...entry, by, version, proposal }, nowMs);
        closeProposal.run({ hash, review, version });
        if (entry.kind === "tool" && entry.body !== null && !isOnTrial) toolStates.validated(entry.name, nowMs);
        const tree = treeOf.get(review) as { id: number; uid: string };
        for (const { to, body } of letters(version)) if (mail.send(to, body, nowMs)) touch(tree, to);
        return version;
      }),
  };
}

export function createProposalWriter(sqlite: Sqlite) {
  const configuration = createConfigurationWriter(sqlite);
  const insert = sqlite.prepare(`
    INSERT INTO proposals (review_id, kind, name, base_version, body, hash, why, status, proposed_by, created_at_ms)
    SELECT id, @kind, @name, @base, @body, @hash, @why, 'open', @by, @now
    FROM reviews WHERE uid = @review AND NOT EXISTS (SELECT 1 FROM proposals WHERE review_id = reviews.id)`);
  return {
    /** Inserts at most one proposal per review, because a call can be handled more than once. */
    insert({ review, kind, name, body, why }: NewProposal, by: string, nowMs: number): void {
      const base = kind === "code" ? null : configuration.current(kind, name);
      const hash = hashOfBody(body);
      insert.run({ review, kind, name, base, why, by, body: JSON.stringify(body), hash, now: nowMs });
    },
  };
}
