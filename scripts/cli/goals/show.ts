/** `goals` lists the goals; `rounds` lists the rounds of one. */
import type { GoalRound, GoalView, ListedGoal } from "@/core/shapes/goals";
import { money } from "@/core/words/figures";
import { estimateText, percentText } from "@/core/words/goals";
import { limitOf } from "@/scripts/cli/commands/show";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { paint, print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { outsideLines, roundLine } from "@/scripts/cli/print/rounds";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { short, stateOfTree } from "@/scripts/cli/print/words";

export async function goals(context: Context, _: unknown, flags: Flags): Promise<number> {
  const limit = limitOf(flags);
  return withReadRuntime(context, async ({ queries }) => {
    const page = await queries.listGoals({ limit, after: textFlag(flags, "after") });
    if (context.json) printJson(page);
    else if (page.items.length === 0) print('There are no goals yet: set one with npx banyan goal "<goal>".');
    else for (const goal of page.items) print(goalLine(goal));
    if (page.next && !context.json) warn(`More goals: add --after ${page.next}`);
    return 0;
  });
}

function goalLine({ tree_id, title, cost_usd, ...goal }: ListedGoal): string {
  const state = stateOfTree(goal);
  const score = goal.score === null ? "" : percentText(goal.score);
  const figures = [
    padTo(score, 7, "right"),
    padTo(`round ${goal.round}/${goal.iterations_max}`, 13, "right"),
    padTo(money(cost_usd), 8, "right"),
  ].join(" ");
  const word = paint(state.style, `${state.glyph} ${padTo(state.word, 15)}`);
  return `${short(tree_id)}  ${word} ${figures}  ${oneLine(title)}${paint("dim", ` (${goal.mode})`)}`;
}

export async function rounds(context: Context, [id = ""]: (string | undefined)[]): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const goal = await queries.getGoal(id);
    if (!goal) throw new UsageError(`The tree ${id} pursues no goal: \`npx banyan goals\` lists the goals.`);
    if (context.json) printJson({ items: goal.rounds, next: null });
    else for (const line of linesOf(goal)) print(line);
    return 0;
  });
}

function linesOf(goal: GoalView): string[] {
  return [
    ...goal.rounds.flatMap((round, at) => roundLines(goal, round, goal.rounds[at - 1])),
    standing(goal),
    ...endLines(goal),
  ];
}

function roundLines(goal: GoalView, round: GoalRound, before: GoalRound | undefined): string[] {
  const isNew = round.strategy !== "" && round.strategy !== before?.strategy;
  return [
    roundLine(round, goal.iterations_max),
    ...(isNew ? [`  New strategy: ${oneLine(round.strategy)}`] : []),
    ...(round.error_signature === null ? [] : [`  Error: ${oneLine(round.error_signature)}`]),
    ...outsideLines(round),
    ...round.doubts.map((doubt) => `  Needs a person: ${oneLine(doubt)}`),
  ];
}

/** Returns the current score, and an estimate of what is left. */
function standing({ score, best_score, best_round, threshold, estimate, running }: GoalView): string {
  if (score === null) return "The first check has not ended.";
  const best =
    best_score !== null && best_score > score ? `, best ${percentText(best_score)} after round ${best_round}` : "";
  // The estimate is as old as the last round: nothing here knows how long the running one has taken.
  const verb = running ? `were left when round ${running.number} began` : "left";
  const left = estimate === null ? "" : `; about ${estimateText(estimate)} ${verb}`;
  const now = running ? `; round ${running.number} runs` : "";
  return `Score ${percentText(score)} of the needed ${percentText(threshold)}${best}${now}${left}.`;
}

/** Returns why the goal ended without being reached, and that its files were not delivered. */
function endLines({ why, delivery }: GoalView): string[] {
  return [
    ...(why ? [oneLine(why)] : []),
    ...(delivery?.state === "failed" ? [`The delivery failed: ${oneLine(delivery.text)}`] : []),
  ];
}
