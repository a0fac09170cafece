/**
 * Carries an approved change over to a release that came first: puts it on that release, and lets the gates judge it
 * again. The launcher decides, from its own files, whether the result is still what a person approved.
 */
import { join } from "node:path";
import { GitError, runGit } from "@/lib/git/run";
import { WorkspaceError } from "@/lib/workspace/path";
import { carriedIn } from "./change";
import { failedIn, judgedIn, type ProposedCode, patchOf, type Sources } from "./changes";
import { newRun } from "./gate-runs";
import { commitSaying } from "./messages";
import type { SelfRepository } from "./repository";
import { runGates } from "./run-gates";

export type CarrySources = Omit<Sources, "snapshots">;

export interface Approved {
  /** The proposal that a person approved, as it is now. */
  body: ProposedCode;
  /** The commit of it that the launcher dropped for another release. */
  from: string;
  approvedBy: string;
}

/**
 * Resolves with the proposal on the release that runs, or with why it cannot be carried over, as sentences; null while
 * today's gate runs are used up. Rejects when the gates could not be run, or with the signal's reason.
 */
export async function carryOver(
  sources: CarrySources,
  { body, from, approvedBy }: Approved,
  given: AbortSignal,
): Promise<ProposedCode | string | null> {
  const { repository, program, limit, dataDir, isFirstEnough } = sources;
  const { gitDir } = repository;
  const dir = join(dataDir, "self");
  return sources.power.whileOn(given, async (signal) => {
    try {
      limit.refuseWhenUsed();
    } catch {
      return null;
    }
    const merged = await carriedIn({ repository, commit: from, dir: join(dir, "tmp"), signal }).catch((error) =>
      sentenceOf(error, signal),
    );
    if (typeof merged === "string") return merged;
    const commit = await commitSaying(gitDir, merged, await messageFrom(gitDir, from));
    const change = { ...merged, commit };
    const evidence = newRun(dataDir, commit, false);
    const places = { gitDir, program, dir, base: change.base, head: commit, evidence };
    const { begin, giveBack } = limit;
    const part = { quick: false, first: isFirstEnough() };
    const report = await runGates({ ...places, ...part, signal, onLine: () => {}, begin, giveBack });
    if (report.outcome !== "passed") return `The gates did not pass it on the release that runs (${failedIn(report)}).`;
    const patch = await patchOf(repository, change, signal);
    const branch = await branchOn(repository, body.branch, change);
    const { title, expects } = body;
    const carried = { from, approved_by: approvedBy };
    return { ...change, ...judgedIn(change, report), branch, patch, title, expects, carried };
  });
}

/** Returns why it does not fit; other errors, such as git's own or the end of this process, are thrown on. */
function sentenceOf(error: unknown, { aborted }: AbortSignal): string {
  if (aborted || error instanceof GitError || !(error instanceof WorkspaceError)) throw error;
  return error.message;
}

async function messageFrom(gitDir: string, from: string): Promise<string> {
  const before = await runGit(["show", "-s", "--no-notes", "--format=%B", from], { gitDir });
  return `${before.trim()}\nCarried-over-from: ${from}\n`;
}

/** Names a branch after the release to which its change was carried over. */
const ON = /-on-[0-9a-f]{12}$/;

/** Returns the branch of the carried change. Like others it is made once, and a kill may have made it already. */
async function branchOn(
  { gitDir }: SelfRepository,
  former: string,
  { base, commit }: { base: string; commit: string },
): Promise<string> {
  const branch = `${former.replace(ON, "")}-on-${base.slice(0, 12)}`;
  const there = await runGit(["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`], { gitDir });
  if (there.trim() !== commit) await runGit(["update-ref", `refs/heads/${branch}`, commit, "0".repeat(40)], { gitDir });
  return branch;
}
