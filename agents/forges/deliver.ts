/** Makes a branch and a pull request of what the tree of an issue changed. Each step finds what a kill left behind. */
import { keptChanges } from "@/agents/files/left-out";
import { momentOf } from "@/agents/files/moment";
import { gatesText, troubleText } from "@/core/forges/texts";
import type { PullGates } from "@/core/shapes/forges";
import type { GoalView } from "@/core/shapes/goals";
import type { Tree } from "@/core/shapes/shapes";
import type { StoredIssue } from "@/db/forges/stored";
import { type Pushed, pushBranch, Undeliverable } from "./branch";
import { doneIn } from "./done";
import { issueNow, pullNow } from "./gone";
import { measure } from "./measure";
import { changedParts, type Part } from "./parts";
import { pullFor } from "./pull";
import { givenTo, labelAndAsk } from "./ruled";
import { say } from "./say";
import { type Look, pageOf } from "./sources";
import { offeredTogether } from "./together";

/** Delivers what a succeeded tree changed since the last delivery, and settles the issue's state. */
export async function deliver(look: Look, issue: StoredIssue, tree: Tree): Promise<void> {
  const { store } = look;
  const isOffered = [issue, ...store.forges.pulls(issue.id)].some(({ pull }) => pull !== null);
  if (issue.cycle === null && !isOffered) {
    const now = await issueNow(look, issue.number);
    const what = now === null ? "deleted or moved" : "closed";
    if (!now?.isOpen) {
      await store.forges.change(issue, { state: "closed", why: `Somebody ${what} the issue before it was resolved.` });
      return;
    }
  }
  const { start, commit } = momentOf(look, issue.tree);
  const snapshot = judgedOf(look, issue) ?? commit;
  const goal = await look.queries.getGoal(tree.id);
  const result = await doneIn(look, tree, goal, issue.rounds > 0);
  const parts = await changedParts(look, issue, { start, snapshot });
  if (parts.length === 0) {
    const text = troubleText("No change was needed:", result, pageOf(look, issue.tree));
    await say(look, issue, { key: `unchanged ${issue.rounds}`, text });
    await store.forges.change(issue, { state: "closed", why: "No change was needed." });
    return;
  }
  if (snapshot === null) throw new Undeliverable("The files of the tree are gone.");
  const open: Part[] = [];
  for (const part of parts) if (!(await isMerged(part, snapshot))) open.push(part);
  // All branches before the first pull request: a change that cannot be pushed to one repository is offered in none.
  const branches: { part: Part; pushed: Pushed }[] = [];
  for (const part of open)
    branches.push({ part, pushed: await pushBranch(part.look, part.issue, { start, snapshot, title: tree.title }) });
  const work = { tree, goal, result, snapshot, isPart: parts.length > 1, given: givenTo(look, issue) };
  for (const { part, pushed } of branches) await offer(part, pushed, work);
  const [only] = parts;
  if (only?.issue.part !== null) await offeredTogether(look, issue, parts);
  // With one repository the part is the issue. The next look settles what was merged meanwhile.
  else if (open.length === 0) await store.forges.change(issue, { state: "open", why: null });
}

/** Returns the files of a cycle that the host has judged; null where people at the pull request have asked for more. */
function judgedOf({ store }: Look, { cycle, rounds }: StoredIssue): string | null {
  return cycle === null || rounds > 0 ? null : (store.evolutions.cycle(cycle)?.snapshot ?? null);
}

/**
 * Whether a pull request was merged while its tree worked on: it gets no more commits. Throws Undeliverable when the tree has
 * changed more since its last delivery.
 */
async function isMerged({ look, issue }: Part, snapshot: string): Promise<boolean> {
  if (issue.pull === null || issue.snapshot === null) return false;
  const now = await pullNow(look, issue, issue.pull);
  if (now === null)
    throw new Undeliverable(
      `${issue.pullUrl} is gone, so what the tree changed is in the tree alone: apply it by hand.`,
    );
  const { state, url } = now;
  if (state !== "merged") return false;
  if ((await keptChanges(look.files, issue.snapshot, snapshot)).length === 0) return true;
  throw new Undeliverable(
    `${url} was merged while the tree worked on. What it changed later is in the tree alone: apply it as a branch there.`,
  );
}

interface Work {
  tree: Tree;
  goal: GoalView | null;
  /** What was done. */
  result: string;
  snapshot: string;
  /** Other repositories are changed with it. */
  isPart: boolean;
  /** How much the tree was given. */
  given: number;
}

/** Offers a branch as a pull request, or says there what has changed since. */
async function offer({ look, issue }: Part, pushed: Pushed, { snapshot, given, ...work }: Work): Promise<void> {
  const gates = await gatesOf(look, issue, pushed);
  const pull = await pullFor(look, issue, { ...pushed, ...work, gates });
  if (pull.state === "open") await labelAndAsk(look, issue, { pull: pull.number, paths: pushed.paths });
  const isSame = look.beside !== null && (issue.pull === null || issue.head === pushed.head);
  if (issue.rounds > 0 && !isSame)
    await say(look, issue, {
      // Each command begins the count of rounds again.
      key: `changed ${given}`,
      text: [troubleText("Changed as asked:", work.result, pageOf(look, issue.tree)), gatesText(gates)].join("\n\n"),
    });
  await look.store.forges.change(issue, {
    state: pull.state,
    why: null,
    snapshot,
    head: pushed.head,
    base: pull.base,
    pull: pull.number,
    pullUrl: pull.url,
  });
}

/** Resolves with what the gates say of the branch, which is kept: a kill after it does not measure again. */
async function gatesOf(look: Look, issue: StoredIssue, pushed: Pushed): Promise<PullGates> {
  if (issue.measured?.head === pushed.head) return issue.measured;
  const measured = await measure(look, pushed);
  await look.store.forges.change(issue, { measured });
  return measured;
}
