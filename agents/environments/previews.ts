/** Each pull request of a project with previews has an environment while it is open. */
import { DAY_MS, ENVIRONMENT_LIMITS, labelOf } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredIssue } from "@/db/forges/stored";
import { newId } from "@/lib/new-id";
import type { EnvironmentSources } from "./sources";

/** Adds what is missing, renews what shows an older commit, and ends what has no open pull request any more. */
export async function keepPreviews({ store }: Pick<EnvironmentSources, "store">): Promise<void> {
  const { environments, projects, forges } = store;
  const there = environments.all().filter(({ pull }) => pull !== null);
  const wanted = new Set<string>();
  for (const project of projects.all()) {
    const link = forges.link(project.name);
    if (project.service.previews !== true || link === null) continue;
    for (const issue of forges.unsettled(link.projectId)) {
      if (issue.state !== "open" || issue.pull === null || issue.part !== null) continue;
      const known = there.find(({ project: of, pull }) => of === project.name && pull === issue.pull);
      if (known === undefined) await add({ store }, project.name, { ...issue, pull: issue.pull });
      else wanted.add(known.uid);
      if (known !== undefined && isOlder(known, issue)) await environments.renew(known.uid, known);
    }
  }
  for (const { uid, state } of there)
    if (!wanted.has(uid) && state !== "ending") await environments.set(uid, [state], { state: "ending" });
}

async function add(
  { store: { environments } }: Pick<EnvironmentSources, "store">,
  project: string,
  { pull, branch, askedBy }: Pick<StoredIssue, "branch" | "askedBy"> & { pull: number },
): Promise<void> {
  const name = `pr-${pull}`;
  await environments.add({
    uid: `${labelOf(name, project)}-${newId()}`,
    project,
    name,
    branch,
    pull,
    command: null,
    variables: {},
    secrets: {},
    keepMs: ENVIRONMENT_LIMITS.keepDays * DAY_MS,
    createdBy: askedBy,
  });
}

/** Whether the pull request has another commit than the one that is shown. One that is on its way shows the newest. */
function isOlder({ commit, state }: StoredEnvironment, { head }: StoredIssue): boolean {
  const isOnItsWay = state === "waiting" || state === "preparing" || state === "ending";
  return !isOnItsWay && commit !== null && head !== null && commit !== head;
}
