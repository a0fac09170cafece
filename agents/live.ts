/** Tells watchers what was committed: by this process at once, by another one on the same database within a poll. */
import type { Commit } from "@/db/records";
import type { Store } from "@/db/store";
import type { LiveFeed } from "./application";
import type { DraftFrame } from "./core/shapes";

const POLL_MS = 100;
/** Of trees in a list, when another process has committed. */
const MOST_TOLD = 100;
/** Its clock may be another one, and its commit a little before it is seen here. */
const LOOK_BACK_MS = 60_000;

export interface Live extends LiveFeed {
  draft(treeUid: string, frame: DraftFrame): void;
  close(): void;
}

type TreeListener = Parameters<LiveFeed["onTree"]>[1];

export function createLive(store: Store, clock: () => number = Date.now): Live {
  const { log, queries } = store;
  const trees = new Map<string, Set<TreeListener>>();
  const lists = new Set<Parameters<LiveFeed["onTrees"]>[0]>();
  const drafts = new Map<string, Set<(frame: DraftFrame) => void>>();
  let seenMs = clock();
  let told: string[] = [];

  const unsubscribe = log.onCommit((commits: Commit[]) => {
    for (const { treeUid, tasks, fromSeq, toSeq } of commits) {
      const listeners = trees.get(treeUid);
      if (!listeners) continue;
      const change = { seqs: { from: fromSeq, to: toSeq }, taskIds: [...tasks] };
      for (const listener of listeners) listener(change);
    }
    const treeIds = commits.map((commit) => commit.treeUid);
    for (const listener of lists) listener({ treeIds });
  });

  // Another process's commits change the data version of this connection; its own do not.
  let version = queries.status.dataVersion();
  const poll = setInterval(() => {
    if (trees.size === 0 && lists.size === 0) return;
    const now = queries.status.dataVersion();
    if (now === version) return;
    version = now;
    const to = queries.messages.lastSeq();
    for (const [treeUid, listeners] of trees) {
      const change = { seqs: { from: 0, to }, taskIds: queries.trees.openTasks(treeUid) };
      for (const listener of listeners) listener(change);
    }
    if (lists.size === 0) return;
    const before = seenMs;
    seenMs = clock();
    const recent = queries.trees.openOrEndedSince(before - LOOK_BACK_MS, MOST_TOLD);
    // One that was told before and is no longer among them has ended earlier, or is gone: whoever shows it reads it again.
    const treeIds = [...new Set([...recent, ...told])];
    told = recent;
    for (const listener of lists) listener({ treeIds });
  }, POLL_MS);
  poll.unref();

  return {
    onTree: (treeId, listener) => subscribe(trees, treeId, listener),
    onTrees(listener) {
      lists.add(listener);
      return () => lists.delete(listener);
    },
    onDraft: (treeId, listener) => subscribe(drafts, treeId, listener),
    draft(treeUid, frame) {
      for (const listener of drafts.get(treeUid) ?? []) listener(frame);
    },
    close() {
      clearInterval(poll);
      unsubscribe();
    },
  };
}

function subscribe<T>(map: Map<string, Set<T>>, key: string, listener: T): () => void {
  const listeners = map.get(key) ?? new Set<T>();
  listeners.add(listener);
  map.set(key, listeners);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && map.get(key) === listeners) map.delete(key);
  };
}
