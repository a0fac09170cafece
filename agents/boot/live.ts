/**
 * Tells watchers about commits: this process's own and those of the process beside it immediately, those of other
 * processes within a poll.
 */
import type { LiveFeed } from "@/agents/application";
import type { Commit } from "@/db/records/records";
import type { Store } from "@/db/store";
import { type Activities, createActivities } from "./activities";

const POLL_MS = 100;
/** How many polls in a row may explain a change of the database by a commit that the process beside this one reported. */
const MOST_EXPLAINED = 10;
/** The most trees of a list whose watchers are told when another process has committed. */
const MOST_TOLD = 100;
/** Another process's clock may differ, and its commit is seen here a little later. */
const LOOKBACK_MS = 60_000;

export interface Live extends LiveFeed {
  activities: Activities;
  /** Tells all watchers, because commits of another process may have been missed. */
  pollNow(): void;
  close(): void;
}

type TreeListener = Parameters<LiveFeed["onTree"]>[1];
type ListListener = Parameters<LiveFeed["onTrees"]>[0];

interface LiveContext {
  queries: Store["queries"];
  clock(): number;
  /** The watchers of trees, by the tree's id, and the watchers of lists. */
  trees: Map<string, Set<TreeListener>>;
  lists: Set<ListListener>;
  /** Another process's commits change the data version of this connection; its own do not. */
  version: number;
  /** Whether the process beside this one has told commits since the last poll. */
  wasTold: boolean;
  /** The polls in a row that explained a change by reported commits. */
  explained: number;
  seenMs: number;
  /** The trees told the last time. */
  told: string[];
  /** All trees, while a list is watched: a tree that another process deletes can be noticed only by its missing id. */
  known: ReadonlySet<string>;
}

export function createLive({ log, queries }: Store, clock: () => number = Date.now): Live {
  const context: LiveContext = {
    queries,
    clock,
    trees: new Map(),
    lists: new Set(),
    version: 0,
    wasTold: false,
    explained: 0,
    seenMs: clock(),
    told: [],
    known: new Set(),
  };
  const { trees, lists } = context;
  const activities = createActivities(clock);
  const unsubscribe = log.onCommit((commits, from) => {
    if (from === "peer") context.wasTold = true;
    tellCommits(context, commits);
  });
  context.version = queries.status.dataVersion();
  const pollSafely = (isForced: boolean) => {
    try {
      pollCommits(context, isForced);
    } catch {
      // /health reports an unreadable disk. The version is unchanged, so the next poll misses nothing.
    }
  };
  const poll = setInterval(pollSafely, POLL_MS, false);
  poll.unref();
  return {
    onTree: (treeId, listener) => subscribe(trees, treeId, listener),
    onTrees(listener) {
      if (lists.size === 0) context.known = new Set(queries.trees.allIds());
      lists.add(listener);
      return () => lists.delete(listener);
    },
    onActivity: activities.onChange,
    activitiesIn: activities.inTree,
    activityOf: activities.textOf,
    activities,
    pollNow: () => pollSafely(true),
    close() {
      clearInterval(poll);
      unsubscribe();
    },
  };
}

/** Tells the commits of this process, or of the one beside it. */
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

/** Checks whether another process has committed, and tells it. */
function pollCommits(context: LiveContext, isForced: boolean): void {
  const { trees, lists, queries } = context;
  const wasTold = context.wasTold;
  context.wasTold = false;
  if (trees.size === 0 && lists.size === 0) return;
  const now = queries.status.dataVersion();
  if (now === context.version && !isForced) return;
  // Reported commits need no second check. The version stays, so that the check comes as soon as no more commits are
  // reported.
  if (wasTold && !isForced && context.explained < MOST_EXPLAINED) {
    context.explained += 1;
    return;
  }
  context.explained = 0;
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
  const recent = queries.trees.openOrEndedSince(context.seenMs - LOOKBACK_MS, MOST_TOLD);
  context.seenMs = nowMs;
  // A tree that was reported before and is no longer recent has ended or is gone, so it is reported once more.
  const treeIds = [...new Set([...recent, ...told, ...goneTrees(context, recent)])];
  context.told = recent;
  for (const listener of lists) listener({ treeIds });
}

/** Returns the deleted trees. Reads all ids only when the number of trees is not the expected one. */
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
