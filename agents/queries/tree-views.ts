/** Queries for the views of a tree: search in its texts, and the timeline of its tasks. */

import { type Queries, UserError } from "@/agents/application";
import type { Store } from "@/db/store";
import type { Ids } from "./ids";

/** A longer list of results does not help; people add a word to their search. */
const MOST_FOUND = 200;
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
): Pick<Queries, "searchTree" | "getTimeline" | "listTurns"> {
  const { store, ids } = sources;
  return {
    searchTree: async (id, words) => store.search.searchTree(words, { treeId: ids.tree(id), limit: MOST_FOUND }),
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
  };
}
