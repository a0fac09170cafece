/** The question of the supervised mode: a round's plan, with what it is expected to take, and what rounds cost. */
import type { UnitEstimate } from "@/core/log/plans";
import type { RoundTask } from "@/core/log/round-task";
import { costOfAll, costShape } from "@/core/plans/estimates";
import { count, money, plural } from "@/core/words/figures";
import { costText, minutesText, planCostText, rangeText } from "@/core/words/plans/plans";
import { percent } from "./material";
import type { Plan, Step } from "./plan";
import { placesOf, timesOfSteps } from "./units";

/** `refusal`: why the person's last answer was not followed; "" without one. */
export function roundQuestion(task: RoundTask, plan: Plan, refusal: string): string {
  const { number, goal, scope, rounds_max, score_before, cost } = task;
  const most = rounds_max ?? goal.max_iterations;
  const again = task.replans_max ? "For another plan, answer “Plan again:” with what it should do differently. " : "";
  return [
    ...(refusal ? [refusal] : []),
    `Go on with round ${number} of at most ${most}? The score is ${percent(score_before)}.`,
    plan.summary,
    unitLines(task, plan.steps),
    ...(scope && number === 1 ? [`The work may change: ${scope.join(", ")}.`] : []),
    ...(cost
      ? [`So far the rounds have used ${amount(cost.so_far)}. One of the last took ${amount(cost.round)} on average.`]
      : []),
    `Answer “Go on”, or “Stop”, or write the plan as it should be: your words then count above it. ${again}To change its units, edit them on the goal's page, or answer with all of them as JSON.`,
    "- Go on\n- Stop",
  ].join("\n\n");
}

/** Returns the units with their estimates and risks, and how long all of them take. */
function unitLines({ times }: RoundTask, steps: readonly Step[]): string {
  const { estimates, schedule } = timesOfSteps(steps, times);
  const { wall, critical, work, groups } = schedule;
  const places = placesOf(steps);
  const lines = steps.map(({ title, executor, deliverable, expects, risk, risk_why }, at) => {
    const { minutes, cost, ...range } = estimates[at] as UnitEstimate;
    const dollars = costText(costShape(cost));
    const brings = deliverable || expects;
    const after = (places[at] ?? []).map((place) => place + 1).join(", ");
    const facts = [
      `${minutesText(minutes)} (${rangeText(range)})`,
      ...(dollars === null ? [] : [dollars]),
      ...(after ? [`after ${after}`] : []),
      ...(risk ? [`risk ${risk} of 5${risk_why ? ` because ${risk_why}` : ""}`] : []),
    ];
    return `${at + 1}. ${title} (${executor})${brings ? `: ${brings}` : ""} – ${facts.join(", ")}`;
  });
  const numbers = (list: readonly number[]) => list.map((at) => at + 1).join(", ");
  const together = groups.filter((group) => group.length > 1).map((group) => `${numbers(group)} run at once`);
  const all = costOfAll(estimates);
  const totals = [
    `${plural(steps.length, "unit")}, about ${minutesText(wall.minutes)} (${rangeText(wall)})`,
    planCostText({ ...costShape(all), units: steps.length, cost_units: all?.count ?? 0 }),
    ...(critical.length > 1 ? [`the critical path is ${numbers(critical)}`] : []),
    ...together,
    ...(work > wall.minutes ? [`${minutesText(work)} of work`] : []),
  ];
  return [lines.join("\n"), `${totals.join("; ")}.`].join("\n\n");
}

function amount({ tokens, cost_usd }: NonNullable<RoundTask["cost"]>["round"]): string {
  return `${count(tokens)} tokens (${money(cost_usd)})`;
}
