/** Lines about the rounds of a goal. */
import type { Queries } from "@/agents/application";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { GoalRound, GoalView } from "@/core/shapes/goals";
import type { Tree } from "@/core/shapes/shapes";
import { duration, money } from "@/core/words/figures";
import { percentText, putBackText } from "@/core/words/goals";
import { oneLine } from "./text";

/** At most this many rounds are printed when the command begins to follow a goal that has run for a while. */
const FIRST = 5;

/** Returns a function that returns the scope once it is known, and the lines of the rounds that have ended since its last call. */
export function createRoundLines(queries: Pick<Queries, "getGoal">): (tree: Tree) => Promise<string[]> {
  let seen = "";
  let told: number | null = null;
  let isScopeTold = false;
  return async ({ id, root_task_id, tasks }) => {
    const root = tasks.find((task) => task.id === root_task_id);
    // A round's record comes with a turn of the goal, so its log is read only after one.
    const now = root?.agent === GOAL_AGENTS.goal ? `${root.turns} ${root.status}` : "";
    if (now === seen) return [];
    seen = now;
    const goal = await queries.getGoal(id);
    if (!goal) return [];
    const from = told ?? Math.max(0, goal.rounds.length - FIRST);
    told = goal.rounds.length;
    const scope = isScopeTold ? [] : scopeLines(goal);
    isScopeTold ||= scope.length > 0;
    const rounds = goal.rounds.slice(from);
    return [...scope, ...rounds.flatMap((round) => [roundLine(round, goal.iterations_max), ...outsideLines(round)])];
  };
}

/** Returns a line that says what the work may change; none while no scope is set. */
function scopeLines({ scope, scope_proposed, may_change }: GoalView): string[] {
  if (scope === null) return [];
  const proposed = scope_proposed ? " (proposed; --scope sets it)" : "";
  return [`The work may change: ${oneLine([...scope, ...may_change].join(", "))}${proposed}`];
}

/** Returns what a round changed outside the scope, and what a person added to the scope in it. */
export function outsideLines({ put_back, widened }: GoalRound): string[] {
  return [
    ...(put_back.length > 0 ? [`  ${oneLine(putBackText(put_back))}`] : []),
    ...(widened.length > 0 ? [`  A person added to the scope: ${oneLine(widened.join(", "))}`] : []),
  ];
}

/** Returns a round in a line. */
export function roundLine(round: GoalRound, most: number): string {
  const { number, verdict, score_before, score, seconds, spent, plan } = round;
  const figures = `${percentText(score_before)} → ${percentText(score)}, ${duration(seconds * 1_000)}, ${money(spent.cost_usd)}`;
  return `Round ${number} of at most ${most}: ${verdict}, ${figures}. ${oneLine(plan)}`;
}
