/** The successful answers of the routes of files and folders; see `answers.ts`. */
import type { ArchiveFile, ArchiveListing } from "@/core/shapes/archives";
import type { ApplyPlan, FilePreview, FolderSnapshot, TaskFiles, TreeChanges, TreeFile } from "@/core/shapes/files";
import type { FoundFolder, FoundFolders } from "@/core/shapes/folders";
import type { Page } from "@/core/shapes/shapes";
import type { All } from "./answer-shapes";

export interface FileAnswers {
  /** The files of a tree: all files, or with `folder` what it holds directly. `GET trees/ID/files/PATH` returns a file's bytes. */
  "GET trees/:id/files": Page<TreeFile>;
  /** The files that a tree changed since its start, and the tasks that did. */
  "GET trees/:id/changes": TreeChanges;
  /** The moments of which Banyan keeps a tree's files, newest first. */
  "GET trees/:id/snapshots": All<FolderSnapshot>;
  /** A file as text, with what the tree changed in it. */
  "GET trees/:id/preview": FilePreview;
  /** What `POST trees/ID/apply` would do. */
  "GET trees/:id/apply": ApplyPlan;
  /** The archives of trees in the data folder. `GET trees/ID/full-archive` returns an archive of one tree as bytes. */
  "GET archives": All<ArchiveFile>;
  /** What an archive holds, after every checksum was compared. */
  "GET archives/:id": ArchiveListing;
  /** Folders for a new tree: recent ones, and what completes the typed path. */
  "GET folders": FoundFolders;
  /** What is known of one folder: its branch, uncommitted changes, the tree that works there, why it cannot be used. */
  "GET folder": FoundFolder;
  /** The files that a task and its subtasks changed in its workspace: at all, or between two messages. */
  "GET tasks/:id/files": TaskFiles;
}
