/** Tells watchers what was committed: by this process at once, by another one on the same database within a poll. */

import type { LiveFeed } from "@/agents/application";
import type { DraftFrame } from "@/core/shapes/shapes";
import type { Commit } from "@/db/records/records";
import type { Store } from "@/db/store";

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
type ListListener = Parameters<LiveFeed["onTrees"]>[0];

interface LiveContext {
  queries: Store["queries"];
  clock(): number;
  /** Who watches a tree, or its drafts, by its id; and who has a list of trees. */
  trees: Map<string, Set<TreeListener>>;
  lists: Set<ListListener>;
  drafts: Map<string, Set<(frame: DraftFrame) => void>>;
  /** Another process's commits change the data version of this connection; its own do not. */
  version: number;
  seenMs: number;
  /** Trees that were told the last time. */
  told: string[];
  /** While somebody has a list: of a tree that another process deletes nothing else is left. */
  known: ReadonlySet<string>;
}

export function createLive({ log, queries }: Store, clock: () => number = Date.now): Live {
  const context: LiveContext = {
    queries,
    clock,
    trees: new Map(),
    lists: new Set(),
    drafts: new Map(),
    version: 0,
    seenMs: clock(),
    told: [],
    known: new Set(),
  };
  const { trees, lists, drafts } = context;
  const unsubscribe = log.onCommit((commits) => tellCommits(context, commits));
  context.version = queries.status.dataVersion();
  const poll = setInterval(() => {
    try {
      look(context);
    } catch {
      // A disk that cannot be read is told by /health. The version is the old one still, so that the next look misses nothing.
    }
  }, POLL_MS);
  poll.unref();
  return {
    onTree: (treeId, listener) => subscribe(trees, treeId, listener),
    onTrees(listener) {
      if (lists.size === 0) context.known = new Set(queries.trees.allIds());
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

/** What this process has committed. */
function tellCommits({ trees, lists }: LiveContext, commits: Commit[]): void {
  for (const { treeUid, tasks, fromSeq, toSeq } of commits) {
    const listeners = trees.get(treeUid);
    if (!listeners) continue;
    const change = { seqs: { from: fromSeq, to: toSeq }, taskIds: [...tasks] };
    for (const listener of listeners) listener(change);
  }
  const treeIds = commits.map((commit) => commit.treeUid);
  for (const listener of lists) listener({ treeIds });
}

/** Whether another process has committed. */
function look(context: LiveContext): void {
  const { trees, lists, queries } = context;
  if (trees.size === 0 && lists.size === 0) return;
  const now = queries.status.dataVersion();
  if (now === context.version) return;
  const to = queries.messages.lastSeq();
  for (const [treeUid, listeners] of trees) {
    const change = { seqs: { from: 0, to }, taskIds: queries.trees.openTasks(treeUid) };
    for (const listener of listeners) listener(change);
  }
  if (lists.size > 0) tellLists(context);
  context.version = now;
}

function tellLists(context: LiveContext): void {
  const { queries, clock, lists, told } = context;
  const nowMs = clock();
  const recent = queries.trees.openOrEndedSince(context.seenMs - LOOK_BACK_MS, MOST_TOLD);
  context.seenMs = nowMs;
  // One that was told before and is no longer among them has ended earlier, or is gone: whoever shows it reads it again.
  const treeIds = [...new Set([...recent, ...told, ...goneTrees(context, recent)])];
  context.told = recent;
  for (const listener of lists) listener({ treeIds });
}

/** All ids are read only when there are not as many trees as there would be with the new ones. */
function goneTrees(context: LiveContext, recent: string[]): string[] {
  const { queries, known } = context;
  const expected = new Set([...known, ...recent]);
  if (queries.trees.count() === expected.size) {
    context.known = expected;
    return [];
  }
  const left = new Set(queries.trees.allIds());
  context.known = left;
  return [...known].filter((id) => !left.has(id));
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
