/** The figures of goals for lists. A log is folded again only after it has grown. */
import { fold } from "@/core/evolve";
import { figuresOf, type GoalFigures } from "@/core/goals/figures";
import { BrokenLogError } from "@/core/log/broken-log";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { EntryReader } from "@/db/file/entries";

/** Goals whose figures stay in memory: more than a page shows. */
const MOST_KEPT = 1_000;

export interface GoalFiguresReader {
  /** Returns null for a tree whose root task pursues no goal, or whose log is damaged. */
  of(root: { id: number; agent: string; tree: string }): GoalFigures | null;
}

export function createGoalFigures(log: EntryReader): GoalFiguresReader {
  // By public ids: the number of a deleted task is given to a later one.
  const kept = new Map<string, { length: number; figures: GoalFigures | null }>();
  return {
    of({ id, agent, tree }) {
      if (agent !== GOAL_AGENTS.goal) return null;
      const length = log.lengthOf(id);
      const known = kept.get(tree);
      if (known?.length === length) return known.figures;
      const figures = readFigures(log, id, length);
      kept.delete(tree);
      kept.set(tree, { length, figures });
      for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
      return figures;
    },
  };
}

/** One goal with a damaged log does not make a whole list unreadable. */
function readFigures(log: EntryReader, id: number, length: number): GoalFigures | null {
  try {
    const state = fold(log.entries(id, length));
    return state.assignment.goal ? figuresOf(state) : null;
  } catch (error) {
    if (error instanceof BrokenLogError) return null;
    throw error;
  }
}
