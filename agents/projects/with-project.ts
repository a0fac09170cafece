/** What a submission that names a project leaves out comes from the project. */
import { wrongField } from "@/agents/application";
import type { Submission } from "@/core/shapes/shapes";
import type { Projects } from "@/db/projects/projects";
import { projectCalled } from "./find-project";

/**
 * Returns the submission with the repository of its project, and with the project's agent, model and cap where it names none.
 * A goal without a command of its own has the project's check. Throws UserError about a field.
 */
export function withProject(
  { store: { projects } }: { store: { projects: Pick<Projects, "all" | "get"> } },
  { project: name, ...submission }: Submission,
): Submission {
  if (name === undefined) return submission;
  if (submission.workspace || submission.repository)
    throw wrongField("project", "A task works in its project's repository: name the project or a folder, not both.");
  const { address, branch, check, defaults } = projectCalled(projects, name);
  const { agent, model, cost_usd } = defaults;
  const { goal } = submission;
  const isFolder = address.startsWith("/");
  return {
    ...submission,
    ...(isFolder ? { workspace: address } : { repository: { url: address, ...(branch !== null && { branch }) } }),
    ...(goal && { goal: goalWith(goal, agent, check?.command) }),
    ...(!goal && !submission.agent && !submission.runbook && agent !== undefined && { agent }),
    ...(submission.model === undefined && model !== undefined && { model }),
    ...(submission.grant?.cost_usd === undefined &&
      cost_usd !== undefined && { grant: { ...submission.grant, cost_usd } }),
  };
}

type Goal = NonNullable<Submission["goal"]>;

/** The project's agent does the work of a goal. */
function goalWith(goal: Goal, agent: string | undefined, check: string | undefined): Goal {
  return {
    ...goal,
    ...(goal.executor === undefined && agent !== undefined && { executor: agent }),
    ...(check !== undefined && needsCheck(goal) && { validation_command: check }),
  };
}

/** Whether a goal says in no way how it is shown to be reached. */
function needsCheck({ validation_command, criteria = [] }: Goal): boolean {
  return !validation_command?.trim() && criteria.length === 0;
}
