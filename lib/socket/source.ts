/**
 * What the socket needs from the application: a log that can be paged through, rows that can be read, and wake-ups.
 * It names no more of their shapes than the feed looks at, so that this folder stays without knowledge of tasks.
 */
export interface FeedSource {
  queries: {
    listMessages(
      scope: { treeId: string },
      options: { after?: string; limit?: number; latest?: boolean },
    ): Promise<{ items: FeedMessage[]; next: string | null }>;
    /** `changed`: these tasks and those above them, because a row says what its whole branch has spent. */
    getTree(
      id: string,
      options?: { tasks?: "none" | "rows" | { changed: readonly string[] } },
    ): Promise<{ id: string; tasks: FeedTask[] }>;
    listReviews(options: { open: boolean; treeId?: string; limit?: number }): Promise<{ items: unknown[] }>;
    getStatus(): Promise<unknown>;
  };
  live: {
    onTree(
      treeId: string,
      listener: (change: { seqs: { from: number; to: number }; taskIds: string[] }) => void,
    ): () => void;
    onTrees(listener: (change: { treeIds: string[] }) => void): () => void;
    onDraft(treeId: string, listener: (frame: FeedDraft) => void): () => void;
  };
}

export interface FeedMessage {
  seq: number;
  task_id: string;
}

export interface FeedTask {
  id: string;
  parent_id: string | null;
  instruction: string;
}

export interface FeedDraft {
  task_id: string;
}
