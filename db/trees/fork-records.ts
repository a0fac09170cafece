/** Types of what a fork reads from a tree and writes. */
import type { LetterBody } from "@/core/facts";
import type { ForkedGrant, SourceReview } from "@/core/fork";
import type { TaskState } from "@/core/state";
import type { MessageRow } from "@/db/file/rows";

export interface SourceTask {
  id: number;
  uid: string;
  parentId: number | null;
  priority: number;
  lease: number;
  activeMs: number;
  createdAtMs: number;
  startedAtMs: number | null;
}

export interface SourceMessage extends MessageRow {
  seq: number;
  taskId: number;
  atMs: number;
  blobId: number | null;
}

export interface SourceTree {
  id: number;
  title: string;
  priority: number;
  rootId: number;
  workspace: string;
  inPlace: boolean;
  /** Its folder held files when its first task began. */
  hadFiles: boolean;
  /** In the order of creation, so parents come first. */
  tasks: SourceTask[];
  /** Messages up to the cut, in the order of the tree. */
  messages: SourceMessage[];
  reviews: (SourceReview & { createdAtMs: number })[];
  cutAtMs: number;
}

/** A message of the copy. `origin` is the copied message, or null for a new message. `blobId` refers to a shared body. */
export interface CopiedMessage {
  taskUid: string;
  row: MessageRow;
  blobId: number | null;
  origin: number | null;
  atMs: number;
}

export interface CopiedTask {
  uid: string;
  parentUid: string | null;
  source: SourceTask;
  state: TaskState;
  grant: ForkedGrant;
}

export interface NewFork {
  uid: string;
  title: string;
  by: string;
  from: { uid: string; seq: number };
  source: SourceTree;
  workspace: string;
  /** Snapshot to check out before the folder is used; may be null. */
  snapshot: string | null;
  tasks: CopiedTask[];
  /** Snapshots of its tasks' own folders; null when a folder must be copied again before use. */
  folders: { task: string; sourceTask: string; from: string | null; base: string | null; snapshot: string | null }[];
  /** Messages in the order of the original tree. */
  messages: CopiedMessage[];
  reviews: { sourceUid: string; uid: string; taskUid: string; addressee: string | null; isOpen: boolean }[];
  letters: { to: string; body: LetterBody }[];
}
