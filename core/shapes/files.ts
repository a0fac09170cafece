/** Shapes of a task's file changes; see `shapes.ts`. */

export interface ChangedFile {
  path: string;
  change: "added" | "modified" | "deleted";
  /** Number of lines, as far as the patch shows them; null for a file that is not text, or that the cut patch leaves out. */
  additions: number | null;
  deletions: number | null;
  /** Which program runs the file without asking, and when; null for other files and deleted files. */
  run_by: string | null;
}

/** `GET /tasks/:id/files`: the changes by the task and its subtasks, from before the first to after the last. */
export interface TaskFiles {
  files: ChangedFile[];
  /** The patch in git's format; a long patch is cut. */
  patch: string;
  truncated: boolean;
  /** Whether other tasks wrote into the same folder meanwhile; the patch includes their changes. */
  shared: boolean;
}
