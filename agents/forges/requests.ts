/** Finds what people of a repository ask for, and claims it. */
import { oneLine } from "@/core/forges/material";
import { wordsFor } from "@/core/forges/request";
import { troubleText } from "@/core/forges/texts";
import { treeIdOf } from "@/core/ids";
import { forgeWords } from "@/core/words/projects";
import type { StoredIssue, StoredLink } from "@/db/forges/stored";
import type { ForgeComment, ForgeIssue } from "@/lib/forges/port";
import { issueNow } from "./gone";
import { say } from "./say";
import type { Look } from "./sources";

/** As GitHub has it. */
const MOST_TITLE = 256;

/** Pages of a list that are read, each with up to 100 issues. */
const MOST_PAGES = 10;

/** What a command without words says. */
export const TRY_AGAIN = "Try again.";

const LOST =
  "Its tree was deleted, and with it the files that its branch was made of. Go on by hand, or ask on a new issue.";

/** So late a comment may be found after it was written. */
const LATE_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** What a look at the requests has read. */
interface Read {
  etags: Record<string, string>;
  commentsSinceMs: number;
}

/** Returns what makes the tree of an issue the same one however often it is submitted. */
export function onceOf({ projectId, host, path }: StoredLink, number: number): string {
  return `forge ${projectId} ${host}/${path} ${number}`;
}

/**
 * Claims issues that somebody asks for who may write to the repository: by the label, by an assignment to Banyan's
 * account, or by a comment. What finds no place now is read again at the next look.
 */
export async function claimRequests(look: Look): Promise<Read> {
  const etags = { ...look.link.etags };
  const lists = { label: { label: look.link.label }, assignee: { assignee: look.tracker.login } };
  for (const [name, of] of Object.entries(lists)) await claimList(look, of, { name, etags });
  return { etags, commentsSinceMs: await readComments(look) };
}

/**
 * Claims what is in a list. `etags`: of its pages whose issues were all dealt with; "" is one that has to be read, so that a
 * page that did not change is known to be followed by it.
 */
async function claimList(
  look: Look,
  of: { label: string } | { assignee: string },
  { name, etags }: { name: string; etags: Record<string, string> },
): Promise<void> {
  const keyOf = (page: number) => (page === 1 ? name : `${name} ${page}`);
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const key = keyOf(page);
    const known = etags[key] || null;
    etags[key] = known ?? "";
    // Who asked costs requests, and nothing could begin: what changes until there is a place has another etag then.
    if (!hasPlace(look)) return;
    const read = await look.tracker.port.issues(of, known, page);
    if (read === "unchanged") {
      if (etags[keyOf(page + 1)] === undefined) return;
      continue;
    }
    etags[key] = (await claimListed(look, read.issues, of)) ? (read.etag ?? "") : "";
    if (read.isMore) continue;
    for (let past = page + 1; past <= MOST_PAGES; past += 1) delete etags[keyOf(past)];
    return;
  }
}

/** Resolves with whether all of them were dealt with. */
async function claimListed(
  look: Look,
  issues: readonly ForgeIssue[],
  of: { label: string } | { assignee: string },
): Promise<boolean> {
  for (const issue of issues) {
    if (look.store.forges.issue(look.link.projectId, issue.number)) continue;
    if (!hasPlace(look)) return false;
    const by = await look.tracker.port.askedBy(issue.number, of);
    // The template of an issue may carry the label, and strangers open issues with it.
    if (by === null || !(await look.tracker.port.mayWrite(by))) continue;
    await claim(look, issue, by);
  }
  return true;
}

/** Returns up to which moment the comments were dealt with. */
async function readComments(look: Look): Promise<number> {
  const { link } = look;
  const startedMs = look.now();
  // A moment that has not come is of a clock that was ahead: nobody knows what was read before it.
  const sinceMs = link.commentsSinceMs > startedMs + LATE_MS ? startedMs - DAY_MS : link.commentsSinceMs;
  let readMs = sinceMs;
  for (const { comment, port } of await commentsSince(look, sinceMs)) {
    const words = wordsFor(comment.body);
    if (words !== null && comment.number > 0 && (await port.mayWrite(comment.author))) {
      if (!(await answer(look, comment, words))) return readMs;
    }
    readMs = Math.max(readMs, comment.atMs);
  }
  // Jira has to be asked for all issues that changed since then, so that moment goes on without comments too.
  return link.jira === null ? readMs : Math.max(readMs, startedMs - LATE_MS);
}

/** Returns the comments, oldest first, each with the client of where it was written. */
async function commentsSince({ link, port, tracker }: Look, ms: number) {
  const comments = (await tracker.port.commentsSince(ms)).map((comment) => ({ comment, port: tracker.port }));
  if (link.jira === null) return comments;
  // Its own issues give no work: there people speak of pull requests only.
  const onPulls = (await port.commentsSince(ms)).filter(({ on }) => on !== "issue");
  const all = [...comments, ...onPulls.map((comment) => ({ comment: { ...comment, on: "pull" as const }, port }))];
  return all.sort((a, b) => a.comment.atMs - b.comment.atMs);
}

/** Deals with a comment that asks for work. Resolves with false when there is no place for it now. */
async function answer(look: Look, comment: ForgeComment, words: string): Promise<boolean> {
  const before = knownOf(look, comment);
  if (before === null) {
    // On a pull request of somebody it asks for nothing that Banyan does.
    if (comment.on === "pull") return true;
    const issue = await issueNow(look, comment.number);
    // What comes of an issue is seen by everybody who sees the repository.
    if (!issue?.isOpen || issue.isPull || issue.isConfidential) return true;
    if (!hasPlace(look)) return false;
    await claim(look, issue, comment.author, { id: comment.id, words });
    return true;
  }
  // A merge request of GitLab may have the number of its issue.
  const isOnIssue = comment.on !== "pull" && comment.number === before.number;
  if (before.seen.includes(comment.id)) return true;
  if (before.state === "failed") {
    if (!hasPlace(look)) return false;
    await goOn(look, before, comment, words);
  } else if (before.state === "open" && isOnIssue) await goOn(look, before, comment, words);
  else if (isOnIssue && (before.state === "working" || before.state === "claimed"))
    await say(look, before, { key: `busy ${comment.id}`, text: busyText(look.link) });
  return true;
}

/** Returns the issue that became work and that a comment is on, or on its pull request. */
function knownOf({ store, link }: Look, { number, on }: ForgeComment): StoredIssue | null {
  const issue = on === "pull" ? null : store.forges.issue(link.projectId, number);
  return issue ?? (on === "issue" ? null : store.forges.issueOfPull(link.projectId, number));
}

/** Whether one more issue may be in work now. */
export function hasPlace({ store, link }: Look): boolean {
  const issues = store.forges.unsettled(link.projectId).filter(({ cycle }) => cycle === null);
  return issues.length < link.mostOpen;
}

/** `comment`: the one that asks, which is not read again when the tree has failed. */
async function claim(
  { store, link }: Look,
  issue: ForgeIssue,
  by: string,
  comment?: { id: string; words: string },
): Promise<void> {
  const { number, body, url, author } = issue;
  const title = oneLine(issue.title, MOST_TITLE);
  const tree = treeIdOf(onceOf(link, number));
  await store.forges.claim(link.projectId, {
    number,
    title,
    body,
    url,
    author,
    tree,
    asked: comment?.words || null,
    askedBy: by,
    seen: comment ? [comment.id] : [],
    branch: `banyan/${tree}`,
  });
}

function busyText({ kind }: StoredLink): string {
  return `Banyan works on this already, and reads new words when it has finished: write them as \`/banyan …\` on its ${forgeWords(kind).pull} then, or tell its tree in Banyan now.`;
}

/** A person asks for more on an issue whose tree has failed or whose pull request is open: it goes on with their words. */
async function goOn(look: Look, issue: StoredIssue, { id, author }: ForgeComment, words: string): Promise<void> {
  const { store } = look;
  const seen = [...issue.seen, id];
  const pulls = store.forges.pulls(issue.id);
  // What changes an offered branch is a round: an approval from before it approves nothing of it.
  const rounds = [issue, ...pulls].some(({ pull }) => pull !== null) ? 1 : 0;
  const attempt = attemptOf({ store }, issue.tree);
  if (attempt === null && [issue, ...pulls].some(({ snapshot }) => snapshot !== null)) {
    // A new tree would be paid for, and what it changes could not be told from what the branch has already.
    await say(look, issue, { key: `lost ${id}`, text: troubleText("Banyan cannot go on with this:", LOST, null) });
    await store.forges.change(issue, { seen });
    return;
  }
  if (attempt === null) {
    // It never began, or somebody has deleted it: it begins with all that was asked.
    const asked = words === "" ? {} : { asked: askedBefore(issue, author) + words, askedBy: author };
    await store.forges.change(issue, { state: "claimed", why: null, seen, rounds, ...asked });
    return;
  }
  const text = words === "" ? TRY_AGAIN : words;
  // Of several repositories, the pull request of the project's own has its own list of what the tree was given.
  const own = pulls.find(({ pullUrl }) => pullUrl !== null && pullUrl === issue.pullUrl);
  const given = new Map<string | null, string[]>([[null, seen]]);
  if (own) given.set(own.folder, [...own.seen, id]);
  const change = { state: "working", why: null, rounds, words: { text, attempt } } as const;
  await store.forges.changeWithParts(issue, change, given);
}

/** Returns the words from before, with their author where that is another one than of the new words. */
function askedBefore({ asked, askedBy }: StoredIssue, author: string): string {
  if (asked === null) return "";
  return `${askedBy === author ? "" : `${askedBy}: `}${asked}\n\n`;
}

/** Returns the attempt of a tree's root task; null without a tree that ran here. */
export function attemptOf({ store }: Pick<Look, "store">, tree: string): number | null {
  if (!ranHere(store, tree)) return null;
  return store.queries.trees.getTask(store.queries.trees.rootOf(tree), 0).attempt;
}

/** Whether there is a tree that did not come from an archive, whose files anybody may have made. */
export function ranHere({ queries, archivedTrees }: Look["store"], tree: string): boolean {
  return queries.trees.treesLike(tree).includes(tree) && archivedTrees.hashOf(tree) === null;
}
