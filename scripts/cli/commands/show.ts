/** `trees` lists the trees; `tree` shows one with its tasks. */
import type { Queries } from "@/agents/application";
import { createIds } from "@/agents/queries/queries";
import type { GoalView } from "@/core/shapes/goals";
import type { Tree } from "@/core/shapes/shapes";
import { listedCounts } from "@/core/words/counts";
import { count, duration, money, plural } from "@/core/words/figures";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { frame } from "@/scripts/cli/print/frame";
import { paint, print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { answerHint, askedText } from "@/scripts/cli/print/review-hint";
import { ownSpend, spendLine, usedLine } from "@/scripts/cli/print/spend";
import { switchHints } from "@/scripts/cli/print/switch-hint";
import { clean, oneLine, padTo } from "@/scripts/cli/print/text";
import { verdictLines } from "@/scripts/cli/print/verdict";
import { endedText, remedyOf, short, stateOfTree } from "@/scripts/cli/print/words";

export async function trees(context: Context, _: unknown, flags: Flags): Promise<number> {
  const limit = limitOf(flags);
  const after = typeof flags.after === "string" ? flags.after : undefined;
  return withReadRuntime(context, async ({ queries }) => {
    const page = await queries.listTrees({ limit, after, project: textFlag(flags, "project") });
    if (context.json) {
      printJson(page);
      return 0;
    }
    if (page.items.length === 0) print('There are no trees yet: submit a task with npx banyan run "<task>".');
    for (const tree of page.items) {
      const state = stateOfTree(tree);
      const { totals } = tree;
      const endMs = tree.ended_at ? Date.parse(tree.ended_at) : Date.now();
      const figures = [
        padTo(plural(totals.tasks, "task"), 10, "right"),
        padTo(count(totals.tokens_in + totals.tokens_out), 6, "right"),
        padTo(money(totals.cost_usd), 8, "right"),
        padTo(duration(endMs - Date.parse(tree.created_at)), 9, "right"),
      ].join(" ");
      const word = paint(state.style, `${state.glyph} ${padTo(state.word, 15)}`);
      print(
        `${short(tree.id)}  ${word} ${figures}  ${oneLine(tree.title)}${paint("dim", originOf(tree) + countsOf(tree))}`,
      );
    }
    if (page.next) warn(`More trees: add --after ${page.next}`);
    return 0;
  });
}

function countsOf(tree: Tree): string {
  const counts = listedCounts(tree);
  return counts && ` (${counts})`;
}

function originOf({ forked_from, schedule }: Pick<Tree, "forked_from" | "schedule">): string {
  if (schedule) return ` (by the schedule ${oneLine(schedule.name)})`;
  return forked_from ? ` (forked from ${short(forked_from.tree_id)})` : "";
}

export function limitOf(flags: Flags): number {
  if (flags.limit === undefined) return 50;
  const limit = Number(flags.limit);
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw new UsageError(`--limit cannot be "${flags.limit}": use a whole number from 1 to 1000.`);
}

/** Returns a tree as the HTTP API does: with all its tasks and its goal. */
export async function wholeTree(queries: Queries, treeId: string): Promise<Tree & { goal: GoalView | null }> {
  return { ...(await queries.getTree(treeId, { tasks: "whole" })), goal: await queries.getGoal(treeId) };
}

const PIPE_WIDTH = 120;

export async function tree(context: Context, [id = ""]: (string | undefined)[]): Promise<number> {
  return withReadRuntime(context, async ({ queries, store }) => {
    const found = createIds(store).treeOrTask(id);
    const treeId = found.kind === "tree" ? found.uid : store.queries.trees.findTask(found.uid).treeUid;
    if (context.json) {
      printJson(await wholeTree(queries, treeId));
      return 0;
    }
    const shown = await queries.getTree(treeId);
    const root = await queries.getTask(shown.root_task_id);
    const reviews = await queries.listReviews({ open: true, treeId });
    const lines = frame(shown, {
      width: process.stdout.isTTY ? process.stdout.columns || PIPE_WIDTH : PIPE_WIDTH,
      height: Number.POSITIVE_INFINITY,
      nowMs: Date.now(),
      open: new Set(reviews.items.map((review) => review.id)),
      own: ownSpend(shown.tasks),
      paint,
    });
    for (const line of lines) print(line);
    print(spendLine(shown, store.forks.copied(treeId)));
    const used = usedLine(await queries.getModelUse(treeId));
    if (used) print(used);
    print(
      paint(
        "dim",
        `Tree ${shown.id} · root ${short(root.id)} · workspace ${oneLine(shown.workspace)}${originOf(shown)}`,
      ),
    );
    for (const review of reviews.items) print(`◆ ${askedText(review)}\n  ${answerHint(review)}`);
    if (reviews.next !== null) print("More items wait for a person: list all with `npx banyan reviews --open`.");
    for (const hint of switchHints(shown.tasks)) print(clean(hint));
    if (root.ended_at && root.status !== "succeeded")
      print(`The task has ${oneLine(endedText(root))} ${remedyOf(root)}`.trim());
    if (root.verdict) for (const line of verdictLines(root.verdict)) print(line);
    const text = root.result ?? root.summary;
    if (root.ended_at && text) print(`\n${clean(text).trimEnd()}`);
    return 0;
  });
}
