/**
 * Creates a branch in a person's repository with what a tree changed, as one commit on top of HEAD. The work tree and
 * the index stay as they are. The commit is made in a scratch repository, because settings and attributes of a
 * repository can name programs; the repository itself only receives objects and one reference.
 */
import type { SnapshotReader } from "../snapshots/below";
import { WorkspaceError } from "../workspace/path";
import { commitWith } from "./commit";
import {
  BranchNameError,
  gitIn,
  type Head,
  headOf,
  type PersonsRepository,
  requireBranchName,
  tipAt,
  tipOf,
} from "./repository";

export interface BranchRequest {
  repository: PersonsRepository;
  /** Snapshots of the folder before and after the tree. */
  from: string | null;
  to: string;
  branch: string;
  message: string;
  /** A folder of the server for temporary files. */
  dir: string;
  signal?: AbortSignal;
}

export interface NewBranch {
  branch: string;
  commit: string;
  /** The commit and branch that it starts from. */
  onto: Head;
  files: number;
  ignored: number;
  nested: string[];
  /** A try that was cut off before it answered had made it. */
  isThere: boolean;
}

const MOST_NAMED = 5;
/** What a reference is that is not there yet. */
const NOTHING = "0".repeat(40);

/** Throws a `WorkspaceError` with one sentence, and then has created nothing. */
export async function createBranchWith(snapshots: SnapshotReader, request: BranchRequest): Promise<NewBranch> {
  const [made] = await createBranches([{ snapshots, request }]);
  return made as NewBranch;
}

/** Creates one branch for each request, in different repositories, or none of them. Throws as `createBranchWith`. */
export async function createBranches(
  requests: readonly { snapshots: SnapshotReader; request: BranchRequest }[],
): Promise<NewBranch[]> {
  const commits: { request: BranchRequest; made: NewBranch }[] = [];
  for (const { snapshots, request } of requests) commits.push({ request, made: await commitFor(snapshots, request) });
  const created: typeof commits = [];
  try {
    for (const one of commits.filter(({ made }) => !made.isThere)) {
      const { repository, signal } = one.request;
      const { branch, commit } = one.made;
      await gitIn(repository, ["update-ref", `refs/heads/${branch}`, commit, NOTHING], { signal });
      created.push(one);
    }
  } catch (error) {
    const removed = created.map(({ request, made }) =>
      gitIn(request.repository, ["update-ref", "-d", `refs/heads/${made.branch}`, made.commit]),
    );
    await Promise.allSettled(removed);
    throw error;
  }
  return commits.map(({ made }) => made);
}

/** Makes the commit of a branch, which no reference names yet. */
async function commitFor(snapshots: SnapshotReader, request: BranchRequest): Promise<NewBranch> {
  const { repository, branch, signal, ...rest } = request;
  const onto = await headOf(repository, signal);
  await requireBranchName(repository, branch);
  const there = await tipOf(repository, branch);
  const taken = new BranchNameError(
    `The repository already has a branch ${JSON.stringify(branch)}; choose another name.`,
  );
  if (there !== null && there.message !== request.message.trim()) throw taken;
  const made = await commitWith(snapshots, { ...rest, repository, onto: onto.commit, signal });
  if ("conflicts" in made) throw conflictIn(made.conflicts);
  const { commit, paths, ignored, nested, changed } = made;
  if (commit === null) throw nothingToApply(changed, ignored, onto);
  if (there !== null && (await tipAt(repository, commit)).content !== there.content) throw taken;
  const isThere = there !== null;
  return { branch, commit: there?.commit ?? commit, onto, files: paths.length, ignored, nested, isThere };
}

function nothingToApply(changed: number, ignored: number, { branch, commit }: Head): WorkspaceError {
  if (changed === 0) return new WorkspaceError("Nothing to apply: the tree changed no files.");
  if (ignored === changed)
    return new WorkspaceError("Nothing to apply: .gitignore leaves out every file that the tree changed.");
  return new WorkspaceError(
    `Nothing to apply: ${branch ?? commit.slice(0, 12)} already has everything that the tree changed.`,
  );
}

function conflictIn(paths: readonly string[]): WorkspaceError {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  const named = paths.slice(0, MOST_NAMED).join(", ");
  return new WorkspaceError(
    `No branch was created: the last commit has other versions of ${named}${more}. Commit your own changes of ${paths.length === 1 ? "this file" : "these files"} first, or download the patch.`,
  );
}
