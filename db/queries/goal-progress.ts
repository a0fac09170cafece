/** The progress of goals for lists of trees. A log is folded again only after it has grown. */
import { fold } from "@/core/evolve";
import { figuresOf } from "@/core/goals/figures";
import { BrokenLogError } from "@/core/log/broken-log";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { GoalProgress } from "@/core/shapes/goals";
import type { EntryReader } from "@/db/file/entries";

/** Goals whose progress stays in memory: more than a page shows. */
const MOST_KEPT = 1_000;

export interface GoalProgressReader {
  /** Returns null for a tree whose root task pursues no goal, or whose log is damaged. */
  of(root: { id: number; agent: string; tree: string }): GoalProgress | null;
}

export function createGoalProgress(log: EntryReader): GoalProgressReader {
  // By public ids: the number of a deleted task is given to a later one.
  const kept = new Map<string, { length: number; progress: GoalProgress | null }>();
  return {
    of({ id, agent, tree }) {
      if (agent !== GOAL_AGENTS.goal) return null;
      const length = log.lengthOf(id);
      const known = kept.get(tree);
      if (known?.length === length) return known.progress;
      const progress = readProgress(log, id, length);
      kept.delete(tree);
      kept.set(tree, { length, progress });
      for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
      return progress;
    },
  };
}

/** One goal with a damaged log does not make a whole list unreadable. */
function readProgress(log: EntryReader, id: number, length: number): GoalProgress | null {
  try {
    const state = fold(log.entries(id, length));
    if (!state.assignment.goal) return null;
    const { bestScore, rounds, isRoundRunning, mostRounds } = figuresOf(state);
    return { score: bestScore, round: rounds + (isRoundRunning ? 1 : 0), rounds_max: mostRounds };
  } catch (error) {
    if (error instanceof BrokenLogError) return null;
    throw error;
  }
}
