/** Proposed changes of Banyan's own code: checks them, keeps what the gates said, and names each proposal's branch. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, GatesReport, PackageChange } from "@/core/shapes/improving/gates";
import { SELF_URL } from "@/core/shapes/improving/self";
import type { ExpectedEffect, ReviewedFile, ReviewedFlag, ReviewedGate } from "@/core/shapes/review";
import { runGit } from "@/lib/git/run";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { changeIn, type SelfChange } from "./change";
import { type CopyAccess, commitIn, fetchRelease, isCommitId } from "./copy";
import type { GateLimit } from "./gate-limit";
import { newRun } from "./gate-runs";
import type { ChangeWords } from "./messages";
import { type Approval, commitSaying, messageOf, noteApproval } from "./messages";
import { pullCommand, type SelfRepository } from "./repository";
import { isAsJudged, runGates } from "./run-gates";
import type { SelfSwitch } from "./switch";

/** The folder that a task works in, and what it was copied from. */
export interface SelfFolder {
  tree: string;
  task: string;
  path: string;
  hiddenPaths: readonly string[];
  /** As the tree's start recorded it; null: not a copy. */
  copiedFrom: string | null;
  /** The commit of `permanent` that the agent says it merged last. Absent: it merged none since the copy was made. */
  base?: string;
}

export interface CheckRun extends CopyAccess {
  quick: boolean;
  signal: AbortSignal;
  onLine(line: string): void;
}

interface CheckedChange {
  change: SelfChange;
  report: GatesReport;
  /** Whether the release that runs is another one than the folder is based on. Then the copy has it now. */
  hasMoved: boolean;
}

/** A proposal's content: what a person approves, and what approval compares again. */
export interface ProposedChange extends Pick<SelfChange, "commit" | "tree" | "base"> {
  files: ReviewedFile[];
  branch: string;
  /** The unified diff. */
  patch: string;
  gates: { outcome: GatesReport["outcome"]; digest: string; evidence: string; results: ReviewedGate[] };
  flags: ReviewedFlag[];
  /** Absent in what was proposed before packages were listed. */
  packages?: PackageChange[];
}

export interface ProposedCode extends ProposedChange {
  title: string;
  expects: ExpectedEffect;
  /** Of an approved change that was carried over to a release that came first: the commit that was approved, and by whom. */
  carried?: { from: string; approved_by: string };
  /** Why an approved change could not be carried over, as sentences. */
  not_carried?: string;
}

export interface SelfChanges {
  /**
   * Runs the gates on what the folder contains, and brings a new release into it as `origin/permanent`. Rejects with a
   * `WorkspaceError` with one sentence for the agent.
   */
  check(folder: SelfFolder, run: CheckRun): Promise<CheckedChange>;
  /** Returns what is proposed, on a branch of its own. The folder must be as the gates have passed it. */
  propose(folder: SelfFolder, words: ChangeWords, signal: AbortSignal): Promise<ProposedChange>;
  /** Moves the source to the release of this process, if anybody has asked for it yet. */
  refresh(): Promise<void>;
  /** Returns the command with which a person takes the change into a checkout. */
  pullOf(proposed: Pick<ProposedChange, "branch">): string;
  /** Writes down at its commit who approved a change, for whoever reads the history with git. */
  noteApproval(commit: string, approval: Approval): Promise<void>;
  /** Returns why this exact change can no longer be approved, as a sentence, or null. */
  problemOf(proposed: ProposedChange): Promise<string | null>;
}

/** A change that does not get through in three is not what the release needs. */
const MOST_TRIES = 3;
const MOST_PATCH_BYTES = 4 * 1024 * 1024;

export interface Sources {
  dataDir: string;
  program: string;
  repository: SelfRepository;
  snapshots: SnapshotStore;
  power: Pick<SelfSwitch, "refuseWhileOff" | "whileOn">;
  limit: Pick<GateLimit, "refuseWhenUsed" | "begin" | "giveBack">;
  /** Whether a launcher runs what the first part of the gates leaves, while the release is on trial. */
  isFirstEnough(): boolean;
}

export function createSelfChanges(sources: Sources): SelfChanges {
  const dir = join(sources.dataDir, "self");
  const { repository, program } = sources;
  return {
    check: (folder, { quick, signal: given, onLine, ...access }) =>
      sources.power.whileOn(given, async (signal) => {
        if (!quick) sources.limit.refuseWhenUsed();
        const from = await startOf(repository, folder);
        const hasMoved = (await repository.permanent()) !== from;
        if (hasMoved)
          await fetchRelease(repository, { root: folder.path, hiddenPaths: [...folder.hiddenPaths] }, access, signal);
        const change = await changeOf(sources, folder, signal);
        const evidence = newRun(sources.dataDir, change.commit, quick);
        const { gitDir } = repository;
        const places = { gitDir, program, dir, base: change.base, head: change.commit, evidence };
        const report = await runGates({
          ...places,
          quick,
          first: !quick && sources.isFirstEnough(),
          signal,
          onLine,
          ...(!quick && { begin: sources.limit.begin, giveBack: sources.limit.giveBack }),
        });
        if (!quick) keepCheck(dir, change.commit, report);
        return { change, report, hasMoved };
      }),
    async propose(folder, words, signal) {
      sources.power.refuseWhileOff();
      const checked = await changeOf(sources, folder, signal);
      const report = passedCheck(dir, checked.commit);
      const commit = await commitSaying(repository.gitDir, checked, messageOf(words, folder.task));
      const change = { ...checked, commit };
      const branch = await branchFor(repository, folder.task, change.commit);
      const patch = await patchOf(repository, change, signal);
      return { ...change, ...judgedIn(change, report), branch, patch };
    },
    async refresh() {
      if (repository.exists()) await repository.permanent();
    },
    pullOf: ({ branch }) => pullCommand(repository.gitDir, branch),
    // The approval stands also where the note cannot be written: the database has it.
    noteApproval: (commit, approval) => noteApproval(repository.gitDir, commit, approval).catch(() => undefined),
    async problemOf({ branch, commit, tree, base, gates }) {
      const { gitDir } = repository;
      const ask = async (revision: string) =>
        (await runGit(["rev-parse", "--verify", "--quiet", revision], { gitDir }).catch(() => "")).trim();
      if ((await ask(`refs/heads/${branch}`)) !== commit || (await ask(`${commit}^{tree}`)) !== tree)
        return `The branch ${branch} is no longer what was proposed`;
      if (!isAsJudged(gates.evidence, gates.digest)) return "What the gates saw is no longer there, or was changed";
      if ((await repository.permanent()) !== base) return "Banyan has changed since this was checked";
      return null;
    },
  };
}

export function patchOf(
  { gitDir }: SelfRepository,
  { base, commit }: Pick<SelfChange, "base" | "commit">,
  signal: AbortSignal,
): Promise<string> {
  const args = ["diff", "--no-renames", "--no-ext-diff", "--no-textconv", base, commit];
  return runGit(args, { gitDir, maxOutputBytes: MOST_PATCH_BYTES, signal });
}

async function changeOf(
  { repository, snapshots, dataDir }: Sources,
  folder: SelfFolder,
  signal: AbortSignal,
): Promise<SelfChange> {
  const from = await startOf(repository, folder);
  const { tree, path, hiddenPaths } = folder;
  const label = `self-${randomBytes(6).toString("hex")}`;
  const taken = await snapshots.take({ tree, folder: path, label, previous: null, hiddenPaths, signal });
  const unread = [...taken.skipped.map((file) => file.path), ...taken.torn][0];
  if (unread !== undefined)
    throw new WorkspaceError(
      `${JSON.stringify(unread)} could not be read: remove it, or wait until nothing writes it.`,
    );
  const dir = join(dataDir, "self", "tmp");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return changeIn(snapshots, { repository, from, snapshot: taken.commit, dir, signal });
}

/** Returns the commit of `permanent` that the folder's content is based on. */
async function startOf(repository: SelfRepository, { copiedFrom, base }: SelfFolder): Promise<string> {
  const copied = commitIn(copiedFrom);
  if (copied === null)
    throw new WorkspaceError(
      `Only a copy of Banyan's own source can be proposed: start the task with the repository ${SELF_URL}.`,
    );
  if (base === undefined) return copied;
  if (isCommitId(base) && (await repository.hasReleased(base))) return base;
  throw new WorkspaceError(
    `${JSON.stringify(base.slice(0, 60))} is no commit of origin/permanent: give as base the full id of the one that you merged last, or leave it out.`,
  );
}

function keepCheck(dir: string, commit: string, report: GatesReport): void {
  const folder = join(dir, "checks");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${commit}.json`);
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(report));
  renameSync(`${file}.${process.pid}`, file);
}

function passedCheck(dir: string, commit: string): GatesReport {
  const file = join(dir, "checks", `${commit}.json`);
  if (!existsSync(file))
    throw new WorkspaceError(
      "This content has not been checked: call check_change first, and change nothing after it.",
    );
  const report = JSON.parse(readFileSync(file, "utf8")) as GatesReport;
  if (report.outcome === "passed") return report;
  throw new WorkspaceError(
    `The gates did not pass this content (${failedIn(report)}): mend it, and call check_change again.`,
  );
}

/** Returns the names of the gates for which a report is not "passed". */
export function failedIn({ gates }: GatesReport): string {
  const failed = gates.filter(
    ({ outcome, required }) => outcome === "failed" || (outcome === "not_measured" && required),
  );
  return failed.map(({ gate }) => gate).join(", ");
}

/** Returns the change's files and what the gates said, as a person decides about them. */
export function judgedIn(
  { files }: SelfChange,
  report: GatesReport,
): Pick<ProposedChange, "files" | "gates" | "flags" | "packages"> {
  const { outcome, digest, evidence, gates, test_side: tests } = report;
  const results = gates.map(({ gate, outcome: own, required, summary, seconds, findings, later }): ReviewedGate => {
    const count = (wanted: Finding["kind"]) => findings.filter(({ kind }) => kind === wanted).length;
    const counts = { flags: count("flag"), faults: count("fault") };
    return { gate, outcome: own, required, summary, seconds, ...counts, ...(later && { later }) };
  });
  const flags = gates.flatMap(({ gate, findings }) =>
    findings
      .filter(({ kind }) => kind === "flag")
      .map(({ path, line, text, package: changed }): ReviewedFlag => {
        return { gate, path, line, text, ...(changed && { package: changed.name }) };
      }),
  );
  return {
    files: files.map((file) => ({ ...file, side: tests.includes(file.path) ? "tests" : "source" })),
    gates: { outcome, digest, evidence, results },
    flags,
    packages: gates.flatMap(({ findings }) => findings.flatMap((finding) => finding.package ?? [])),
  };
}

/** Returns the branch of a change. It is made once and never moved: each new content is another try. */
async function branchFor({ gitDir }: SelfRepository, task: string, commit: string): Promise<string> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
    const branch = `self/${task}/${attempt}`;
    const there = await runGit(["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`], { gitDir });
    if (there.trim() === commit) return branch;
    if (there.trim() !== "") continue;
    await runGit(["update-ref", `refs/heads/${branch}`, commit, "0".repeat(40)], { gitDir });
    return branch;
  }
  throw new WorkspaceError(
    `This task has proposed ${MOST_TRIES} changes, which is the most: end it, and say in the result what is left.`,
  );
}
