/** The pull request of an issue: what it says, and what it changes that judges it. */
import { type PullFacts, pullText, pullTitle } from "@/core/forges/texts";
import { runBy } from "@/core/rules/run-by-others";
import type { PullGates } from "@/core/shapes/forges";
import type { GoalView } from "@/core/shapes/goals";
import type { Tree } from "@/core/shapes/shapes";
import { issueName } from "@/core/words/projects";
import type { StoredIssue } from "@/db/forges/stored";
import { ForgeError, type ForgePull } from "@/lib/forges/port";
import { isSetting, isTestFile } from "@/lib/test-reports/test-side";
import type { Pushed } from "./branch";
import { type Look, pageOf } from "./sources";

/** What its text tells of the work. */
interface Told {
  tree: Tree;
  goal: GoalView | null;
  /** What was done. */
  result: string;
  gates: PullGates;
  /** Other repositories are changed with it. */
  isPart: boolean;
}

/** Returns the pull request of the branch, which is opened unless it is there. */
export async function pullFor(
  look: Look,
  issue: StoredIssue,
  { base, paths, ...told }: Pick<Pushed, "base" | "paths"> & Told,
): Promise<ForgePull> {
  const { port, redact } = look;
  const there = issue.pull === null ? await port.findPull(issue.branch) : await port.pull(issue.pull);
  if (there) return there;
  const body = redact(textOf(look, issue, { ...told, paths }));
  try {
    return await port.openPull({ title: redact(pullTitle(issue)), body, branch: issue.branch, base });
  } catch (error) {
    // It may have had its effect, or another client may have opened it meanwhile.
    const found = error instanceof ForgeError && error.kind !== "limited" ? await port.findPull(issue.branch) : null;
    if (found) return found;
    throw error;
  }
}

function textOf(
  look: Look,
  issue: StoredIssue,
  { tree, goal, result, isPart, paths, gates }: Told & { paths: readonly string[] },
): string {
  const { title, branch } = issue;
  return pullText({
    issue: { title },
    cause: causeOf(look, issue),
    isPart,
    result,
    files: paths.length,
    check:
      goal === null || goal.validation_command === null
        ? null
        : { command: goal.validation_command, passed: goal.validation?.met ?? null },
    criteria: (goal?.criteria ?? []).map(({ statement, met }) => ({ statement, met })),
    gates,
    doubts: [...(goal?.rounds.at(-1)?.doubts ?? []), ...doubtsOf(paths)],
    costUsd: tree.totals.cost_usd,
    branch,
    tree: tree.id,
    treeUrl: pageOf(look, tree.id),
  });
}

function causeOf({ link: { jira }, beside }: Look, { cycle, number, url, body }: StoredIssue): PullFacts["cause"] {
  if (cycle !== null) return { found: body };
  if (jira !== null) return { name: issueName(jira, number), url };
  if (beside === null || beside.isOwn) return { closes: `#${number}` };
  return { name: `${beside.ownPath}#${number}`, url };
}

const MOST_NAMED = 10;

/** Returns the files that judge the change and that it changes itself: tests, settings of tools, what a forge runs. */
export function judgesAmong(paths: readonly string[]): string[] {
  return paths.filter((path) => isTestFile(path) || isSetting(path) || runBy(path) !== null);
}

function doubtsOf(paths: readonly string[]): string[] {
  const judges = judgesAmong(paths);
  if (judges.length === 0) return [];
  const more = judges.length > MOST_NAMED ? ` and ${judges.length - MOST_NAMED} more` : "";
  return [`It changes tests or settings, which judge it too: ${judges.slice(0, MOST_NAMED).join(", ")}${more}`];
}
