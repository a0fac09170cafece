/** Repositories that an agent opened: trusted copies of their history, by the folder in the workspace. */
import { readTextFile } from "../workspace/files";
import { sentenceFor } from "../workspace/open";
import { isHidden, partsInside, requireFillable, WorkspaceError, type WorkspaceView } from "../workspace/path";
import { cloneRepository } from "./clone-repository";
import { readHead } from "./head";
import { readHistory } from "./history";
import { importRepository } from "./import-repository";
import type { RemoteOptions } from "./remote";
import { findStore, type RepositoryFacts, storeFor } from "./store";

/** With the names of the tool's JSON. */
export type OpenedRepository =
  | ({ git: true; path: string } & RepositoryFacts)
  | { git: false; path: string; reason?: string };

export type FolderHistory =
  | { git: false; path: string }
  | {
      git: true;
      path: string;
      commits: number;
      authors: number;
      first_commit_at: string | null;
      last_commit_at: string | null;
      most_changed_files: { path: string; commits: number }[];
      truncated: boolean;
    };

interface Place {
  view: WorkspaceView;
  /** Where the copies are. */
  cacheDir: string;
}

export async function openRepositoryIn(
  { view, cacheDir }: Place,
  path: string,
  signal: AbortSignal,
): Promise<OpenedRepository> {
  const parts = partsInside(view, path);
  const shown = parts.join("/") || ".";
  if (isHidden(view, [...parts, ".git"])) return { git: false, path: shown };
  try {
    const imported = await importRepository(view, storeFor(cacheDir, parts), signal);
    return imported.git ? { git: true, path: shown, ...imported.facts } : { ...imported, path: shown };
  } catch (error) {
    throw signal.aborted ? error : sentenceFor(error, path);
  }
}

/** Copies the files of a remote repository into a missing or empty folder. */
export async function copyRepositoryInto(
  { view, cacheDir }: Place,
  path: string,
  remote: RemoteOptions,
): Promise<OpenedRepository> {
  const parts = partsInside(view, path);
  requireFillable(view, parts, path);
  const facts = await cloneRepository(view, storeFor(cacheDir, parts), remote);
  return { git: true, path: parts.join("/") || ".", ...facts };
}

export async function historyIn(
  { view, cacheDir }: Place,
  given: string,
  mostFiles: number,
  signal: AbortSignal,
): Promise<FolderHistory> {
  const parts = partsInside(view, given);
  const path = parts.join("/") || ".";
  const store = findStore(cacheDir, parts);
  // Another task of the tree, from which it is not hidden, may have opened it.
  if (!store || isHidden(view, [...store.parts, ".git"])) return { git: false, path };
  const prefix = parts.slice(store.parts.length).join("/");
  const history = await readHistory(store, prefix, mostFiles, signal);
  const base = store.parts.length > 0 ? `${store.parts.join("/")}/` : "";
  return {
    git: true,
    path,
    commits: history.commits,
    authors: history.authors,
    first_commit_at: history.firstCommitAt,
    last_commit_at: history.lastCommitAt,
    most_changed_files: history.mostChanged.map((file) => ({ path: base + file.path, commits: file.commits })),
    truncated: history.truncated,
  };
}

const REF = "ref: refs/heads/";
const MOST_HEAD_BYTES = 1_000;

/** Returns the branch that is checked out; null when a plain look does not tell, as in a work tree. */
export async function currentBranchIn(view: WorkspaceView, folder: string): Promise<string | null> {
  if (view.linkedGit && partsInside(view, folder).length === 0) return readHead(view.root)?.branch ?? null;
  try {
    // Agents may not look into a person's repository by file tools. Here the host looks for the person.
    const head = await readTextFile({ ...view, guardsGit: false }, `${folder}/.git/HEAD`, MOST_HEAD_BYTES);
    return head.startsWith(REF) ? head.slice(REF.length).trim() : null;
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}
