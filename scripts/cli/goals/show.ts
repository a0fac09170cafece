/** `goals` lists the goals; `rounds` lists the rounds of one. */
import { mermaidOf } from "@/core/plans/mermaid";
import type { GoalRound, GoalView, ListedGoal } from "@/core/shapes/goals";
import type { PlanUnit, PlanView } from "@/core/shapes/plans";
import { money } from "@/core/words/figures";
import { estimateText, percentText } from "@/core/words/goals";
import {
  chargedText,
  costText,
  minutesText,
  planTotals,
  rangeText,
  tookText,
  UNIT_STATE_WORDS,
} from "@/core/words/plans/plans";
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

export async function rounds(context: Context, [id = ""]: (string | undefined)[], flags: Flags): Promise<number> {
  if (flags.mermaid && context.json)
    throw new UsageError("--mermaid prints only the plan, as a flowchart: leave out --json.");
  return withReadRuntime(context, async ({ queries }) => {
    const goal = await queries.getGoal(id);
    if (!goal) throw new UsageError(`The tree ${id} pursues no goal: \`npx banyan goals\` lists the goals.`);
    const plan = planOf(goal, flags.round);
    if (flags.mermaid) {
      if (!plan) throw new UsageError("There is no plan to print: it is made when a round begins.");
      print(mermaidOf(plan.planned).trimEnd());
    } else if (context.json) printJson({ items: goal.rounds, next: null, running: goal.running });
    else for (const line of [...linesOf(goal), ...(plan ? planLines(plan) : [])]) print(line);
    return 0;
  });
}

interface PlanOfRound {
  number: number;
  planned: PlanView;
}

/** Returns the plan of a round, by default of the round that runs, else of the newest that has one. */
function planOf({ rounds, running }: GoalView, wanted: Flags[string]): PlanOfRound | null {
  const all = [...rounds, ...(running ? [running] : [])].flatMap(({ number, planned }) =>
    planned ? [{ number, planned }] : [],
  );
  if (wanted === undefined) return all.at(-1) ?? null;
  const found = all.find(({ number }) => number === Number(wanted));
  if (!found)
    throw new UsageError(`Round ${wanted} has no plan to show: only the newest 30 rounds keep theirs at hand.`);
  return found;
}

/** Returns a plan with its units, a line each. */
function planLines({ number, planned }: PlanOfRound): string[] {
  return [
    `Plan of round ${number}${planned.waits ? ", which waits for your answer" : ""}: ${planTotals(planned)}.`,
    ...planned.units.map(unitLine),
    `  Critical path: ${planned.critical_path.join(", ")}.`,
  ];
}

function unitLine(unit: PlanUnit): string {
  const { title, agent, after, risk, risk_why, minutes, minutes_low, minutes_high, took_minutes } = unit;
  const range = rangeText({ low: minutes_low, high: minutes_high });
  const dollars = took_minutes === null ? costText(unit) : chargedText(unit);
  const facts = [
    took_minutes === null ? `${minutesText(minutes)} (${range})` : tookText(unit),
    ...(dollars === null ? [] : [dollars]),
    ...(after.length > 0 ? [`after ${after.join(", ")}`] : []),
    ...(risk === null ? [] : [`risk ${risk} of 5${risk_why ? ` because ${oneLine(risk_why)}` : ""}`]),
    ...(unit.slack_minutes > 0 ? [`slack ${minutesText(unit.slack_minutes)}`] : []),
  ];
  const state = UNIT_STATE_WORDS[unit.state];
  return `  ${unit.number}. ${oneLine(title)} (${agent}, ${unit.kind}). ${state}. ${facts.join(", ")}`;
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
