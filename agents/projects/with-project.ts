/** What a submission that names a project leaves out comes from the project. */
import { wrongField } from "@/agents/application";
import type { Submission } from "@/core/shapes/submission";
import type { Projects, StoredProject } from "@/db/projects/projects";
import { projectCalled } from "./find-project";
import { isSeveral, repositoriesOf, wholeOf } from "./repositories";

/**
 * Returns the submission with the repositories of its project, and with the project's agent, model and cap where it names none.
 * A runbook works without a model, so the project's model is not for it. A goal without a command of its own has the project's check. Throws UserError about a field.
 */
export function withProject(
  { store: { projects } }: { store: { projects: Pick<Projects, "all" | "get" | "repositories"> } },
  { project: name, ...submission }: Submission,
): Submission {
  if (name === undefined) return submission;
  if (submission.workspace || submission.repository || submission.repositories)
    throw wrongField("project", "A task works in its project's repository: name the project or a folder, not both.");
  const project = projectCalled(projects, name);
  const { agent, model, cost_usd } = project.defaults;
  const { goal } = submission;
  return {
    ...submission,
    ...placeOf(projects, project),
    ...(goal && { goal: goalWith(goal, agent, wholeOf(projects, project), isSeveral(projects, project)) }),
    ...(!goal && !submission.agent && !submission.runbook && agent !== undefined && { agent }),
    ...(submission.model === undefined && !submission.runbook && model !== undefined && { model }),
    ...(cost_usd !== undefined && takesCap(submission, cost_usd) && { grant: { ...submission.grant, cost_usd } }),
  };
}

function takesCap({ grant, within_caps }: Submission, cap: number): boolean {
  return grant?.cost_usd === undefined || (within_caps === true && (grant.cost_usd ?? Number.POSITIVE_INFINITY) > cap);
}

/** Where its tasks work: in its folder, in a copy of its repository, or in copies of all of them side by side. */
function placeOf(projects: Pick<Projects, "repositories">, project: StoredProject): Partial<Submission> {
  const { address, branch } = project;
  // A folder may be worked on in a copy; the others are copies anyway.
  const onBranch = branch !== null && { branch };
  if (!isSeveral(projects, project))
    return address.startsWith("/")
      ? { workspace: address }
      : { repository: { url: address, ...onBranch }, copy: undefined };
  const repositories = repositoriesOf(projects, project).map(({ folder, address, branch }) => ({
    folder,
    address,
    ...(branch !== null && { branch }),
  }));
  return { repositories, copy: undefined };
}

type Goal = NonNullable<Submission["goal"]>;

/** The project's agent does the work of a goal. */
function goalWith(
  goal: Goal,
  agent: string | undefined,
  { check, setup }: ReturnType<typeof wholeOf>,
  isBeside: boolean,
): Goal {
  return {
    ...goal,
    // Of one repository the usual setup is found in its files.
    ...(isBeside && goal.setup_command === undefined && setup !== null && { setup_command: setup }),
    ...(goal.executor === undefined && agent !== undefined && { executor: agent }),
    ...(check !== null && needsCheck(goal) && { validation_command: check }),
  };
}

/** Whether a goal says in no way how it is shown to be reached. */
function needsCheck({ validation_command, criteria = [] }: Goal): boolean {
  return !validation_command?.trim() && criteria.length === 0;
}
