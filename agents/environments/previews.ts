/** Each pull request of a project with previews has an environment while it is open. */
import { DAY_MS, ENVIRONMENT_LIMITS, labelOf } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredIssue } from "@/db/forges/stored";
import { newId } from "@/lib/new-id";
import type { EnvironmentSources } from "./sources";

/** Adds what is missing, renews what was asked for before Banyan's last push, and ends what has no open pull request any more. */
export async function keepPreviews({ store }: Pick<EnvironmentSources, "store">): Promise<void> {
  const { environments, projects, forges } = store;
  const all = environments.all();
  const there = all.filter(({ pull }) => pull !== null);
  const wanted = new Set<string>();
  for (const project of projects.all()) {
    const link = forges.link(project.name);
    if (project.service.previews !== true || link === null) continue;
    for (const issue of forges.unsettled(link.projectId)) {
      if (issue.state !== "open" || issue.pull === null || issue.part !== null) continue;
      const pullHead = headOf({ store }, issue);
      const known = there.find(({ project: of, pull }) => of === project.name && pull === issue.pull);
      if (known !== undefined) {
        wanted.add(known.uid);
        if (isOlder(known, pullHead)) await environments.renew(known.uid, { ...known, pullHead });
      } else if (all.length < ENVIRONMENT_LIMITS.environments) {
        // One that finds no place waits until another ends.
        await add({ store }, project.name, { ...issue, pull: issue.pull, pullHead });
      }
    }
  }
  for (const { uid, state } of there)
    if (!wanted.has(uid) && state !== "ending") await environments.set(uid, [state], { state: "ending" });
}

async function add(
  { store: { environments } }: Pick<EnvironmentSources, "store">,
  project: string,
  {
    pull,
    pullHead,
    branch,
    askedBy,
  }: Pick<StoredIssue, "branch" | "askedBy"> & { pull: number; pullHead: string | null },
): Promise<void> {
  const name = `pr-${pull}`;
  await environments.add({
    uid: `${labelOf(name, project)}-${newId()}`,
    project,
    name,
    branch,
    pull,
    pullHead,
    command: null,
    variables: {},
    secrets: {},
    keepMs: ENVIRONMENT_LIMITS.keepDays * DAY_MS,
    createdBy: askedBy,
  });
}

/** Returns what Banyan has last pushed to the pull request of the project's own repository. */
function headOf({ store }: Pick<EnvironmentSources, "store">, { id, head, pullUrl }: StoredIssue): string | null {
  // With several repositories, each of them has its own.
  return head ?? store.forges.pulls(id).find((pull) => pull.pullUrl === pullUrl)?.head ?? null;
}

/**
 * Whether Banyan has pushed since the files were asked for. They are those of the branch, to which others push too, so
 * their commit may be a newer one. Files that are on their way are the newest.
 */
function isOlder({ pullHead: known, state }: StoredEnvironment, pullHead: string | null): boolean {
  const isOnItsWay = state === "waiting" || state === "preparing" || state === "ending";
  return !isOnItsWay && pullHead !== null && known !== pullHead;
}
