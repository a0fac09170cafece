/** The next step of an issue that became work. Every step can be repeated: it finds what the one before a kill has done. */
import { UserError } from "@/agents/application";
import { goOnWords, MOST_ROUNDS, mergedText, troubleText } from "@/core/forges/texts";
import type { Tree } from "@/core/shapes/shapes";
import { forgeWords } from "@/core/words/projects";
import type { StoredIssue } from "@/db/forges/stored";
import type { ForgePull } from "@/lib/forges/port";
import { type Found, whatIsAsked } from "./asked";
import { begin } from "./begin";
import { isConflictKey, isUndeliverable } from "./branch";
import { deliver } from "./deliver";
import { pullNow } from "./gone";
import { deliveredParts, type Part } from "./parts";
import { attemptOf, ranHere } from "./requests";
import { givenTo, mergeByRule, type OpenPart, type SeenPull, sayMerged, withoutMerge } from "./ruled";
import { say } from "./say";
import { type Look, pageOf } from "./sources";
import { settleTogether } from "./together";

export async function step(look: Look, issue: StoredIssue): Promise<void> {
  if (issue.state === "claimed") await begin(look, issue);
  if (issue.state === "working") await followTree(look, issue);
  if (issue.state === "open") await orFail(look, issue, () => followPulls(look, issue));
}

/** What only a person can settle fails the issue, with a sentence. */
async function orFail(look: Look, issue: StoredIssue, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUndeliverable(error)) throw error;
    await fail(look, issue, error.message);
  }
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
  await orFail(look, issue, async () => deliver(look, issue, await queries.getTree(issue.tree)));
}

async function treeOf({ store, queries }: Look, uid: string): Promise<Tree | null> {
  if (!ranHere(store, uid)) return null;
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
      tree = (await look.goOn(issue.tree, { text, attempt }, look.maker)).tree_id;
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
  // Each failure is told: what the tree was given since the last one makes another key.
  await say(look, issue, { key: `failed ${givenTo(look, issue)} ${issue.rounds}`, text });
  await look.store.forges.change(issue, { state: "failed", why, words: null });
}

/** Follows the pull requests of an issue until they are merged or closed. */
async function followPulls(look: Look, issue: StoredIssue): Promise<void> {
  const { store } = look;
  const several = await deliveredParts(look, issue);
  const open: OpenPart[] = [];
  for (const part of several ?? [{ look, issue, needs: [] }]) {
    const { state, pull: number } = part.issue;
    if (state !== "open" || number === null) continue;
    const pull = await pullNow(part.look, part.issue, number);
    if (pull === null) await settleGone(part);
    else if (pull.state === "open") open.push({ ...part, seen: await seenOf(part.look, pull) });
    else await settle(part, pull);
  }
  if (several !== null && (await settleTogether(look, issue, { parts: several, open }))) return;
  const found: { part: OpenPart; found: Found }[] = [];
  for (const part of open) {
    const asked = await whatIsAsked(part.look, part.issue, part.seen);
    if (asked !== null) found.push({ part, found: asked });
  }
  if (found.length === 0) return mergeByRule(open);
  const rounds = found.some(({ found: { isCommand } }) => isCommand) ? 1 : issue.rounds + 1;
  const attempt = attemptOf(look, issue.tree);
  if (rounds > MOST_ROUNDS) return leaveToPeople(found, attempt);
  if (attempt === null) return fail(look, issue, "Its tree was deleted, so it cannot go on.");
  const asked = found.map((one) => one.found.asked);
  const text = goOnWords({ kind: look.link.kind, round: rounds, asked });
  const seen = new Map(found.map((one) => [one.part.issue.part, seenWith(one)]));
  const change = { state: "working", why: null, rounds, words: { text, attempt } } as const;
  await store.forges.changeWithParts(issue, change, seen);
}

async function seenOf({ port }: Look, pull: ForgePull): Promise<SeenPull> {
  return {
    pull,
    checks: await port.checks(pull.head, pull.number),
    reviews: await port.reviews(pull.number),
    mayWrite: remembered((login) => port.mayWrite(login)),
  };
}

interface FoundOn {
  part: Part;
  found: Found;
}

/** What was given to the tree is not given to it again. */
function seenWith({ part, found }: FoundOn): string[] {
  return [...withoutMerge(part.issue.seen), ...found.ids];
}

/** `attempt`: of the tree. A command begins another one, and with it the count of rounds. */
async function leaveToPeople(found: readonly FoundOn[], attempt: number | null): Promise<void> {
  for (const one of found) {
    const { look, issue } = one.part;
    const why = `Reviews and checks have continued it ${MOST_ROUNDS} times already.`;
    const text = troubleText("A person has to go on here, or write `/banyan` with what is missing:", why, null);
    await say(look, issue, { key: `rounds of ${attempt}`, text });
    // The tree was not asked to settle a conflict, so what it has of these files must not take the place of the base's.
    const seen = seenWith(one).filter((id) => !isConflictKey(id) || issue.seen.includes(id));
    if (issue.why !== why || seen.length !== issue.seen.length) await look.store.forges.change(issue, { why, seen });
  }
}

/** Keeps how a pull request ended. */
async function settle({ look, issue }: Part, pull: ForgePull): Promise<void> {
  const { jira, kind } = look.link;
  if (pull.state === "merged") await sayMerged(look, issue, pull);
  // The forge tells its own issues. A change of several repositories is told once, as a whole.
  if (pull.state === "merged" && jira !== null && look.beside === null)
    await say(look, issue, { key: "merged", text: mergedText(jira, [pull.url]), on: "issue" });
  const why = pull.state === "merged" ? null : `The ${forgeWords(kind).pull} was closed without a merge.`;
  await look.store.forges.change(issue, { state: pull.state, why });
}

async function settleGone({ look, issue }: Part): Promise<void> {
  const why = `The ${forgeWords(look.link.kind).pull} is gone: somebody deleted it, or took it elsewhere.`;
  await look.store.forges.change(issue, { state: "closed", why });
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
