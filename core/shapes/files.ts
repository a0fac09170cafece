/** What a task changed in the folder that it works in; see `shapes.ts`. */

export interface ChangedFile {
  path: string;
  change: "added" | "modified" | "deleted";
  /** Lines, as far as the patch shows them; null for what is no text, or lies beyond its end. */
  additions: number | null;
  deletions: number | null;
  /** Who runs it without being told to, and when; null for what is only read, or was deleted. */
  run_by: string | null;
}

/** `GET /tasks/:id/files`: from before the task and its subtasks first changed something to what they left last. */
export interface TaskFiles {
  files: ChangedFile[];
  /** As git shows it; cut where it is long. */
  patch: string;
  truncated: boolean;
  /** Tasks beside its own wrote into the same folder meanwhile: what they changed stands here, too. */
  shared: boolean;
}
