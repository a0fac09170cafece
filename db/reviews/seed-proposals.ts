/**
 * Proposals of the seeds that a release by agents changes. No task makes them: the release does, once it is permanent.
 * Each stands in the tree of the change of code whose approval did not approve it as configuration.
 */
import { idOf } from "@/core/ids";
import type { ReviewFacts, SeedOrigin } from "@/core/log/terms";
import { type ConfigKind, createConfigurationWriter } from "@/db/configuration/configuration";
import { createProposalWriter, hashOfBody } from "@/db/configuration/proposals";
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import type { TaskKey } from "@/db/records/records";
import { createReviewWriter } from "./reviews";

/** The approved change of code that a seed's change is part of. */
interface SeedChange {
  item: string;
  title: string;
  why: string;
  tainted: boolean;
}

export interface SeedProposal {
  kind: ConfigKind;
  name: string;
  /** null: the entry is to be removed. */
  body: unknown;
  title: string;
  why: string;
  seed: SeedOrigin;
  tainted: boolean;
}

export interface SeedProposals {
  /** Returns the newest approved change of code that names the file, without these items; null: none is left. */
  seedChange(file: string, without: readonly string[]): SeedChange | null;
  /**
   * Opens those that have never been proposed, and withdraws open ones that are not among them. One that was withdrawn, or
   * was made from a version that is no longer live, is proposed again. Resolves with the items of those that are open now.
   */
  proposeSeeds(wanted: readonly SeedProposal[]): Promise<string[]>;
}

const IGNORED = "The installed version stays.";

export function createSeedProposals(sqlite: Sqlite, log: Writes): SeedProposals {
  const context = {
    run: seedStatements(sqlite),
    reviews: createReviewWriter(sqlite),
    proposals: createProposalWriter(sqlite),
    configuration: createConfigurationWriter(sqlite),
  };
  return {
    seedChange: (file, without) => {
      const found = context.run.change.get({ file, without: JSON.stringify(without) });
      if (found === undefined) return null;
      const { facts, ...change } = found as Omit<SeedChange, "tainted"> & { facts: string | null };
      return { ...change, tainted: (JSON.parse(facts ?? "{}") as ReviewFacts).tainted === true };
    },
    proposeSeeds: (wanted) => log.write((write) => proposeSeeds(context, wanted, write)),
  };
}

type SeedContext = {
  run: ReturnType<typeof seedStatements>;
  reviews: ReturnType<typeof createReviewWriter>;
  proposals: ReturnType<typeof createProposalWriter>;
  configuration: ReturnType<typeof createConfigurationWriter>;
};

function seedStatements(sqlite: Sqlite) {
  return {
    change: sqlite.prepare(`
      SELECT review.uid AS item, body ->> '$.title' AS title, proposal.why, review.facts
      FROM proposals proposal JOIN reviews review ON review.id = proposal.review_id
      WHERE proposal.kind = 'code' AND proposal.status = 'approved'
        AND review.uid NOT IN (SELECT value FROM json_each(@without))
        AND EXISTS (SELECT 1 FROM json_each(proposal.body, '$.files') file WHERE file.value ->> 'path' = @file)
      ORDER BY proposal.id DESC LIMIT 1`),
    task: sqlite.prepare(`
      SELECT task.id, task.uid, tree.id AS treeId, tree.uid AS treeUid, NULL AS parentId, task.agent,
        proposal.proposed_by AS by
      FROM reviews review JOIN tasks task ON task.id = review.task_id JOIN trees tree ON tree.id = review.tree_id
        JOIN proposals proposal ON proposal.review_id = review.id WHERE review.uid = ?`),
    made: sqlite.prepare(`
      SELECT review.status, proposal.base_version AS base FROM reviews review
      JOIN proposals proposal ON proposal.review_id = review.id WHERE review.uid = ?`),
    open: sqlite
      .prepare("SELECT uid FROM reviews WHERE status = 'open' AND kind = 'proposal' AND facts ->> '$.seed' IS NOT NULL")
      .pluck(),
    withdrawReview: sqlite.prepare(
      "UPDATE reviews SET status = 'withdrawn', decided_at_ms = @nowMs WHERE uid = @uid AND status = 'open'",
    ),
    withdrawProposal: sqlite.prepare(
      "UPDATE proposals SET status = 'withdrawn' WHERE review_id = (SELECT id FROM reviews WHERE uid = ?)",
    ),
  };
}

type Origin = TaskKey & { agent: string; by: string };

function proposeSeeds(context: SeedContext, wanted: readonly SeedProposal[], write: WriteContext): string[] {
  const kept = new Set(wanted.flatMap((proposal) => proposeSeed(context, proposal, write) ?? []));
  for (const uid of context.run.open.all() as string[]) if (!kept.has(uid)) withdraw(context, uid, write);
  return [...kept];
}

/** Returns the item in which the seed's change is open; null: it is decided, or its change of code is gone. */
function proposeSeed(context: SeedContext, proposal: SeedProposal, write: WriteContext): string | null {
  const { run, configuration } = context;
  const { kind, name, body, seed } = proposal;
  const origin = run.task.get(seed.item) as Origin | undefined;
  if (!origin) return null;
  for (let turn = 0; ; turn += 1) {
    // The same change has the same id, so that a second start, or one after a kill, finds what the first has made.
    const uid = idOf(seed.item, { turn, id: `${kind} ${name}` }, hashOfBody(body));
    const made = run.made.get(uid) as { status: string; base: number | null } | undefined;
    if (!made) {
      open(context, uid, proposal, origin, write);
      return uid;
    }
    if (made.status === "open" && made.base === configuration.current(kind, name)) return uid;
    if (made.status === "open") withdraw(context, uid, write);
    else if (made.status !== "withdrawn") return null;
  }
}

function open(
  { reviews, proposals }: SeedContext,
  uid: string,
  { kind, name, body, title, why, seed, tainted }: SeedProposal,
  origin: Origin,
  { nowMs, touch }: WriteContext,
): void {
  const facts: ReviewFacts = { seed, ...(tainted && { tainted }) };
  const asked = { addressee: null, kind: "proposal", evidence: null, ifIgnored: IGNORED } as const;
  const weight = { blastRadius: 4, uncertainty: 4 };
  reviews.open(origin, origin.agent, { uid, title, detail: why, facts, ...asked, ...weight }, 0, nowMs);
  proposals.insert({ review: uid, kind, name, body, why }, origin.by, nowMs);
  touch({ id: origin.treeId, uid: origin.treeUid }, origin.uid);
}

function withdraw({ run }: SeedContext, uid: string, { nowMs, touch }: WriteContext): void {
  const origin = run.task.get(uid) as Origin;
  run.withdrawReview.run({ uid, nowMs });
  run.withdrawProposal.run(uid);
  touch({ id: origin.treeId, uid: origin.treeUid }, origin.uid);
}
