/** What stands where on Home. Pure. */

import { isEnded } from "@/core/log/terms";
import type { Review, Tree } from "@/core/shapes/shapes";

/** Ids, in their order. */
export interface Places {
  needs: { reviews: string[]; failures: string[] };
  lists: { running: string[]; still: string[]; finished: string[] };
}

export const REVIEWS_SHOWN = 5;
const FINISHED_SHOWN = 10;

interface Known {
  trees: ReadonlyMap<string, Tree>;
  reviews: readonly Review[];
  /** Failed when the page came, and not seen. */
  failures: readonly string[];
  /** Failed since then counts, too: ISO 8601. */
  since: string;
  seen: ReadonlySet<string>;
  /** Failures concern whoever can do something about them. */
  mayRun: boolean;
}

export function placesOf({ trees, reviews, failures, since, seen, mayRun }: Known): Places {
  const all = [...trees.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const isStill = ({ status }: Tree) => status === "parked" || status === "paused";
  const open = all.filter((tree) => !isEnded(tree.status));
  const ended = all.filter((tree) => isEnded(tree.status) && tree.ended_at !== null);
  ended.sort((a, b) => (b.ended_at ?? "").localeCompare(a.ended_at ?? ""));
  const isNews = (tree: Tree) => failures.includes(tree.id) || (tree.ended_at ?? "") > since;
  const failed = ended.filter((tree) => mayRun && tree.status === "failed" && !seen.has(tree.id) && isNews(tree));
  return {
    needs: { reviews: reviews.slice(0, REVIEWS_SHOWN).map((review) => review.id), failures: idsOf(failed) },
    lists: {
      running: idsOf(open.filter((tree) => !isStill(tree))),
      still: idsOf(open.filter(isStill)),
      finished: idsOf(ended.slice(0, FINISHED_SHOWN)),
    },
  };
}

const idsOf = (trees: Tree[]) => trees.map((tree) => tree.id);

export function samePlaces<Ids extends Record<string, string[]>>(one: Ids, other: Ids): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
