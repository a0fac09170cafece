/** Folders on the server in which a tree may work, as the composer offers them. */
import type { TaskStatus } from "@/core/log/terms";

/** What a link to a tree shows. */
export interface TreeMention {
  /** Id of the tree. */
  id: string;
  /** Title of the tree. */
  title: string;
  status: TaskStatus;
}

/** `unwritable`: the server cannot write there. `ignores_case`: the file system does, so the sandbox cannot protect `.git`. */
export type OnlyCopy = "unwritable" | "ignores_case";

/** A folder on the server, and whether a task can work in it. */
export interface FoundFolder {
  /** Absolute. */
  path: string;
  /** Why no tree can work there, and what to do; null: it can. */
  problem: string | null;
  /** Title of the open tree that works there, or in a folder around or inside it; null: it is free. */
  locked_by: string | null;
  /** The newest tree that began in this folder itself, not in a copy of it; null: none, or not looked at. */
  last_tree: TreeMention | null;
  /** null: no git repository begins in this folder. */
  git: FolderGit | null;
  /** Why agents cannot use git there, and what to do; null: they can, or there is no repository. */
  git_off: string | null;
  /** A tree can work only in a copy of it. */
  only_copy: boolean;
  /** Why only in a copy; null: also in the folder itself. */
  only_copy_because: OnlyCopy | null;
  /** Agents may read, but change only a scratch folder in it. */
  read_only: boolean;
}

/** The Git state of a folder. */
export interface FolderGit {
  /** null: no branch is checked out. */
  branch: string | null;
  /** Whether there are changes that are not committed; null: not looked at, or unknown. */
  dirty: boolean | null;
}

/** Folders on the server that match what was typed. */
export interface FoundFolders {
  /** The folder that was typed, whether it can be used or not; null: nothing was typed. */
  typed: FoundFolder | null;
  /** Folders in which trees worked, the last one first. */
  recent: FoundFolder[];
  /** Folders that complete what was typed; without it, folders below those that are open to the user. */
  below: FoundFolder[];
  /** There are more than `below` lists. */
  more: boolean;
}
