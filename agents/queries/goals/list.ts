/** The list of goals: rows of trees, with the figures from each goal's log. */
import { figuresBefore } from "@/core/goals/figures";
import { GOAL_DEFAULTS } from "@/core/log/goal";
import type { ListedGoal } from "@/core/shapes/goals";
import type { Page, Tree } from "@/core/shapes/shapes";
import type { Store } from "@/db/store";

/** Returns a page of goals. One with a damaged log shows no figures, so that it does not hide the others. */
export function listedGoals(trees: Store["queries"]["trees"], { items, next }: Page<Tree>): Page<ListedGoal> {
  return {
    items: items.map((tree) => {
      const figures = trees.goalFiguresOf(tree.id) ?? figuresBefore(GOAL_DEFAULTS);
      return {
        tree_id: tree.id,
        title: tree.title,
        status: tree.status,
        reason: tree.reason,
        mode: figures.mode,
        score: figures.score,
        best_score: figures.bestScore,
        threshold: figures.threshold,
        round: figures.rounds,
        iterations_max: figures.mostRounds,
        cost_usd: tree.totals.cost_usd,
        created_at: tree.created_at,
        ended_at: tree.ended_at,
      };
    }),
    next,
  };
}
