/** The part of the runtime's interface that is about the files of a tree. See application.ts. */
import type {
  ApplyPlan,
  FilePreview,
  FolderSnapshot,
  TaskFiles,
  TreeChanges,
  TreeFile,
  TreePlace,
} from "@/core/shapes/files";
import type { Page } from "@/core/shapes/shapes";

/**
 * The moment whose files are wanted: "now" (default) is the folder on disk, "start" the folder before the tree, and the
 * `seq` of a snapshot's message the folder at that snapshot.
 */
type At = string | undefined;

/** A file to send. Each `read` opens it again. */
export interface OpenedFile {
  name: string;
  bytes: number;
  read(): AsyncGenerator<Buffer>;
}

export interface ArchivedFile {
  path: string;
  isExecutable: boolean;
  /** Read it completely before the next file. */
  content: AsyncIterable<Buffer>;
}

/** Files for a zip. */
export interface OpenedArchive {
  name: string;
  files: number;
  bytes: number;
  read(): AsyncGenerator<ArchivedFile>;
}

/** Ended trees with everything that is kept of them, as one zip. */
export interface OpenedTreeArchive {
  name: string;
  trees: { id: string; title: string }[];
  read(): AsyncGenerator<Uint8Array>;
}

export interface ArchiveRequest {
  at?: At;
  /** Only files that were added or modified since the start. */
  changedOnly?: boolean;
  /** Only files that this task and its subtasks changed, as they left them. */
  task?: string;
}

export interface FileQueries {
  /**
   * Returns the files that the task and its subtasks changed in its folder; with `untilMs`, as they were at that time; with
   * `afterSeq` and `beforeSeq`, what changed between these messages.
   */
  getTaskFiles(
    taskId: string,
    part?: { untilMs?: number; afterSeq?: number | undefined; beforeSeq?: number | undefined },
  ): Promise<TaskFiles>;
  /**
   * Returns what a folder holds directly, folders first, deleted files included; "" is the tree's folder. Without a
   * folder: all files, in the order of their paths.
   */
  listFiles(
    treeId: string,
    options?: { at?: At; folder?: string; after?: string; limit?: number },
  ): Promise<Page<TreeFile>>;
  /** Returns what the tree changed since its start, or what a task and its subtasks changed, and which tasks did. */
  listChanges(treeId: string, options?: { at?: At; task?: string | undefined }): Promise<TreeChanges>;
  /** Returns the snapshots of the tree's files, newest first. */
  listSnapshots(treeId: string): Promise<FolderSnapshot[]>;
  previewFile(treeId: string, path: string, options?: { at?: At }): Promise<FilePreview>;
  /** Throws UserError when there is no such file, or it is a link. */
  openFile(treeId: string, path: string, options?: { at?: At }): Promise<OpenedFile>;
  /** Throws UserError when there are no files, or too many for one archive. */
  openArchive(treeId: string, request?: ArchiveRequest): Promise<OpenedArchive>;
  /** Returns the changes of the tree, or of a task and its subtasks, as a patch for `git apply`. Throws UserError. */
  openPatch(treeId: string, options?: { task?: string }): Promise<OpenedFile>;
  /** Returns the folder in which the tree works, or of which it works in a copy; null for a fresh folder. */
  getPlace(treeId: string): Promise<TreePlace | null>;
  planApply(treeId: string, options?: { task?: string }): Promise<ApplyPlan>;
}
