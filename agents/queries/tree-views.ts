/** Queries for the views of a tree: search in its texts, the timeline of its tasks, and its forks. */
import { type Queries, UserError } from "@/agents/application";
import type { ListedFork } from "@/core/shapes/forks";
import type { ForkRow } from "@/db/queries/forks";
import type { Store } from "@/db/store";
import type { Ids } from "./ids";
import { cursorOf, limitOf } from "./pages";

const FOUND_A_PAGE = 200;
/** Commits made while an answer is read may be newer than its cursor, so the next answer starts this much earlier. */
const OVERLAP_MS = 2_000;

/** Of a longer tree only the newest turns can be reached on its timeline; the log of a task reaches all. */
const MOST_TURNS = 5_000;

interface TreeViewSources {
  store: Store;
  ids: Ids;
  now(): number;
  slots: number;
}

export function createTreeViewQueries(
  sources: TreeViewSources,
): Pick<Queries, "searchTree" | "getTimeline" | "listTurns" | "listForks"> {
  const { store, ids } = sources;
  return {
    searchTree: async (id, words, { after, limit } = {}) =>
      store.search.searchTree(words, {
        treeId: ids.tree(id),
        after: cursorOf(after),
        limit: limitOf(limit, { usual: FOUND_A_PAGE }),
      }),
    listTurns: async (id) => store.queries.timeline.turns(ids.tree(id), MOST_TURNS),
    async getTimeline(id, after) {
      if (after !== undefined && !/^\d{1,15}$/.test(after)) {
        throw new UserError(
          "invalid",
          `The cursor "${after.slice(0, 100)}" is invalid: use the cursor of the last timeline.`,
        );
      }
      const nowMs = sources.now();
      const sinceMs = after === undefined ? null : Number(after) - OVERLAP_MS;
      const timeline = store.queries.timeline.timeline(ids.tree(id), sinceMs, nowMs);
      return { ...timeline, slots: sources.slots, cursor: String(nowMs) };
    },
    async listForks(id, { after, limit } = {}) {
      const { rows, next } = store.queries.forks.familyOf(ids.tree(id), {
        after: cursorOf(after),
        limit: limitOf(limit),
      });
      return { items: rows.map((row) => forkShape(sources, row)), next };
    },
  };
}

function forkShape({ store, now }: TreeViewSources, { uid, from, seq, taskUid, createdBy }: ForkRow): ListedFork {
  const tree = store.queries.trees.getTree(uid, "none", now());
  const { id, title, status, reason, created_at, ended_at, headline, totals, forked_from } = tree;
  const shown = { id, title, status, reason, created_at, ended_at, headline };
  const point = { ...forked_from, tree_id: from, seq, task_id: taskUid };
  return { ...shown, from: point, created_by: createdBy, cost_usd: totals.cost_usd };
}
