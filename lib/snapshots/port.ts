import { WorkspaceError } from "../workspace/path";

/** A snapshot that could not be taken, found or used, as one sentence for the person who meets it. */
export class SnapshotError extends WorkspaceError {
  override name = "SnapshotError";
}

export interface SnapshotLimits {
  /** Files and links in one snapshot. When there are more the walk ends there, and what it did not reach stays as it was in the previous snapshot. */
  maxFiles: number;
  maxFileBytes: number;
  /** Of all files together. */
  maxTotalBytes: number;
  maxDepth: number;
  /** How many skipped or torn paths are named; one more entry says how many there were beside. */
  maxReported: number;
}

export interface Snapshot {
  commit: string;
  /** Paths added, changed or deleted since the previous snapshot. 0: the commit is the previous one. */
  changed: number;
  files: number;
  bytes: number;
  /** What was not read, and why. What the previous snapshot held under such a path is kept, so that it does not seem deleted. */
  skipped: { path: string; why: string }[];
  /** Files that changed while they were read, each of three times: the previous content is kept, and they are read again next time. */
  torn: string[];
}

export interface TakeRequest {
  tree: string;
  /** An absolute path without links in it. */
  folder: string;
  /** A name that is unique within the tree. */
  label: string;
  /** A commit, or null. One that is no longer kept counts as null. */
  previous: string | null;
  hiddenPaths: readonly string[];
  signal?: AbortSignal;
}

/** Paths are relative to the folder. A folder that is empty is a path that ends in "/". A change of type counts as modified. */
export interface SnapshotDiff {
  added: string[];
  modified: string[];
  deleted: string[];
  /** A unified diff of the text files. Binary files, and text over 8 MB, are only in the lists. */
  patch: string;
  /** How many lines of each file the patch adds and removes, as far as it goes. */
  lines: Map<string, { added: number; removed: number }>;
  /** The patch ends early, at a line's end, because it would be larger than `maxBytes`. */
  truncated: boolean;
}

export interface MergeRequest {
  tree: string;
  label: string;
  base: string;
  ours: string;
  theirs: string;
}

/**
 * Keeps the contents of folders as snapshots. Nothing from a folder is ever executed, no link in it is followed, and git
 * never opens it. Every commit that is handed out is held by a reference and on disk; two processes may share a store.
 */
export interface SnapshotStore {
  /** Stores what changed in a folder. Calls for one folder run one after the other. */
  take(request: TakeRequest): Promise<Snapshot>;
  /** Writes a snapshot into a folder that must not exist yet: it appears whole and on disk, or not at all. */
  checkOut(commit: string, folder: string, signal?: AbortSignal): Promise<void>;
  /** `from` null: the empty folder. */
  diff(from: string | null, to: string, options?: { maxBytes?: number; signal?: AbortSignal }): Promise<SnapshotDiff>;
  /** Merges two descendants of a snapshot. With conflicts nothing is kept, and their paths are returned. */
  merge(request: MergeRequest): Promise<{ commit: string } | { conflicts: string[] }>;
  /**
   * Writes what differs between two snapshots into an existing folder. What stands there is replaced without a look at it,
   * so take a snapshot first. What was written before a failure or a crash stays, and the same call finishes the rest. Throws a WorkspaceError when a link, or a folder with other contents, is in the way.
   */
  apply(request: { from: string; to: string; folder: string; hiddenPaths: readonly string[] }): Promise<void>;
  /** Writes these paths of a snapshot, and what lies below them, into an existing folder, there below `below`. A path that the snapshot does not hold is left out. */
  copy(request: { commit: string; paths: readonly string[]; folder: string; below: string }): Promise<void>;
  /** Another tree (a fork) keeps this snapshot alive too. */
  share(commit: string, tree: string, label: string): Promise<void>;
  /** Forgets all snapshots of a tree; the next `compact` frees their space. */
  drop(tree: string): Promise<void>;
  /** Names of the trees that have snapshots. */
  trees(): Promise<string[]>;
  /**
   * Repacks, frees what nobody refers to, and drops the oldest snapshots of the trees that `mayDrop` names until the store is
   * below `maxBytes`. Waits for snapshots under way, in every process; those that come meanwhile wait for it.
   */
  compact(options: { maxBytes: number; mayDrop: (tree: string) => boolean }): Promise<{ bytes: number }>;
  /** What the store takes on disk. Walks its files. */
  sizeBytes(): number;
  /** Waits for what is under way; calls after it are refused. */
  close(): Promise<void>;
}
