/** Writes the messages of commits in the source's repository, for people who read its history with git. */
import type { ExpectedEffect } from "@/core/shapes/review";
import { IDENTITY } from "@/lib/apply/merged";
import { runGit } from "@/lib/git/run";

/** What its agent says about a change. Its commit says the same. */
export interface ChangeWords {
  title: string;
  why: string;
  expects: ExpectedEffect;
}

/** The message of a proposed change: its title, its reason, the effect that it is judged by, and its task. */
export function messageOf({ title, why, expects }: ChangeWords, task: string): string {
  const { metric, direction, amount, measured } = expects;
  const effect = `Expected: ${metric} ${direction} by ${amount}; to measure: ${measured}`;
  const parts = [title.replace(/\s+/g, " "), why, effect, `Proposed-by-task: ${task}`];
  return `${parts.map((part) => plain(part).trim()).join("\n\n")}\n`;
}

/** Returns a commit of the same content with this message. The same message is the same commit. */
export async function commitSaying(
  gitDir: string,
  { commit, tree, base }: { commit: string; tree: string; base: string },
  message: string,
): Promise<string> {
  const moment = (await runGit(["show", "-s", "--format=%ct +0000", commit], { gitDir })).trim();
  const env = { ...IDENTITY, GIT_AUTHOR_DATE: moment, GIT_COMMITTER_DATE: moment };
  return (await runGit(["commit-tree", tree, "-p", base, "-m", message], { gitDir, env })).trim();
}

/**
 * Writes down at a commit who approved it and where, as a note that `git log` shows: the approval is for exactly this
 * commit, so its own message cannot say it.
 */
export async function noteApproval(gitDir: string, commit: string, approval: Approval): Promise<void> {
  const { item, by, reason } = approval;
  const text = [`Review-item: ${item}`, `Approved-by: ${by}`, reason && `Reason: ${reason.replace(/\s+/g, " ")}`];
  const note = plain(text.filter(Boolean).join("\n"));
  await runGit(["notes", "append", "-m", note, commit], { gitDir, env: IDENTITY });
}

export interface Approval {
  item: string;
  by: string;
  /** "" without one. */
  reason: string;
}

/** The message of the commit that unites a person's version with what agents have released. */
export async function mergeMessage(gitDir: string, persons: string, agents: string): Promise<string> {
  const [own = "", theirs = ""] = await Promise.all([persons, agents].map((authors) => subjectOf(gitDir, authors)));
  return `Merge “${own}” with “${theirs}”`;
}

async function subjectOf(gitDir: string, commit: string): Promise<string> {
  return (await runGit(["show", "-s", "--format=%s", commit], { gitDir })).trim();
}

/** Leaves out what a terminal obeys or hides: git prints a message as it is. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu, (character) =>
    character === "\n" || character === "\t" ? character : "",
  );
}
