import type { Readable } from "node:stream";
import { WorkspaceError } from "../workspace/path";

/** A snapshot that could not be taken, found or used, as one sentence for people. */
export class SnapshotError extends WorkspaceError {
  override name = "SnapshotError";
}

/** A snapshot that is not stored any more. */
export class SnapshotGone extends SnapshotError {
  override name = "SnapshotGone";
}

export interface SnapshotLimits {
  /**
   * The most files and links in one snapshot. Above it the walk stops, and paths that it did not reach stay as in the
   * previous snapshot.
   */
  maxFiles: number;
  maxFileBytes: number;
  /** The total size of all files. */
  maxTotalBytes: number;
  maxDepth: number;
  /** The most skipped or torn paths to list; one more entry gives the number of the others. */
  maxReported: number;
}

export interface Snapshot {
  commit: string;
  /** Paths added, changed or deleted since the previous snapshot, without git's own files. */
  changed: number;
  paths: readonly string[];
  files: number;
  bytes: number;
  /**
   * Paths that were not read, with the reason. The previous snapshot's content of such a path is kept, so that it does
   * not count as deleted.
   */
  skipped: { path: string; why: string }[];
  /**
   * Files that changed during each of three reads: their previous content is kept, and the next snapshot reads them
   * again.
   */
  torn: string[];
}

export interface TakeRequest {
  tree: string;
  /** An absolute path without links. */
  folder: string;
  /** A name that is unique within the tree. */
  label: string;
  /** A commit, or null. A commit that is no longer stored counts as null. */
  previous: string | null;
  hiddenPaths: readonly string[];
  signal?: AbortSignal;
}

/**
 * Paths are relative to the folder. The path of an empty folder ends in "/". A change of type counts as modified. Git's
 * own files are left out, unless `withGit` is set.
 */
export interface SnapshotDiff {
  added: string[];
  modified: string[];
  deleted: string[];
  /** A unified diff of the text files. Binary files, and text over 8 MB, are only in the lists. */
  patch: string;
  /** Added and removed lines per file, as far as the patch goes. */
  lines: Map<string, { added: number; removed: number }>;
  /** Whether the patch ends early, at a line's end, because it would exceed `maxBytes`. */
  truncated: boolean;
}

/** A file, a link or a folder in a snapshot. */
export interface SnapshotFile {
  path: string;
  kind: "file" | "link" | "folder";
  sizeBytes: number;
  isExecutable: boolean;
  /** The name of its content; "" for a folder. */
  oid: string;
}

/** A path that differs between two snapshots; a side is null where the path does not exist. */
export interface ChangedPath {
  path: string;
  before: ChangedSide | null;
  after: ChangedSide | null;
}

export interface ChangedSide {
  mode: "100644" | "100755" | "120000";
  oid: string;
}

export interface MergeRequest {
  tree: string;
  label: string;
  base: string;
  ours: string;
  theirs: string;
}

export interface ApplyRequest {
  from: string;
  to: string;
  folder: string;
  hiddenPaths: readonly string[];
  /** Asked for each path that differs, before anything is written: whether it stays as it is. */
  stays?: (path: string) => boolean;
}

export interface CompactRequest {
  maxBytes: number;
  /**
   * Asked when the store is larger: returns those of its trees whose snapshots may go, in the order in which they go. Of a
   * tree the oldest go first. It must not call the store, which waits for it.
   */
  droppable(trees: readonly string[]): readonly string[] | Promise<readonly string[]>;
}

/** A snapshot of a tree, and the name by which the tree holds it. */
export interface PackedSnapshot {
  label: string;
  commit: string;
}

/** One snapshot, as it is sent to another store. */
export interface PartRequest {
  snapshot: PackedSnapshot;
  /** The ground: an earlier snapshot, which the other store has; null when it has none. */
  without: string | null;
  /** Whether the other store understands files as differences to those of the ground. */
  differences: boolean;
}

/** Snapshots of a tree as one stream. Close it when it was read. */
export interface SnapshotPack {
  snapshots: PackedSnapshot[];
  bytes: number;
  read(): AsyncGenerator<Buffer>;
  close(): void;
}

/**
 * Stores the contents of folders as snapshots. It never executes anything from a folder, follows no link in it, and git
 * never opens it. Every returned commit is on disk and has a reference; two processes may share a store.
 */
export interface SnapshotStore {
  /** Stores the changes of a folder. Calls for one folder run one after the other. */
  take(request: TakeRequest): Promise<Snapshot>;
  /** Writes a snapshot into a folder that must not exist yet: it appears complete and on disk, or not at all. */
  checkOut(commit: string, folder: string, signal?: AbortSignal): Promise<void>;
  /**
   * Returns the difference; `from` null: the empty folder. `path`: of this file alone. `leaveOut`: paths that are in no
   * list and not in the patch.
   */
  diff(
    from: string | null,
    to: string,
    options?: {
      maxBytes?: number;
      withGit?: boolean;
      path?: string;
      leaveOut?: ReadonlySet<string>;
      signal?: AbortSignal;
    },
  ): Promise<SnapshotDiff>;
  /** Returns what a folder ("" for the top) holds directly, in git's order; null when there is no such folder. */
  list(commit: string, folder: string): Promise<SnapshotFile[] | null>;
  /** Returns the file or link at a path, or null. */
  find(commit: string, path: string): Promise<SnapshotFile | null>;
  /** Returns all files and links. */
  files(commit: string): Promise<SnapshotFile[]>;
  /**
   * Yields the contents of these files, in their order, one after the other. Take each completely before the next. Only
   * a few MB are in memory, and the store is not locked while the reader is slow.
   */
  contents(files: readonly Pick<SnapshotFile, "oid" | "sizeBytes">[]): AsyncGenerator<AsyncIterable<Buffer>>;
  /** For each pair of snapshots, returns the paths that differ, without git's own files. Null stands for the empty folder. */
  changedPaths(pairs: readonly { from: string | null; to: string }[]): Promise<string[][]>;
  /** Returns what differs between two snapshots, without git's own files and empty folders. */
  changes(from: string | null, to: string): Promise<ChangedPath[]>;
  /**
   * Runs `work` with the folder of the store's objects, for a repository that borrows them. No compaction runs meanwhile,
   * so `work` must not call the store: the call could wait for a compaction that waits for `work`.
   */
  withObjects<Result>(work: (objects: string) => Promise<Result>): Promise<Result>;
  /** Merges two descendants of a snapshot. With conflicts it stores nothing and returns their paths. */
  merge(request: MergeRequest): Promise<{ commit: string } | { conflicts: string[] }>;
  /**
   * Writes the difference between two snapshots into an existing folder. It overwrites the files there without a check,
   * so take a snapshot first. After a failure or a crash the written files stay, and the same call completes the rest.
   * Throws a WorkspaceError when a link, or a folder with other contents, is in the way. Returns the paths that differ but
   * stay as they are, because they are hidden or `stays` says so.
   */
  apply(request: ApplyRequest): Promise<string[]>;
  /**
   * Writes these paths of a snapshot, and everything below them, into `below` in an existing folder. Paths that are not
   * in the snapshot are skipped.
   */
  copy(request: { commit: string; paths: readonly string[]; folder: string; below: string }): Promise<void>;
  /** Keeps this snapshot for another tree (a fork) too. */
  share(commit: string, tree: string, label: string): Promise<void>;
  /** Forgets all snapshots of a tree; the next `compact` frees their space. */
  drop(tree: string): Promise<void>;
  /** Returns all snapshots of a tree as one stream; null when it has none. */
  pack(tree: string): Promise<SnapshotPack | null>;
  /** Returns a snapshot as a stream of what its ground does not have. */
  packPart(request: PartRequest): Promise<SnapshotPack>;
  /** Returns those of the commits that are not stored. */
  missing(commits: readonly string[]): Promise<string[]>;
  /**
   * Adds the snapshots of a stream that somebody else may have made. Throws a SnapshotError, and adds nothing, for
   * anything that no snapshot has. `mostBytes`: of the stream. `without`: the stream is a part, which leans on that snapshot
   * of the tree and on nothing else of the store.
   */
  unpack(request: {
    tree: string;
    snapshots: readonly PackedSnapshot[];
    pack: Readable;
    mostBytes: number;
    without?: string | null;
  }): Promise<void>;
  /** Returns the names of the trees with snapshots. */
  trees(): Promise<string[]>;
  /**
   * Joins packs, frees objects without a reference, and drops snapshots until the store is below `maxBytes`. Throws a
   * SnapshotError when the disk has too little room to free what it should: the store is written anew for that. Waits for
   * running snapshots in every process; later ones wait for it.
   */
  compact(request: CompactRequest): Promise<{ bytes: number }>;
  /** Returns the size of the store on disk. Walks its files. */
  sizeBytes(): number;
  /** Waits for running work; later calls are refused. */
  close(): Promise<void>;
}
