/** Makes a branch and a pull request of what the tree of an issue changed. Each step finds what a kill left behind. */
import { join } from "node:path";
import { momentOf } from "@/agents/files/moment";
import { scratchDir } from "@/agents/files/patch";
import { pullText, pullTitle, troubleText } from "@/core/forges/texts";
import { runBy } from "@/core/rules/run-by-others";
import type { Tree } from "@/core/shapes/shapes";
import { issueName } from "@/core/words/projects";
import type { StoredIssue } from "@/db/forges/forges";
import { commitWith, mergeWith } from "@/lib/apply/commit";
import { ForgeError, type ForgePull } from "@/lib/forges/port";
import { mirrorOf, updateMirror } from "@/lib/git/mirror";
import { pushCommit } from "@/lib/git/push";
import { openRemote, type RemoteOptions } from "@/lib/git/remote";
import { requireAllowedBranch, requireInScope } from "@/lib/git/rules";
import { eachItem, type GitOptions, runGit } from "@/lib/git/run";
import { exclusively } from "@/lib/git/store";
import { isSetting, isTestFile } from "@/lib/test-reports/test-side";
import { WorkspaceError } from "@/lib/workspace/path";
import { say } from "./say";
import { type Look, pageOf } from "./sources";

const TIMEOUT_MS = 10 * 60_000;

/** The branch as it is at the forge now. */
interface Pushed {
  head: string;
  base: string;
  /** What the branch changes of the base. */
  paths: string[];
}

/** A delivery that needs a person, as one sentence. */
class Undeliverable extends Error {
  override name = "Undeliverable";
}

/** Delivers what a succeeded tree changed since the last delivery, and settles the issue's state. */
export async function deliver(look: Look, issue: StoredIssue, tree: Tree): Promise<void> {
  const { store } = look;
  if (issue.pull === null && !(await look.tracker.port.issue(issue.number)).isOpen) {
    await store.forges.change(issue, { state: "closed", why: "Somebody closed the issue before it was resolved." });
    return;
  }
  const { start, commit: snapshot } = momentOf(look, issue.tree);
  const result = tree.tasks[0]?.result ?? "";
  if (issue.pull === null && (snapshot === null || snapshot === start)) {
    const text = troubleText("No change was needed:", result, pageOf(look, issue.tree));
    await say(look, issue, { key: `unchanged ${issue.rounds}`, text });
    await store.forges.change(issue, { state: "closed", why: "No change was needed." });
    return;
  }
  if (snapshot === null) throw new Undeliverable("The files of the tree are gone.");
  const pushed = await pushBranch(look, issue, { start, snapshot, title: tree.title });
  const pull = await pullFor(look, issue, pushed, tree, result);
  if (issue.rounds > 0)
    await say(look, issue, {
      key: `changed ${issue.rounds}`,
      text: troubleText("Changed as asked:", result, pageOf(look, issue.tree)),
    });
  await store.forges.change(issue, {
    state: pull.state === "open" ? "open" : pull.state,
    why: null,
    snapshot,
    head: pushed.head,
    base: pull.base,
    pull: pull.number,
    pullUrl: pull.url,
  });
}

/** Brings the branch at the forge to what the snapshot holds. */
function pushBranch(
  look: Look,
  issue: StoredIssue,
  { start, snapshot, title }: { start: string | null; snapshot: string; title: string },
): Promise<Pushed> {
  const { link, signal, snapshots } = look;
  const mirror = mirrorOf(join(look.dataDir, "cache", `forge-${link.projectId}`), link.cloneUrl);
  const remote = remoteOf(look);
  const git: GitOptions = { gitDir: mirror.gitDir, signal, timeoutMs: TIMEOUT_MS };
  const repository = { root: mirror.gitDir, gitDir: mirror.gitDir, prefix: "" };
  return exclusively(
    mirror,
    async () => {
      const { branches, defaultBranch } = await updateMirror(mirror, remote);
      const base = issue.base ?? look.store.projects.get(link.project)?.branch ?? defaultBranch;
      const baseHead = base === null ? undefined : branches.get(base);
      if (base === null || baseHead === undefined)
        throw new Undeliverable(`The repository has no branch ${base ?? "at all"} to which the change could go.`);
      requireAllowedBranch(issue.branch, look.gitRules);
      const there = branches.get(issue.branch);
      const message = `${pullTitle(issue)}\n\nBanyan-Tree: ${issue.tree}\nBanyan-Issue: ${issue.url}\n`;
      const shared = { repository, message, dir: scratchDir(look), signal };
      let onto = there ?? baseHead;
      if (there !== undefined && issue.seen.includes(conflictKey(baseHead))) {
        const merged = await mergeWith(snapshots, { ...shared, ours: there, theirs: baseHead, settled: snapshot });
        if ("commit" in merged) onto = merged.commit;
      }
      const from = there === undefined ? start : (issue.snapshot ?? start);
      const made = await commitWith(snapshots, { ...shared, onto, from, to: snapshot });
      if ("conflicts" in made)
        throw new Undeliverable(
          `The branch ${there === undefined ? base : issue.branch} has other versions of ${made.conflicts.slice(0, 5).join(", ")}: somebody changed it meanwhile.`,
        );
      const head = made.commit ?? onto;
      if (there === undefined && made.commit === null)
        throw new Undeliverable(`The branch ${base} has everything already that “${title}” changed.`);
      if (head !== there) {
        await checkContent(look, git, { from: there ?? baseHead, to: head });
        const expected = there ?? "";
        await pushCommit(await openRemote(remote), { branch: issue.branch, commit: head, expected }, git);
      }
      return { head, base, paths: await pathsBetween(git, baseHead, head) };
    },
    signal,
  );
}

/** Returns what marks that the tree was asked to settle the contradictions to this commit of the base. */
export function conflictKey(baseHead: string): string {
  return `conflict ${baseHead}`;
}

/** Resolves with the newest commit of the base, and the files in which the branch contradicts it. */
export function conflictsWithBase(
  look: Look,
  issue: StoredIssue,
): Promise<{ baseHead: string; conflicts: string[] } | null> {
  const { link, signal, snapshots } = look;
  const mirror = mirrorOf(join(look.dataDir, "cache", `forge-${link.projectId}`), link.cloneUrl);
  return exclusively(
    mirror,
    async () => {
      const { branches } = await updateMirror(mirror, remoteOf(look));
      const [ours, theirs] = [branches.get(issue.branch), issue.base === null ? undefined : branches.get(issue.base)];
      if (ours === undefined || theirs === undefined) return null;
      const repository = { root: mirror.gitDir, gitDir: mirror.gitDir, prefix: "" };
      const message = `Merge branch '${issue.base}' into ${issue.branch}\n`;
      const request = { repository, ours, theirs, settled: null, message, dir: scratchDir(look), signal };
      const merged = await mergeWith(snapshots, request);
      return { baseHead: theirs, conflicts: "conflicts" in merged ? merged.conflicts : [] };
    },
    signal,
  );
}

function remoteOf({ link, tokenOf, privateHosts, signal }: Look): RemoteOptions {
  const token = tokenOf(link.host);
  return {
    url: link.cloneUrl,
    privateHosts,
    credential: token === null ? null : { token },
    timeoutMs: TIMEOUT_MS,
    signal,
  };
}

const MOST_DIFF_BYTES = 16 * 1024 * 1024;

/** Throws when the change leaves the folders that agents may change, or adds what looks like a key. */
async function checkContent(look: Look, git: GitOptions, { from, to }: { from: string; to: string }): Promise<void> {
  const paths: string[] = [];
  const quiet = ["--no-ext-diff", "--no-textconv", "--no-renames"];
  await eachItem(["diff", ...quiet, "--name-only", "-z", from, to, "--"], git, (path) => void paths.push(path));
  requireInScope(paths, look.gitRules);
  // The attributes of the mirror make every file binary, and of those a diff shows nothing.
  const diff = await runGit(["diff", ...quiet, "--text", "-U0", from, to, "--"], {
    ...git,
    maxOutputBytes: MOST_DIFF_BYTES,
  });
  const added = diff
    .split("\n")
    .filter((line) => line.startsWith("+") && !line.startsWith("+++ "))
    .join("\n");
  if (look.redact(added) !== added)
    throw new Undeliverable(
      "The change adds what looks like a key or a password, so it was not pushed: look at it in the tree.",
    );
}

async function pathsBetween(git: GitOptions, from: string, to: string): Promise<string[]> {
  const paths: string[] = [];
  const quiet = ["--no-ext-diff", "--no-textconv", "--no-renames"];
  const args = ["diff", ...quiet, "--name-only", "-z", `${from}...${to}`, "--"];
  await eachItem(args, git, (path) => void paths.push(path));
  return paths;
}

/** Returns the pull request of the branch, which is opened unless it is there. */
async function pullFor(
  look: Look,
  issue: StoredIssue,
  { base, paths }: Pushed,
  tree: Tree,
  result: string,
): Promise<ForgePull> {
  const { port, redact } = look;
  const there = issue.pull === null ? await port.findPull(issue.branch) : await port.pull(issue.pull);
  if (there) return there;
  const body = redact(await textOf(look, issue, tree, { result, paths }));
  try {
    return await port.openPull({ title: redact(pullTitle(issue)), body, branch: issue.branch, base });
  } catch (error) {
    // It may have had its effect, or another client may have opened it meanwhile.
    const found = error instanceof ForgeError && error.kind !== "limited" ? await port.findPull(issue.branch) : null;
    if (found) return found;
    throw error;
  }
}

async function textOf(
  look: Look,
  issue: StoredIssue,
  tree: Tree,
  { result, paths }: { result: string; paths: readonly string[] },
): Promise<string> {
  const goal = await look.queries.getGoal(tree.id);
  const { number, title, branch, url } = issue;
  const { jira } = look.link;
  return pullText({
    issue: { number, title },
    closes: jira === null ? `#${number}` : { name: issueName(jira, number), url },
    result,
    files: paths.length,
    check:
      goal === null || goal.validation_command === null
        ? null
        : { command: goal.validation_command, passed: goal.validation?.met ?? null },
    criteria: (goal?.criteria ?? []).map(({ statement, met }) => ({ statement, met })),
    doubts: [...(goal?.rounds.at(-1)?.doubts ?? []), ...judgesChanged(paths)],
    costUsd: tree.totals.cost_usd,
    branch,
    tree: tree.id,
    treeUrl: pageOf(look, tree.id),
  });
}

const MOST_NAMED = 10;

/** Names the files that judge the change and that it changes itself: tests, settings of tools, what a forge runs. */
function judgesChanged(paths: readonly string[]): string[] {
  const judges = paths.filter((path) => isTestFile(path) || isSetting(path) || runBy(path) !== null);
  if (judges.length === 0) return [];
  const more = judges.length > MOST_NAMED ? ` and ${judges.length - MOST_NAMED} more` : "";
  return [`It changes tests or settings, which judge it too: ${judges.slice(0, MOST_NAMED).join(", ")}${more}`];
}

export function isUndeliverable(error: unknown): error is Error {
  return error instanceof Undeliverable || error instanceof WorkspaceError;
}
