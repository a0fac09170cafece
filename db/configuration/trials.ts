/**
 * Trials of new versions of agents, documents, tools and runbooks. New trees use the candidate and the live version in
 * turn; core/rules/trial.ts decides by their results. Each method is one transaction, so a killed process leaves either
 * a running trial or an ended one.
 */
import { createHash } from "node:crypto";
import type { LetterBody } from "@/core/facts";
import type { PinnedVersion } from "@/core/log/versions";
import {
  sideOf,
  TRIAL_DAYS,
  type TrialMetric,
  type TrialOdds,
  type TrialSides,
  type TrialTree,
} from "@/core/rules/trial";
import type { Trial as ShownTrial } from "@/core/shapes/improving/trials";
import { createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { createMail } from "@/db/records/mail";
import { type ConfigEntry, type ConfigKind, createConfigurationWriter } from "./configuration";
import type { Proposal } from "./proposal";
import { createToolStateWriter } from "./tool-states";
import { trialStatements, trialWriterStatements } from "./trial-statements";

export type TrialOutcome = NonNullable<ShownTrial["outcome"]>;

/** The phase of a trial's replays; see the schema. */
type ReplayPhase = "choosing" | "chosen" | "done" | "off" | "judges" | "none";

export interface Trial {
  id: number;
  uid: string;
  kind: ConfigKind;
  name: string;
  baseVersion: number;
  version: number;
  metric: TrialMetric;
  /** Public ids of the proposal's item and of its task. */
  review: string;
  task: string;
  proposedBy: string;
  approvedBy: string;
  status: "open" | "permanent" | "bad" | "stale";
  outcome: TrialOutcome | null;
  /** Both sides and the odds when it ended; null while it is open, and where nothing was counted. */
  figures: TrialFigures | null;
  replays: ReplayPhase | null;
  startedAtMs: number;
  endsAtMs: number;
  endedBy: string | null;
  endedAtMs: number | null;
}

interface TrialFigures {
  sides: TrialSides;
  odds: TrialOdds;
}

export interface NewTrial {
  uid: string;
  /** SHA-256 of the body as it was proposed, or as a person edited it. */
  hash: string;
  metric: TrialMetric;
  /** false: without a language model nothing is judged, so the version is live at once and marked as unjudged. */
  isJudged: boolean;
  /** null for one that is not judged. */
  replays: "choosing" | "off" | "judges" | null;
}

/** The version of an entry that a new tree uses, because the entry is on trial. */
export interface TreeTrial extends PinnedVersion {
  trial: number;
  side: "live" | "candidate";
}

/** How a trial ends. */
export interface TrialEnding {
  status: "permanent" | "bad";
  outcome: TrialOutcome;
  figures: TrialFigures;
  by: string;
  /** Whether a person ended it: their command leaves its own row in the audit. */
  isAudited: boolean;
  /** To the proposing task, if it is still open. */
  letter: LetterBody;
}

export interface Trials {
  /** Returns the open trials, oldest first. */
  open(): Trial[];
  /** Returns all trials, newest first. */
  all(): Trial[];
  get(uid: string): Trial | null;
  /** Returns the public ids that begin with the prefix. */
  like(prefix: string): string[];
  /** Returns the trials of an entry, newest first. */
  ofEntry(kind: ConfigKind, name: string): Trial[];
  ofReview(review: string): Trial | null;
  /** Returns the version of each entry on trial that the new tree uses: the one that fewer trees have used so far. */
  forNewTree(treeUid: string): TreeTrial[];
  /** Returns the ended trees that used the entry, in the order in which they count. */
  treesOf(trial: Trial): { live: TrialTree[]; candidate: TrialTree[] };
  /** Returns the numbers of trees that have got each version, also of those that still run or do not count. */
  assigned(trial: Trial): { live: number; candidate: number };
  /** Makes the version live, or leaves the live one. Resolves with false when the trial had already ended. */
  end(trial: Trial, ending: TrialEnding): Promise<boolean>;
}

interface TrialsContext {
  run: ReturnType<typeof trialStatements>;
  writer: ReturnType<typeof createConfigurationWriter>;
  toolStates: ReturnType<typeof createToolStateWriter>;
  mail: ReturnType<typeof createMail>;
  audit: ReturnType<typeof createAuditWriter>;
}

export function createTrials(sqlite: Sqlite, log: Writes): Trials {
  const context: TrialsContext = {
    run: trialStatements(sqlite),
    writer: createConfigurationWriter(sqlite),
    toolStates: createToolStateWriter(sqlite),
    mail: createMail(sqlite),
    audit: createAuditWriter(sqlite),
  };
  const { run } = context;
  return {
    open: () => read(run.open.all()),
    all: () => read(run.all.all()),
    get: (uid) => read(run.get.all(uid))[0] ?? null,
    like: (prefix) => run.like.all(`${prefix.replace(/[^A-Za-z0-9_-]/g, "")}*`) as string[],
    ofEntry: (kind, name) => read(run.ofEntry.all({ kind, name })),
    ofReview: (review) => read(run.ofReview.all({ review }))[0] ?? null,
    forNewTree: (treeUid) =>
      read(run.open.all())
        .filter(isAlternating)
        .map((trial) => treeTrial(context, trial, treeUid)),
    treesOf: (trial) => treesOf(context, trial),
    assigned: (trial) => assigned(context, trial),
    end: (trial, ending) =>
      log.write(({ nowMs, touch }) => {
        const { id, kind, name, version, task } = trial;
        const { status, outcome, figures, by, letter } = ending;
        const isEnded = run.end.run({ id, status, outcome, by, nowMs, figures: JSON.stringify(figures) }).changes > 0;
        if (!isEnded) return false;
        if (status === "permanent") makeLive(context, trial, by, nowMs);
        if (!ending.isAudited) {
          const detail = JSON.stringify({ version, status, outcome });
          context.audit.insert(
            { actor: by, action: "trialEnded", subject: `${kind} ${name}`, tree: "", detail },
            nowMs,
          );
        }
        context.mail.deliver(task, letter, { nowMs, touch });
        return true;
      }),
  };
}

function makeLive({ run, writer, toolStates }: TrialsContext, trial: Trial, by: string, nowMs: number): void {
  const { kind, name, version } = trial;
  const body = JSON.parse(run.body.get(kind, name, version) as string) as { description: string };
  writer.makeLive({ kind, name, description: body.description, body }, { version, by }, nowMs);
  if (kind === "tool") toolStates.validated(name, nowMs);
}

/** Returns whether new trees use both versions in turn: the trial is open, and its replays are over. */
export function isAlternating({ status, replays }: Pick<Trial, "status" | "replays">): boolean {
  return status === "open" && replays !== "choosing" && replays !== "chosen";
}

function read(rows: unknown[]): Trial[] {
  return (rows as (Omit<Trial, "figures"> & { figures: string | null })[]).map((row) => ({
    ...row,
    figures: row.figures === null ? null : (JSON.parse(row.figures) as TrialFigures),
  }));
}

function treeTrial(context: TrialsContext, trial: Trial, treeUid: string): TreeTrial {
  const { id, uid, kind, name, baseVersion, version } = trial;
  const { live, candidate } = assigned(context, trial);
  // In each pair of trees, chance decides which version comes first: otherwise two alternating kinds of tasks would
  // each always get the same version.
  const isCandidateFirst = ((createHash("sha256").update(`${uid} ${treeUid}`).digest()[0] ?? 0) & 1) === 1;
  const isCandidate = candidate < live || (candidate === live && isCandidateFirst);
  return {
    trial: id,
    kind,
    name,
    version: isCandidate ? version : baseVersion,
    side: isCandidate ? "candidate" : "live",
  };
}

function assigned({ run }: TrialsContext, { id }: Trial): { live: number; candidate: number } {
  return run.assigned.get(id) as { live: number; candidate: number };
}

function treesOf({ run }: TrialsContext, trial: Trial): ReturnType<Trials["treesOf"]> {
  const { id, name, metric, endsAtMs } = trial;
  const rows = run.trees[trial.kind].all({
    id,
    name,
    endsAtMs,
    isByPerson: metric === "verdict" ? 0 : 1,
  }) as (TrialTree & {
    side: TreeTrial["side"];
  })[];
  const of = (wanted: TreeTrial["side"]) =>
    rows
      .filter(({ side }) => side === wanted)
      .map(({ status, reason, verdict, person, microUsd, tokens }): TrialTree => {
        return { status, reason, verdict, person, microUsd, tokens };
      });
  return { live: of("live"), candidate: of("candidate") };
}

/** Writes rows of trials in the caller's transaction. */
export function createTrialWriter(sqlite: Sqlite) {
  const run = trialWriterStatements(sqlite);
  return {
    isOpen: (kind: ConfigKind, name: string) => run.isOpen.get({ kind, name }) !== undefined,
    insert(
      trial: NewTrial & Pick<ConfigEntry, "kind" | "name"> & { by: string; version: number; proposal: Proposal },
      nowMs: number,
    ): void {
      const { uid, hash, metric, isJudged, replays, kind, name, by, version, proposal } = trial;
      const { baseVersion, review, task, proposedBy } = proposal;
      run.insert.run({
        uid,
        kind,
        name,
        baseVersion,
        version,
        hash,
        metric,
        review,
        task,
        proposedBy,
        by,
        nowMs,
        replays,
        status: isJudged ? "open" : "permanent",
        outcome: isJudged ? null : "unjudged",
        endedBy: isJudged ? null : by,
        endedAtMs: isJudged ? null : nowMs,
        endsAtMs: trialEndMs(nowMs),
      });
    },
    areOpen: (trials: readonly TreeTrial[]) => trials.every(({ trial }) => run.isOpenNow.get(trial) !== undefined),
    /** Notes which versions a new tree uses. */
    begin(treeId: number, trials: readonly TreeTrial[]): void {
      for (const { trial, side } of trials) run.insertTree.run({ trial, side, tree: treeId });
    },
  };
}

const DAY_MS = 24 * 3_600_000;

/** Returns when a trial whose new trees alternate from now on goes back without a result. */
export function trialEndMs(nowMs: number): number {
  return nowMs + TRIAL_DAYS * DAY_MS;
}

/** Returns both sides as they count. */
export function sidesOf(trees: ReturnType<Trials["treesOf"]>, metric: TrialMetric): TrialSides {
  return { live: sideOf(trees.live, metric), candidate: sideOf(trees.candidate, metric) };
}
