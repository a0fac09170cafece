/** What a new task has where the composer's fields are empty. Pure. */
import type { Project } from "@/core/shapes/projects";
import type { ServerStatus } from "@/core/shapes/status";

/** What its project says, else the installation; the server does the same (`agents/projects/with-project.ts`). */
export interface Usual {
  /** "": the task's agent is chosen for it, and a goal has its usual executor. */
  agent: string;
  /** provider/model. */
  model: string;
  /** The project's cap on money in dollars; null: it has none. */
  projectUsd: number | null;
  /** The installation's cap of a tree in dollars; null: it has none. */
  treeUsd: number | null;
  /** What shows that a goal without a command and criteria is reached; "": nothing. */
  check: string;
}

export function usualOf(
  { caps, defaultModel }: Pick<ServerStatus, "caps" | "defaultModel">,
  project: Pick<Project, "defaults" | "repositories"> | null,
): Usual {
  const { agent = "", model = defaultModel, cost_usd = null } = project?.defaults ?? {};
  return { agent, model, projectUsd: cost_usd, treeUsd: caps.tree_usd, check: project ? checkOf(project) : "" };
}

function checkOf({ repositories }: Pick<Project, "repositories">): string {
  const isSeveral = repositories.length > 1;
  const checks = repositories.flatMap(({ folder, check }) =>
    check === null ? [] : [isSeveral ? `${check.command} in ${folder}` : check.command],
  );
  return checks.join(", then ");
}
