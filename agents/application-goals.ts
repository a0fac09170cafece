/** What entry points can ask of goals. */
import type { GoalView, ListedGoal } from "@/core/shapes/goals";
import type { Page } from "@/core/shapes/shapes";

export interface GoalQueries {
  /** Returns the goal that the tree pursues, or null. */
  getGoal(treeId: string): Promise<GoalView | null>;
  /** Returns the goals, newest first. */
  listGoals(options?: { after?: string; limit?: number }): Promise<Page<ListedGoal>>;
}
