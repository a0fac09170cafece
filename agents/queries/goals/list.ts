/** The list of goals: its rows, with the score of each from the goal's log. */
import { fold } from "@/core/evolve";
import { figuresBefore, figuresOf, type GoalFigures } from "@/core/goals/figures";
import { BrokenLogError } from "@/core/log/broken-log";
import { GOAL_DEFAULTS } from "@/core/log/goal";
import type { ListedGoal } from "@/core/shapes/goals";
import type { Page, Tree } from "@/core/shapes/shapes";
import type { Store } from "@/db/store";

type Sources = Pick<Store, "loader" | "queries">;
/** What a row takes from the goal's log. */
type Figures = Pick<ListedGoal, "mode" | "score" | "best_score" | "threshold" | "round" | "iterations_max">;

/** Goals whose figures are kept: more than a page shows. */
const MOST_KEPT = 1_000;

/** Returns a reader of pages of goals. A log is folded again only after it has grown. */
export function createGoalList({ loader, queries }: Sources): (trees: Page<Tree>) => Page<ListedGoal> {
  const kept = new Map<string, { length: number; figures: Figures }>();
  const figuresOfTask = (uid: string): Figures => {
    const { id } = queries.trees.findTask(uid);
    const length = loader.lengthOf(id);
    const known = kept.get(uid);
    if (known?.length === length) return known.figures;
    const figures = readFigures(loader, id, length);
    kept.delete(uid);
    kept.set(uid, { length, figures });
    for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
    return figures;
  };
  return ({ items, next }) => ({
    items: items.map((tree) => ({
      tree_id: tree.id,
      title: tree.title,
      status: tree.status,
      reason: tree.reason,
      ...figuresOfTask(tree.root_task_id),
      cost_usd: tree.totals.cost_usd,
      created_at: tree.created_at,
      ended_at: tree.ended_at,
    })),
    next,
  });
}

/** Returns the figures of a goal. A damaged log has none, so that it does not hide the other goals. */
function readFigures(loader: Sources["loader"], id: number, length: number): Figures {
  try {
    return shown(figuresOf(fold(loader.entries(id, length))));
  } catch (error) {
    if (error instanceof BrokenLogError) return shown(figuresBefore(GOAL_DEFAULTS));
    throw error;
  }
}

function shown({ mode, threshold, score, bestScore, rounds, mostRounds }: GoalFigures): Figures {
  return { mode, score, best_score: bestScore, threshold, round: rounds, iterations_max: mostRounds };
}
