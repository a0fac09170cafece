/** The folders that the composer offers: recent ones, those below folders that are open to the user, and what is typed. */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { type Actor, type Queries, UserError } from "@/agents/application";
import { isWithin, mayName, openFoldersOf, refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import type { FolderGit, FoundFolder, FoundFolders } from "@/core/shapes/folders";
import type { FolderQueries } from "@/db/queries/folders";
import { readHead } from "@/lib/git/head";
import { readStatus } from "@/lib/git/read-repository";
import type { SandboxPort } from "@/lib/sandbox/port";
import { gitOf } from "@/lib/workspace/git-of-folder";
import { realPathOf, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { type PreparedWorkspace, prepareWorkspace, whyOnlyCopy } from "@/lib/workspace/prepare";

export interface FolderSources {
  folders: FolderQueries;
  /** Absent: whether a folder has uncommitted changes is not known. */
  sandbox: (() => Promise<SandboxPort>) | undefined;
  dataDir: string;
  /** Folder of the running system. Relative paths begin there. */
  checkout: string;
  keyPaths: readonly string[];
  workspaceRoots: readonly string[];
}

const MOST_RECENT = 8;
const MOST_BELOW = 40;
/** Many may be gone or closed to the user by now. */
const MOST_CHECKED = 60;
const GIT_MS = 5_000;

export function createFolderQueries(sources: FolderSources): Pick<Queries, "findFolders" | "getFolder"> {
  return {
    findFolders: async (typed, actor) => findFolders(sources, typed.trim(), actor),
    async getFolder(path, actor) {
      const { folder: found, place } = inspect(sources, pathOf(sources, path.trim()), actor);
      const folder = { ...found, last_tree: place && sources.folders.lastTree(place.root) };
      // The sandbox would put a scratch folder into a read-only workspace, and looking must leave nothing behind.
      if (!place || place.isReadOnly || !folder.git || !sources.sandbox) return folder;
      return { ...folder, git: { ...folder.git, dirty: await isDirty(await sources.sandbox(), place) } };
    },
  };
}

function findFolders(sources: FolderSources, typed: string, actor: Actor): FoundFolders {
  const folderAt = (path: string) => inspect(sources, path, actor).folder;
  const words = typed.toLowerCase();
  const recent = sources.folders
    .recent(MOST_CHECKED)
    .filter((path) => path.toLowerCase().includes(words))
    .map(folderAt)
    .filter((folder) => folder.problem === null)
    .slice(0, MOST_RECENT);
  const known = new Set(recent.map(({ path }) => path));
  const candidates = (isPath(typed) ? completions(sources, typed, actor) : offered(sources, actor))
    .filter((path) => !known.has(path) && (isPath(typed) || path.toLowerCase().includes(words)))
    .slice(0, MOST_BELOW + 1);
  const below = candidates.slice(0, MOST_BELOW).map(folderAt);
  return {
    typed: typed === "" ? null : typedFolder(folderAt(pathOf(sources, typed)), typed),
    recent,
    below: below.filter(({ problem }) => problem === null),
    more: candidates.length > MOST_BELOW,
  };
}

/** A refused path stays as it was typed: where the server's own folders are is not everybody's business. */
function typedFolder(folder: FoundFolder, typed: string): FoundFolder {
  return folder.problem === null ? folder : { ...folder, path: typed };
}

/** Whether the text is a path, not a part of a name. */
const isPath = (typed: string) => /^[/~.]/.test(typed);

/** `~` is the home folder of the server's user. */
function pathOf({ checkout }: FolderSources, typed: string): string {
  const home = typed === "~" || typed.startsWith("~/") ? join(homedir(), typed.slice(1)) : typed;
  return resolve(checkout, home);
}

const NOTHING_KNOWN = {
  locked_by: null,
  last_tree: null,
  git: null,
  git_off: null,
  only_copy: false,
  only_copy_because: null,
  read_only: false,
};

type FoundPlace = PreparedWorkspace & Pick<WorkspaceView, "linkedGit">;

function inspect(
  sources: FolderSources,
  path: string,
  actor: Actor,
): { folder: FoundFolder; place: FoundPlace | null } {
  const { dataDir, checkout, keyPaths, workspaceRoots, folders } = sources;
  try {
    refuseForeignFolder(path, workspaceRoots, actor);
    const request = { folder: path, isCopied: true };
    const place = prepareWorkspace({ dataDir, treeId: "", request, checkout, keyPaths });
    const head = readHead(place.root);
    const git: FolderGit | null = head && { ...head, dirty: null };
    const locked_by = folders.lockedBy(place.root);
    const why = whyOnlyCopy(place.root, place.hiddenPaths);
    const access = { only_copy: why !== null, only_copy_because: why, read_only: place.isReadOnly };
    const { why: git_off, linked } = gitOf(place, (folder) => mayName(folder, workspaceRoots, actor));
    const known = { locked_by, last_tree: null, git, git_off, ...access };
    return {
      folder: { path: place.root, problem: null, ...known },
      place: { ...place, ...(linked && { linkedGit: linked }) },
    };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof WorkspaceError)) throw error;
    return {
      folder: { path, problem: error.message, ...NOTHING_KNOWN },
      place: null,
    };
  }
}

/** Git runs in the sandbox, because it obeys the settings of the folder. Returns null when git cannot tell in time. */
async function isDirty(sandbox: SandboxPort, { root, hiddenPaths, linkedGit }: FoundPlace): Promise<boolean | null> {
  const view = { root, hiddenPaths, guardsGit: true, ...(linkedGit && { linkedGit }) };
  try {
    const signal = AbortSignal.timeout(GIT_MS);
    const status = await readStatus({ sandbox, view, parts: [], timeoutMs: GIT_MS, signal });
    return [status.staged, status.unstaged, status.untracked, status.conflicts].some((files) => files.length > 0);
  } catch {
    return null;
  }
}

/** Folders to choose from while no path is typed. */
function offered({ workspaceRoots }: FolderSources, actor: Actor): string[] {
  const open = openFoldersOf(actor, workspaceRoots);
  const roots = open.length > 0 || actor.role !== "admin" ? open : [homedir()];
  return roots.flatMap((root) => [...(open.length > 0 ? [root] : []), ...foldersIn(root)]);
}

/** Folders that begin with what was typed. A user without the admin role is led to the open folders, and no further. */
function completions(sources: FolderSources, typed: string, actor: Actor): string[] {
  const path = pathOf(sources, typed);
  const isWhole = /[/\\]$|^~$/.test(typed);
  const [parent, start] = isWhole ? [path, ""] : [dirname(path), basename(path).toLowerCase()];
  const open = openFoldersOf(actor, sources.workspaceRoots);
  const begins = (folder: string) => basename(folder).toLowerCase().startsWith(start) && folder !== path;
  const real = realPathOf(parent) ?? parent;
  if (actor.role === "admin" || open.some((root) => isWithin(root, real)))
    return foldersIn(parent, start.startsWith(".")).filter(begins);
  return open.filter((root) => root.startsWith(path));
}

function foldersIn(parent: string, withHidden = false): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && (withHidden || !entry.name.startsWith(".")))
      .map(({ name }) => join(parent, name))
      .sort((a, b) => a.localeCompare(b));
  } catch {
    // Not a folder, or closed to the server's user: it completes nothing.
    return [];
  }
}
