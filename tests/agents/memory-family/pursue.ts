/** Pursues goals in repositories of the family: real goals, commands and lessons. */
import type { Runtime } from "@/agents/boot/runtime-parts";
import { ownerCalled } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import { CHECK, type Repository, writeRepository } from "./repository";

export interface FamilyPlace {
  runtime: Pick<Runtime, "application" | "store">;
  model: string;
  /**
   * Holds one repository after the other, so all of them are one place for lessons, as the versions of a repository
   * are: a lesson of the host applies only in the place where it was made.
   */
  folder: string;
  /** The grant of each goal. */
  grant?: Submission["grant"];
  ended(treeId: string): Promise<unknown>;
  /** Learns from ended goals in the log. */
  learn(): Promise<void>;
}

export interface Pursued {
  kind: string;
  rounds: number;
  succeeded: boolean;
  tree: string;
}

/** More rounds than there are ways, so that a goal fails only when something is wrong. */
export const MOST_ROUNDS = 12;

export async function pursue(place: FamilyPlace, repository: Repository): Promise<Pursued> {
  const { application, store } = place.runtime;
  writeRepository(place.folder, repository);
  const { id: tree } = await application.commands.submitTree(
    {
      task: repository.task,
      workspace: place.folder,
      model: place.model,
      ...(place.grant && { grant: place.grant }),
      goal: {
        validation_command: CHECK,
        // A script that the check runs is outside every scope unless it is named.
        scope: [repository.path],
        max_iterations: MOST_ROUNDS,
        reflect_every: 1_000,
      },
    },
    ownerCalled("family"),
  );
  await place.ended(tree);
  const counted = () => store.lessons.goalOutcomes(0).find((goal) => goal.tree === tree);
  await place.learn();
  // Learns again if needed: a run that began before the goal ended is shared by its callers, and the next run sees the
  // end.
  if (!counted()) await place.learn();
  const outcome = counted();
  if (!outcome) {
    const { root_task_id } = await application.queries.getTree(tree);
    const { status, result } = await application.queries.getTask(root_task_id);
    throw new Error(`Nothing was counted of the goal ${tree}: ${status}, ${result ?? "no result"}.`);
  }
  return { kind: repository.kind.name, rounds: outcome.rounds, succeeded: outcome.succeeded, tree };
}
