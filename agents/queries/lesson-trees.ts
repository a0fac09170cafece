/** Ended trees in which a lesson could matter, to run one again with only this lesson. */
import type { Queries } from "@/agents/application";
import { GOAL_AGENTS } from "@/core/log/goal";
import { isEnded } from "@/core/log/terms";
import type { LessonTree } from "@/core/shapes/memory";
import type { Tree } from "@/core/shapes/shapes";
import type { TreeFilter } from "@/core/shapes/trees";
import type { Store } from "@/db/store";
import { lessonOf } from "./lesson-of";

interface LessonTreeSources {
  store: Pick<Store, "lessons" | "queries">;
  now(): number;
}

/** Trees of its evidence, and others. */
const MOST_OWN = 10;
const MOST_OTHERS = 10;
/** The newest uses, which are read. */
const MOST_USES = 200;

export function createLessonTreeQuery(sources: LessonTreeSources): Pick<Queries, "listLessonTrees"> {
  return {
    async listLessonTrees(id) {
      const lesson = lessonOf(sources.store, id);
      const own = ownTrees(sources, lesson.uid);
      const known = new Set(own.map(({ tree_id }) => tree_id));
      const others = otherTrees(sources, lesson).filter(({ tree_id }) => !known.has(tree_id));
      return [...own, ...others.slice(0, MOST_OTHERS)];
    },
  };
}

/** Returns the trees in which it was shown, the newest first, then those in which it was made. */
function ownTrees({ store: { lessons, queries }, now }: LessonTreeSources, uid: string): LessonTree[] {
  const uses = lessons.uses(uid, MOST_USES);
  const made = [...uses.filter(({ why }) => why === "made"), ...lessons.sources(uid)];
  const found = new Map<string, LessonTree["why"]>();
  for (const { tree, why, treeTitle } of uses) if (why !== "made" && treeTitle !== null) found.set(tree, "shown");
  for (const { tree, treeTitle } of made) if (treeTitle !== null && !found.has(tree)) found.set(tree, "made");
  const rows = [...found].flatMap(([tree, why]) => rowOf(queries.trees.getTree(tree, "none", now()), why));
  return rows.slice(0, MOST_OWN);
}

/** Returns the newest ended goals where it applies; else those of all places; else the newest ended trees. */
function otherTrees(
  { store: { lessons, queries }, now }: LessonTreeSources,
  { scope, place }: { scope: string; place: string | null },
): LessonTree[] {
  const limit = MOST_OWN + MOST_OTHERS;
  const listed = (filter: TreeFilter, why: LessonTree["why"]) =>
    queries.trees
      .listTrees({ ...filter, status: "ended", sort: "ended", limit }, now())
      .items.flatMap((tree) => rowOf(tree, why));
  const goals = { rootAgent: GOAL_AGENTS.goal };
  const inPlace = () => {
    if (scope === "everywhere" || place === null) return listed(goals, "place");
    if (scope === "agent") return listed({ ...goals, agent: place }, "place");
    const here = lessons.goalOutcomes(0, place).slice(-limit).reverse();
    return here.flatMap(({ tree }) => rowOf(queries.trees.getTree(tree, "none", now()), "place"));
  };
  for (const look of [inPlace, () => listed(goals, "other"), () => listed({}, "other")]) {
    const found = look();
    if (found.length > 0) return found;
  }
  return [];
}

/** Returns no row for a tree that cannot be forked from its beginning, nor for a fork, which shows the same as its origin. */
function rowOf(tree: Tree, why: LessonTree["why"]): LessonTree[] {
  const { id, title, status, ended_at, progress, totals } = tree;
  if (!isEnded(status) || ended_at === null || tree.from_archive || tree.is_system || tree.forked_from) return [];
  const rounds = progress?.round ?? null;
  return [{ tree_id: id, title, status, why, rounds, cost_usd: totals.cost_usd, ended_at }];
}
