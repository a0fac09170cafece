/** Shapes of a task's file changes; see `shapes.ts`. */

export interface ChangedFile {
  /** Path of the file, relative to the folder. */
  path: string;
  /** What was done to the file. */
  change: "added" | "modified" | "deleted";
  /** Number of lines, as far as the patch shows them; null for a file that is not text, or that the cut patch leaves out. */
  additions: number | null;
  /** Number of removed lines; null as for `additions`. */
  deletions: number | null;
  /** Which program runs the file without asking, and when; null for other files and deleted files. */
  run_by: string | null;
}

/** `GET /tasks/:id/files`: the changes by the task and its subtasks, from before the first to after the last. */
export interface TaskFiles {
  /** The files that changed. */
  files: ChangedFile[];
  /** The patch in git's format; a long patch is cut. */
  patch: string;
  /** Whether the patch was cut. */
  truncated: boolean;
  /** Whether other tasks wrote into the same folder meanwhile; the patch includes their changes. */
  shared: boolean;
  /** The message of the last snapshot, for `?at=`; null when nothing changed. */
  at: number | null;
}

/** A file, a link or a folder of a tree. */
export interface TreeFile {
  /** Relative to the tree's folder. */
  path: string;
  /** What is at the path. A link is shown, and not followed. */
  kind: "file" | "link" | "folder";
  /** null for a folder and for a deleted file. */
  bytes: number | null;
  /** What the tree did to it since its start; for a folder, "modified" when something below it changed. */
  changed: ChangedFile["change"] | null;
  /** Ids of the tasks that changed it, in the order of their first changes. Of a folder, those of the files below it. */
  changed_by: string[];
}

/** A file that the tree changed since its start, and the tasks that did. */
export interface TreeChange extends ChangedFile {
  /** Ids of the tasks that changed it, in the order of their first changes. */
  changed_by: string[];
}

/** `GET /trees/:id/changes`. */
export interface TreeChanges {
  items: TreeChange[];
  /** Whether there are more changes than listed. */
  truncated: boolean;
}

/** The folder or repository in which a tree works, or in a copy of it. */
export interface TreePlace {
  /** As people call it: the last part of its address. */
  name: string;
  /** A path on the server, or a git URL. */
  address: string;
  /** The branch that is checked out where the tree works now; null without one. */
  branch: string | null;
  is_copy: boolean;
}

/** `GET /trees/:id/snapshots`: the tree's files after a turn. */
export interface FolderSnapshot {
  /** The message that records the snapshot, for `?at=`. */
  seq: number;
  task_id: string;
  /** The turn after which it was taken. */
  turn: number;
  created_at: string;
  /** Number of files that changed since the snapshot before. */
  changed: number;
  /** The task whose own copy of the folder it shows; null: the tree's folder. */
  folder: string | null;
}

/** `GET /trees/:id/preview`: a file as far as a page shows it. */
export interface FilePreview {
  /** Path of the file, relative to the tree's folder. */
  path: string;
  /** Size of the file in bytes. */
  bytes: number;
  /**
   * `text` also for code; `large`: text of which only the beginning is here; `link`: `text` is its target; `deleted`:
   * only the difference is left.
   */
  type: "markdown" | "text" | "large" | "image" | "svg" | "binary" | "link" | "deleted";
  /** "" where there is no text to show. */
  text: string;
  /** What the tree did to it since its start; null: nothing. */
  changed: ChangedFile["change"] | null;
  /** Ids of the tasks that changed it, in the order of their first changes. */
  changed_by: string[];
  /** The difference since the start of the tree, in git's format; "" when there is none to show. */
  patch: string;
  /** Whether the difference is longer than 256 KB, so that `patch` holds only its beginning. */
  truncated: boolean;
}

/** `GET /trees/:id/apply`: what applying the tree's changes as a branch would do. */
export interface ApplyPlan {
  /** A folder in the repository; null when the tree has no repository of its own. */
  repository: string | null;
  /** The person's folder that the tree began in, when it is in no repository; else null. */
  folder: string | null;
  /** A name for the branch that is free now. */
  branch: string;
  /** Number of files that the branch would change. */
  files: number;
  /** Where the tree has several repositories side by side: those that it changed, each of which gets a branch. */
  beside: {
    /** The repository's folder in the tree. */
    folder: string;
    /** A folder of the server, or the address of the repository. */
    address: string;
    /** Number of files that its branch would change. */
    files: number;
  }[];
  /** Why it is not possible, as a sentence; null when it is. */
  problem: string | null;
}

/** A created branch, with the commands to look at it and to undo it: of several repositories the first one's. */
export interface AppliedBranch {
  /** What was done, in one sentence. */
  sentence: string;
  /** Name of the new branch. */
  branch: string;
  /** Hash of its newest commit. */
  commit: string;
  /** The folder of the repository on the server. */
  repository: string;
  /** These commands are about all of them. */
  look: string;
  /** A command that removes the branch again. */
  undo: string;
}
