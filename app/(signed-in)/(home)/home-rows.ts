/** Which rows each list of Home shows. Pure. */

import { isEnded } from "@/core/log/terms";
import type { Review, Tree } from "@/core/shapes/shapes";

/** Ids in the order of display. */
export interface Places {
  needs: { reviews: string[]; failures: string[] };
  lists: { running: string[]; still: string[]; finished: string[] };
}

export const REVIEWS_SHOWN = 5;
const FINISHED_SHOWN = 10;

interface Known {
  trees: ReadonlyMap<string, Tree>;
  reviews: readonly Review[];
  /** Ids of failed trees that the user had not seen when the page loaded. */
  failures: readonly string[];
  /** ISO 8601. Trees that failed after this time are news too. */
  since: string;
  seen: ReadonlySet<string>;
  /** False hides failures, because the user cannot retry them. */
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
