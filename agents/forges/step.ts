/** The next step of an issue that became work. Every step can be repeated: it finds what the one before a kill has done. */
import { UserError } from "@/agents/application";
import { wordsFor } from "@/core/forges/request";
import { type GoOn, goOnWords, MOST_ROUNDS, mergedText, troubleText } from "@/core/forges/texts";
import type { Tree } from "@/core/shapes/shapes";
import { forgeWords } from "@/core/words/projects";
import type { StoredIssue } from "@/db/forges/forges";
import type { ForgeComment, ForgePull } from "@/lib/forges/port";
import { begin } from "./begin";
import { conflictKey, conflictsWithBase, isUndeliverable } from "./branch";
import { deliver } from "./deliver";
import { attemptOf } from "./requests";
import { mergeByRule, type SeenPull, sayMerged, withoutMerge } from "./ruled";
import { isOwn, say } from "./say";
import { type Look, pageOf } from "./sources";

export async function step(look: Look, issue: StoredIssue): Promise<void> {
  if (issue.state === "claimed") await begin(look, issue);
  if (issue.state === "working") await followTree(look, issue);
  if (issue.state === "open") await followPull(look, issue);
}

async function followTree(look: Look, issue: StoredIssue): Promise<void> {
  const { queries } = look;
  // The next look follows it.
  if (issue.words !== null) return goOn(look, issue, issue.words);
  const tree = await treeOf(look, issue.tree);
  if (tree === null) return fail(look, issue, "Its tree was deleted.");
  if (tree.ended_at === null) return askForHelp(look, issue);
  if (tree.status !== "succeeded") {
    const { result } = await queries.getTask(tree.root_task_id);
    return fail(look, issue, result ?? tree.headline);
  }
  try {
    await deliver(look, issue, await queries.getTree(issue.tree));
  } catch (error) {
    if (!isUndeliverable(error)) throw error;
    await fail(look, issue, error.message);
  }
}

async function treeOf({ store, queries }: Look, uid: string): Promise<Tree | null> {
  if (!store.queries.trees.treesLike(uid).includes(uid)) return null;
  return queries.getTree(uid, { tasks: "none" });
}

/** Gives the tree its words, unless it has them already. */
async function goOn(
  look: Look,
  issue: StoredIssue,
  { text, attempt }: { text: string; attempt: number },
): Promise<void> {
  const { store } = look;
  let tree = issue.tree;
  if (attemptOf(look, issue.tree) === attempt) {
    try {
      tree = (await look.goOn(issue.tree, text, look.maker)).tree_id;
    } catch (error) {
      if (!(error instanceof UserError) || error.kind === "unavailable") throw error;
      return fail(look, issue, error.message);
    }
  }
  await store.forges.change(issue, { words: null, tree });
}

/** Says on the issue what waits for a person, once for each item. */
async function askForHelp(look: Look, issue: StoredIssue): Promise<void> {
  const { items } = await look.queries.listReviews({ treeId: issue.tree, open: true, limit: 20 });
  for (const { id, act, title } of items)
    await say(look, issue, {
      key: `waits ${id}`,
      text: troubleText(`Waits for a person in Banyan: ${act}`, title, pageOf(look, issue.tree)),
    });
}

async function fail(look: Look, issue: StoredIssue, why: string): Promise<void> {
  const text = troubleText(
    "Banyan could not finish this. Write `/banyan` with what it should do differently, or go on by hand.",
    why,
    pageOf(look, issue.tree),
  );
  await say(look, issue, { key: `failed ${issue.seen.length} ${issue.rounds}`, text });
  await look.store.forges.change(issue, { state: "failed", why, words: null });
}

/** Follows a pull request until it is merged or closed. */
async function followPull(look: Look, issue: StoredIssue): Promise<void> {
  const { store, port } = look;
  if (issue.pull === null) return;
  const pull = await port.pull(issue.pull);
  if (pull.state !== "open") return settle(look, issue, pull);
  const seen = {
    pull,
    checks: await port.checks(pull.head, pull.number),
    reviews: await port.reviews(pull.number),
    mayWrite: remembered((login) => port.mayWrite(login)),
  };
  const found = await whatIsAsked(look, issue, seen);
  if (found === null) return mergeByRule(look, issue, seen);
  const rounds = found.isCommand ? 1 : issue.rounds + 1;
  const given = [...withoutMerge(issue.seen), ...found.ids];
  if (rounds > MOST_ROUNDS) {
    const why = `Reviews and checks have continued it ${MOST_ROUNDS} times already.`;
    const text = troubleText("A person has to go on here, or write `/banyan` with what is missing:", why, null);
    await say(look, issue, { key: `rounds ${issue.seen.length}`, text });
    await store.forges.change(issue, { why, seen: given });
    return;
  }
  const attempt = attemptOf(look, issue.tree);
  if (attempt === null) return fail(look, issue, "Its tree was deleted, so it cannot go on.");
  const text = goOnWords({ ...found, kind: look.link.kind, round: rounds, base: pull.base });
  await store.forges.change(issue, { state: "working", why: null, rounds, seen: given, words: { text, attempt } });
}

/** Keeps how a pull request ended. */
async function settle(look: Look, issue: StoredIssue, pull: ForgePull): Promise<void> {
  const { jira, kind } = look.link;
  if (pull.state === "merged") await sayMerged(look, issue, pull);
  // The forge tells its own issues.
  if (pull.state === "merged" && jira !== null)
    await say(look, issue, { key: "merged", text: mergedText(jira, pull.url), on: "issue" });
  const why = pull.state === "merged" ? null : `The ${forgeWords(kind).pull} was closed without a merge.`;
  await look.store.forges.change(issue, { state: pull.state, why });
}

interface Asked extends Omit<GoOn, "kind" | "round" | "base"> {
  /** What the tree is given now, so that it is not given it again. */
  ids: string[];
  /** A person has asked by a command. */
  isCommand: boolean;
}

/** Returns what continues the tree: remarks of people who may write, failed checks, a conflict with the base. */
async function whatIsAsked(look: Look, issue: StoredIssue, seen: SeenPull): Promise<Asked | null> {
  const { pull, checks } = seen;
  const remarks = await newRemarks(look, issue, seen);
  const checkId = `checks ${pull.head}`;
  const failed = checks.state === "failed" && !issue.seen.includes(checkId) ? checks.failed : [];
  const conflict = pull.hasConflict === true ? await conflictsWithBase(look, issue) : null;
  const isNew = conflict !== null && !issue.seen.includes(conflictKey(conflict.baseHead));
  const conflicts = isNew ? conflict.conflicts : [];
  const ids = [
    ...remarks.map(({ id }) => id),
    ...(failed.length > 0 ? [checkId] : []),
    ...(conflict !== null && conflicts.length > 0 ? [conflictKey(conflict.baseHead)] : []),
  ];
  if (ids.length === 0) return null;
  return {
    ids,
    isCommand: remarks.some(({ body }) => wordsFor(body) !== null),
    remarks: remarks.map(({ author, body, place }) => ({ by: author, text: wordsFor(body) ?? body, place })),
    failed,
    conflicts,
  };
}

/**
 * Returns remarks that continue the tree: reviews that ask for changes, remarks on lines, and comments with the command.
 * Other comments are talk among people. What Banyan wrote itself is none of the three, though its account may be that of a
 * person who asks for changes.
 */
async function newRemarks(
  { port, login }: Look,
  issue: StoredIssue,
  { pull, reviews, mayWrite }: SeenPull,
): Promise<ForgeComment[]> {
  const comments = (await port.pullComments(pull.number)).filter(({ body }) => wordsFor(body) !== null);
  const asking = reviews.filter(({ verdict, place }) => verdict === "changes" || place !== null);
  // A comment may be a part of a review too.
  const all = new Map([...comments, ...asking].map((remark) => [remark.id, remark]));
  const remarks: ForgeComment[] = [];
  for (const remark of all.values()) {
    const isNew = !issue.seen.includes(remark.id) && !isOwn(remark, login);
    if (isNew && (await mayWrite(remark.author))) remarks.push(remark);
  }
  return remarks;
}

/** Asks for each login once. */
function remembered(ask: (login: string) => Promise<boolean>): (login: string) => Promise<boolean> {
  const answers = new Map<string, Promise<boolean>>();
  return (login) => {
    const answer = answers.get(login) ?? ask(login);
    answers.set(login, answer);
    return answer;
  };
}
