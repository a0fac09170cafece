/** Does what the rules of a project say of its pull requests: labels, reviewers, and merging. */
import { oneLine } from "@/core/forges/material";
import { type MergeRule, missingFor, type PullState } from "@/core/forges/rules";
import type { StoredIssue } from "@/db/forges/stored";
import { type ForgeChecks, type ForgeComment, ForgeError, type ForgePull } from "@/lib/forges/port";
import { compileGlobs } from "@/lib/workspace/glob";
import type { Part } from "./parts";
import { judgesAmong } from "./pull";
import { keyOf, say } from "./say";
import type { Look } from "./sources";

/** Gives a pull request its labels, and asks its reviewers, once. A fault of a rule does not hold back the change. */
export async function labelAndAsk(
  look: Look,
  issue: StoredIssue,
  { pull, paths }: { pull: number; paths: readonly string[] },
): Promise<void> {
  const { store, port, login, rules } = look;
  const changed = inTree(look, paths);
  const touches = ({ paths: patterns }: { paths: string[] }) => changed.some(compileGlobs(patterns));
  const labels = rules.labels.filter(touches).map(({ label }) => label);
  const reviewers = new Set(rules.reviews.filter(touches).flatMap(({ logins }) => logins));
  // A forge refuses the author as a reviewer.
  reviewers.delete(login);
  const once = async (what: string, names: readonly string[], act: () => Promise<void>) => {
    if (names.length === 0 || store.forges.hasComment(issue.id, keyOf(issue, what))) return;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ForgeError) || error.kind === "limited" || error.kind === "away") throw error;
      const text = `The project's rules name ${what} that ${look.link.host} does not take: ${oneLine(error.message, 300)}`;
      await say(look, { ...issue, pull }, { key: `${what} refused`, text });
    }
    await store.forges.commented(issue.id, keyOf(issue, what));
  };
  await once("labels", labels, () => port.labelPull(pull, labels));
  await once("reviewers", [...reviewers], () => port.askReviewers(pull, [...reviewers]));
}

/** What a look has read of an open pull request. */
export interface SeenPull {
  pull: ForgePull;
  checks: ForgeChecks;
  reviews: readonly ForgeComment[];
  /** Whether this account may write to the repository. */
  mayWrite(login: string): Promise<boolean>;
}

/** Stands before the commit and the rule in what an issue has seen, while Banyan merges its pull request. */
const MERGING = "merging ";

/** A part whose pull request is open, with what a look has read of it. */
export interface OpenPart extends Part {
  seen: SeenPull;
}

/** The rule that is nearest to merging a pull request, with what it still waits for. */
interface Nearest {
  rule: MergeRule;
  missing: string[];
}

/**
 * Merges by the project's rules; else keeps what the nearest rule still waits for. A change of several repositories is merged
 * by rules only as a whole: once all its pull requests may be, one after the other, each after those that it needs.
 */
export async function mergeByRule(open: readonly OpenPart[]): Promise<void> {
  const judged: { part: OpenPart; nearest: Nearest | null }[] = [];
  for (const part of open) judged.push({ part, nearest: await nearestRule(part) });
  const left = judged.find(({ nearest }) => nearest === null);
  const waiting = judged.find(({ nearest }) => nearest !== null && nearest.missing.length > 0);
  if (left === undefined && waiting === undefined) {
    const names = new Set(open.map(({ look }) => look.beside?.folder));
    const next = judged.find(({ part }) => !part.needs.some((folder) => names.has(folder)));
    if (next?.nearest) await merge(next.part, next.nearest.rule);
    return;
  }
  for (const { part, nearest } of judged) await keep(part, whyNot(part, nearest, left?.part ?? waiting?.part));
}

/** Says why a pull request is not merged by its rule; null: no rule is about it. `other`: the one that holds back the others. */
function whyNot({ issue }: OpenPart, nearest: Nearest | null, other: OpenPart | undefined): string | null {
  if (nearest === null) return issue.why;
  if (nearest.missing.length > 0) return `Its rule merges it after: ${nearest.missing.join("; ")}.`;
  return `Its rule would merge it, and waits for the change of ${other?.look.beside?.folder ?? "another repository"}.`;
}

/** Resolves with null when no rule fits all files that are changed. */
async function nearestRule({ look, issue, seen }: OpenPart): Promise<Nearest | null> {
  const paths = issue.measured?.paths ?? null;
  if (paths === null) return null;
  const changed = inTree(look, paths);
  const fitting = look.rules.merges.filter((rule) => changed.every(compileGlobs(rule.paths)));
  if (fitting.length === 0) return null;
  const state = await stateOf(look, issue, { ...seen, paths });
  const waiting = fitting.map((rule) => ({ rule, missing: missingFor(rule, state) }));
  return waiting.reduce((least, one) => (one.missing.length < least.missing.length ? one : least));
}

/** Rules name paths as they are in the tree: of several repositories each in its folder. */
function inTree({ beside }: Look, paths: readonly string[]): readonly string[] {
  return beside === null ? paths : paths.map((path) => `${beside.folder}/${path}`);
}

async function merge({ look, issue, seen: { pull } }: OpenPart, { line }: MergeRule): Promise<void> {
  const { number, head } = pull;
  // Kept before, so that a kill or a lost answer after the merge does not lose by what it was merged.
  const mark = `${MERGING}${head} ${line}`;
  if (!issue.seen.includes(mark)) await look.store.forges.change(issue, { seen: [...withoutMerge(issue.seen), mark] });
  try {
    await look.port.mergePull(number, head);
  } catch (error) {
    // Such as a protected branch. The next look tries again, and reads first whether it was merged.
    if (!(error instanceof ForgeError) || error.kind !== "refused") throw error;
    const refused = { seen: withoutMerge(issue.seen), why: `Its rule would merge it, but: ${error.message}` };
    await look.store.forges.change(issue, refused);
    return;
  }
  // The next look finds it merged, as after a merge by a person.
  await look.store.forges.makeDue(look.link.id, look.now());
}

/** Says of a merged pull request by which rule Banyan has merged it, if it has. */
export async function sayMerged(look: Look, issue: StoredIssue, { head }: ForgePull): Promise<void> {
  const beginning = `${MERGING}${head} `;
  const line = issue.seen.find((one) => one.startsWith(beginning))?.slice(beginning.length);
  if (line === undefined) return;
  const text = `Merged by the project's rule \`${oneLine(line, 200).replaceAll("`", "ˋ")}\`.`;
  try {
    await say(look, issue, { key: `merged by rule ${head}`, text });
  } catch (error) {
    // Such as a conversation that is locked with the merge: the issue is settled without these words.
    if (!(error instanceof ForgeError) || (error.kind !== "refused" && error.kind !== "missing")) throw error;
  }
}

/** Returns what an issue has seen without a merge that Banyan no longer tries. */
export function withoutMerge(seen: readonly string[]): string[] {
  return seen.filter((one) => !one.startsWith(MERGING));
}

/**
 * Returns how many comments and reviews the tree of an issue has been given. It grows with each round, so it tells what is
 * said of one round from what is said of the next.
 */
export function givenTo({ store }: Pick<Look, "store">, issue: StoredIssue): number {
  return [issue, ...store.forges.pulls(issue.id)].flatMap(({ seen }) => withoutMerge(seen)).length;
}

/** Keeps what holds back the merge. */
async function keep({ look: { store }, issue }: OpenPart, why: string | null): Promise<void> {
  const seen = withoutMerge(issue.seen);
  if (issue.why !== why || seen.length !== issue.seen.length) await store.forges.change(issue, { why, seen });
}

async function stateOf(
  { queries, login }: Look,
  issue: StoredIssue,
  { pull, checks, reviews, mayWrite, paths }: SeenPull & { paths: readonly string[] },
): Promise<PullState> {
  const newest = new Map<string, ForgeComment>();
  for (const review of reviews) if (review.verdict !== null) newest.set(review.author, review);
  let approvals = 0;
  let isRefused = false;
  for (const [author, review] of newest) {
    if (author === login || !(await mayWrite(author))) continue;
    // A forge that does not say which commit a review is about does not say either which of two reviews is the newer one.
    const isAsking = reviews.some((one) => one.author === author && one.verdict === "changes" && one.reviewed === null);
    if (review.verdict === "changes" || isAsking) isRefused = true;
    else if (isOfHead(issue, pull, review)) approvals += 1;
  }
  const measured = issue.measured?.head === pull.head ? issue.measured : null;
  const goal = measured?.isAsInTree ? await queries.getGoal(issue.tree) : null;
  return {
    against: standsAgainst(issue, pull, isRefused),
    approvals,
    checks: checks.state,
    check: goal?.validation?.met ?? null,
    gates: measured?.gates ?? [],
    judges: judgesAmong(paths),
  };
}

function standsAgainst({ head }: StoredIssue, pull: ForgePull, isRefused: boolean): string | null {
  if (isRefused) return "a review that asks for changes is settled";
  if (pull.head !== head) return "a person looks, because somebody else pushed to its branch";
  if (pull.hasConflict === true) return "its conflict with the base is settled";
  return pull.hasConflict === null ? "the forge says whether it can be merged" : null;
}

/** A review of an older commit approves nothing. Where the forge does not say, only a branch that never changed counts. */
function isOfHead({ rounds }: StoredIssue, { head }: ForgePull, { reviewed }: ForgeComment): boolean {
  return reviewed === null ? rounds === 0 : reviewed === head;
}
