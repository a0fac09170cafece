/** What entry points can ask of goals, and change in them. */
import type { GoalFields } from "@/core/log/goal";
import type { Actor } from "@/core/rules/roles";
import type { GoalView, ListedGoal } from "@/core/shapes/goals";
import type { Page } from "@/core/shapes/shapes";

export interface GoalQueries {
  /** Returns the goal that the tree pursues, or null. */
  getGoal(treeId: string): Promise<GoalView | null>;
  /** Returns the goals, newest first. */
  listGoals(options?: { after?: string; limit?: number }): Promise<Page<ListedGoal>>;
}

export interface GoalCommands {
  /** Changes what a running goal is given, from its next round on. Only people can. */
  changeGoal(treeId: string, fields: GoalFields, actor: Actor): Promise<{ sentence: string }>;
}
