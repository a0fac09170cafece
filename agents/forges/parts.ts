/** The changes of an issue in each of the repositories that its tree has side by side. Where it has one, that is the only part. */
import { UserError } from "@/agents/application";
import { keptChanges } from "@/agents/files/left-out";
import { copiesOf } from "@/agents/files/target";
import { projectCalled } from "@/agents/projects/find-project";
import { ordered, type ProjectsRepository } from "@/agents/projects/repositories";
import { tokenSecretOf } from "@/core/words/projects";
import type { StoredPull } from "@/db/forges/pulls";
import type { StoredIssue } from "@/db/forges/stored";
import { ForgeError } from "@/lib/forges/port";
import { snapshotsBelow } from "@/lib/snapshots/below";
import { Undeliverable } from "./branch";
import type { Look } from "./sources";

/** An issue's change in one repository. What is done with an issue whose tree has one repository is done with each. */
export interface Part {
  look: Look;
  /** The issue with state, branch and pull request of this part. */
  issue: StoredIssue;
  /** Folders of the repositories whose change has to be merged before. */
  needs: readonly string[];
}

/** A repository of which the tree has a copy beside others. */
interface Copy {
  repository: ProjectsRepository;
  /** What is known of the change in it; null: nothing was delivered yet. */
  pull: StoredPull | null;
}

/** Returns the repositories in these folders of the tree, in the order in which a change is merged. Throws Undeliverable. */
function copiesIn(look: Look, folders: readonly string[], pulls: readonly StoredPull[]): Copy[] {
  const { projects } = look.store;
  const known = ordered(projects, projectCalled(projects, look.link.project));
  const lost = folders.find((name) => !known.some(({ folder }) => folder === name));
  if (lost !== undefined)
    throw new Undeliverable(
      `The tree works in ${lost} too, which somebody has removed from the project's repositories: add it again, then go on.`,
    );
  return known
    .filter(({ folder }) => folders.includes(folder))
    .map((repository) => ({ repository, pull: pulls.find(({ folder }) => folder === repository.folder) ?? null }));
}

/**
 * Resolves with the parts that have a pull request, in the order in which they are merged; null: the tree has one repository.
 * The tree may be gone.
 */
export async function deliveredParts(look: Look, issue: StoredIssue): Promise<Part[] | null> {
  const pulls = look.store.forges.pulls(issue.id);
  if (pulls.length === 0) return null;
  const offered = pulls.filter(({ pull }) => pull !== null);
  const folders = offered.map(({ folder }) => folder);
  const parts: Part[] = [];
  for (const copy of copiesIn(look, folders, offered)) parts.push(await partOf(look, issue, copy));
  return parts;
}

/**
 * Resolves with the parts that the tree has changed, or that have a pull request, in the order in which they are merged.
 * `start`, `snapshot`: of the tree's folder.
 */
export async function changedParts(
  look: Look,
  issue: StoredIssue,
  { start, snapshot }: { start: string | null; snapshot: string | null },
): Promise<Part[]> {
  const copied = await copiesOf(look, look.queries, issue.tree);
  if (copied.length === 0) {
    const isChanged = snapshot !== null && snapshot !== start;
    return isChanged || issue.pull !== null ? [{ look, issue, needs: [] }] : [];
  }
  const folders = copied.map(({ folder }) => folder);
  const parts: Part[] = [];
  for (const copy of copiesIn(look, folders, look.store.forges.pulls(issue.id))) {
    const files = snapshotsBelow(look.snapshots, copy.repository.folder);
    const since = copy.pull?.snapshot ?? start;
    const isChanged = snapshot !== null && (await keptChanges(files, since, snapshot)).length > 0;
    if (copy.pull?.state === "merged") {
      if (!isChanged) continue;
      throw new Undeliverable(
        `${copy.repository.folder} was changed again after its change was merged, and a merged change gets no more commits: bring it in by hand.`,
      );
    }
    if (isChanged || (copy.pull !== null && copy.pull.pull !== null)) parts.push(await partOf(look, issue, copy));
  }
  return parts;
}

async function partOf(look: Look, issue: StoredIssue, { repository, pull }: Copy): Promise<Part> {
  const { folder, isOwn, branch, needs } = repository;
  if (pull === null) await look.store.forges.beginPull(issue.id, folder);
  const known = pull ?? BEGUN;
  return {
    look: {
      ...look,
      ...(isOwn ? {} : await atForge(look, repository)),
      into: branch,
      files: snapshotsBelow(look.snapshots, folder),
      beside: { folder, isOwn, ownPath: look.link.path },
    },
    issue: { ...issue, ...known, part: folder },
    needs,
  };
}

const BEGUN: Omit<StoredPull, "folder"> = {
  state: "working",
  why: null,
  snapshot: null,
  head: null,
  base: null,
  measured: null,
  pull: null,
  pullUrl: null,
  seen: [],
};

/** Resolves with what a look at another repository of the project needs. */
async function atForge(look: Look, repository: ProjectsRepository): Promise<Pick<Look, "link" | "port" | "login">> {
  const link = { ...look.link, ...placeBeside(look, repository) };
  const port = look.portOf(link, look.signal);
  if (port === null)
    throw new ForgeError(
      `The vault has no token for ${link.host}: set the secret ${tokenSecretOf(link.host)}.`,
      "refused",
    );
  const login = link.host === look.link.host ? look.login : await port.login();
  return { link, port, login };
}

/** Returns where a further repository is. Throws a ForgeError, with which the look ends until somebody has helped. */
export function placeBeside(look: Look, { folder, address, keys }: ProjectsRepository) {
  const name = `${look.link.project}'s ${folder}`;
  if (keys.every((key) => key.startsWith("/")))
    throw new ForgeError(
      `${name} is a folder without a remote called origin, so a change of it cannot become a pull request: add it by its address.`,
      "refused",
    );
  try {
    return look.placeOf({ name, address, keys });
  } catch (error) {
    if (error instanceof UserError) throw new ForgeError(error.message, "refused");
    throw error;
  }
}
