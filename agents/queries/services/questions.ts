/** The open questions of the trees that specify, make or change a service. */
import { fold } from "@/core/evolve";
import { isServiceMade } from "@/core/goals/pursue";
import { BrokenLogError } from "@/core/log/broken-log";
import type { ServiceQuestion } from "@/core/shapes/services/questions";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { Store } from "@/db/store";
import type { CheckedSources } from "./checked";

export interface QuestionSources extends Pick<CheckedSources, "treesOf"> {
  store: Pick<Store, "loader" | "queries">;
  /** What a tree asks, the most urgent first. */
  asked(tree: string): Promise<Review[]>;
}

/** Resolves with the questions, by tree; trees that do other work in the project have none here. */
export async function questionsOf(sources: QuestionSources, project: string): Promise<ServiceQuestion[]> {
  const found: ServiceQuestion[] = [];
  for (const tree of await sources.treesOf(project, "open")) {
    const questions = (await sources.asked(tree.id)).filter(({ kind }) => kind === "question");
    // Only then, because the goal stands in the tree's log.
    const step = questions.length === 0 ? null : stepOf(sources.store, tree, project);
    if (step !== null) found.push(...questions.map((review) => ({ review, step })));
  }
  return found;
}

/** Returns how far the goal of a service is; null: the tree pursues none of this service, or its log cannot be read. */
function stepOf(
  { loader, queries }: QuestionSources["store"],
  tree: Tree,
  project: string,
): ServiceQuestion["step"] | null {
  const { id } = queries.trees.findTask(tree.root_task_id);
  try {
    const { assignment, messages } = fold(loader.entries(id, loader.lengthOf(id)));
    const { goal } = assignment;
    if (!goal || (goal.service ?? goal.service_change)?.name !== project) return null;
    return isServiceMade(goal, messages) ? "building" : "specification";
  } catch (error) {
    if (error instanceof BrokenLogError) return null;
    throw error;
  }
}
