/** The event of a merge of files. Stored as JSON, so only widen it. */

/** Result of merging a task's own folder, before the task succeeds. */
export interface FilesMerged {
  type: "files_merged";
  /** The task whose own folder it was merged into; null for the tree's folder. */
  into: string | null;
  /** The newest snapshot of that folder; null when nothing was written there. */
  commit: string | null;
  /** The newest snapshot of the task's own folder. After a full merge it is the base of the next merge. */
  theirs: string | null;
  /** Number of paths that the task changed, without git's own. */
  changed: number;
  /** Paths that prevented the merge; then nothing was merged. Empty after a full merge, unless there is a `problem`. */
  conflicts: string[];
  /** Where in that folder the task's versions of its changed paths were put instead; null for nowhere. */
  copies: string | null;
  /** Whether the task changed git's own files; absent in older logs. */
  git?: boolean;
  /** Number of paths that no snapshot can hold, such as pipes and files over the limit; they stay in the own folder. */
  skipped?: number;
  /** Why the merge failed, apart from conflicting changes. */
  problem?: string;
}
