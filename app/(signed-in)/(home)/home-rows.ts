/** Which rows each list of Home shows. Pure. */
import { isEnded, UNDER_WAY } from "@/core/log/terms";
import type { WaitingPromotion } from "@/core/shapes/environments/promotions";
import type { StoppedEvolution, WaitingChange } from "@/core/shapes/evolution";
import type { StuckForge } from "@/core/shapes/forges";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { PausedSchedule, ServerStatus, StatusTotals } from "@/core/shapes/status";
import type { FailedTask } from "@/core/shapes/trees";

/** Ids in the order of display. */
export interface Places {
  needs: {
    reviews: string[];
    /** Cycles whose changes wait. */
    changes: string[];
    /** Promotions that wait. */
    promotions: string[];
    failures: string[];
    tasks: string[];
    schedules: string[];
    forges: string[];
    /** Projects whose evolutions have stopped. */
    evolutions: string[];
  };
  lists: {
    running: string[];
    /** They do nothing until a person decides, so what they ask stands above. */
    asking: string[];
    paused: string[];
    /** Without the failures above. */
    finished: string[];
  };
}

/** Open trees of each list. The page reads no more, and hears of the others when something happens in them. */
export const OPEN_SHOWN = 30;
const REVIEWS_SHOWN = 5;
export const FINISHED_SHOWN = 10;
/** The newest failed tasks of open trees. The page says that there are more. */
export const FAILED_TASKS_READ = 20;

interface Known {
  trees: ReadonlyMap<string, Tree>;
  reviews: readonly Review[];
  /** Ids of failed trees that the user had not seen when the page loaded. */
  failures: readonly string[];
  /** Failed tasks of open trees that a retry can repair. */
  failedTasks: readonly FailedTask[];
  /** Schedules that Banyan has paused. */
  schedules: readonly PausedSchedule[];
  /** Links with forges that bring no work. */
  forges: readonly StuckForge[];
  /** Changes of evolutions that a person decides here. */
  changes: readonly WaitingChange[];
  /** Promotions that wait for an approval. */
  promotions: readonly WaitingPromotion[];
  /** Evolutions that Banyan has stopped. */
  evolutions: readonly StoppedEvolution[];
  /** ISO 8601. Trees that failed after this time are news too. */
  since: string;
  seen: ReadonlySet<string>;
  /** False hides what the user cannot retry, resume or look at. */
  mayRun: boolean;
}

export function placesOf({
  trees,
  reviews,
  failures,
  failedTasks,
  schedules,
  forges,
  changes,
  promotions,
  evolutions,
  since,
  seen,
  mayRun,
}: Known): Places {
  const all = [...trees.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const open = all.filter((tree) => !isEnded(tree.status));
  const ended = all.filter((tree) => isEnded(tree.status) && tree.ended_at !== null);
  ended.sort((a, b) => (b.ended_at ?? "").localeCompare(a.ended_at ?? ""));
  const isNews = (tree: Tree) => failures.includes(tree.id) || (tree.ended_at ?? "") > since;
  const failed = ended.filter((tree) => mayRun && tree.status === "failed" && !seen.has(tree.id) && isNews(tree));
  return {
    needs: {
      reviews: firstOfAlike(reviews)
        .slice(0, REVIEWS_SHOWN)
        .map((review) => review.id),
      changes: mayRun ? changes.map(({ cycle }) => cycle) : [],
      promotions: mayRun ? promotions.map(({ promotion }) => promotion) : [],
      failures: idsOf(failed),
      tasks: mayRun ? failedTasks.map(({ task }) => task.id) : [],
      schedules: mayRun ? schedules.map(({ id }) => id) : [],
      forges: mayRun ? forges.map(({ project }) => project) : [],
      evolutions: mayRun ? evolutions.map(({ project }) => project) : [],
    },
    lists: {
      running: idsOf(open.filter(({ status }) => UNDER_WAY.includes(status))),
      asking: idsOf(open.filter(({ status }) => status === "waiting")),
      paused: idsOf(open.filter(({ status }) => status === "paused")),
      finished: idsOf(ended.filter((tree) => !failed.includes(tree)).slice(0, FINISHED_SHOWN)),
    },
  };
}

/** Returns how many items wait for the person, shown or not. A settled one that is only kept in its place does not count. */
export function neededCount(openReviews: number, { reviews: _, ...others }: Places["needs"], unlisted: number): number {
  return openReviews + Object.values(others).flat().length + unlisted;
}

/** Returns how much needs a person that the lists of the status leave out. */
export function unlistedCount({ totals, ...lists }: Pick<ServerStatus, keyof StatusTotals | "totals">): number {
  const names = Object.keys(totals) as (keyof StatusTotals)[];
  return names.reduce((sum, name) => sum + totals[name] - lists[name].length, 0);
}

/** Calls that are alike are one row: Review decides all of them at once. */
function firstOfAlike(reviews: readonly Review[]): Review[] {
  const seen = new Set<string>();
  return reviews.filter(({ alike, tool, evidence }) => {
    const call = JSON.stringify([tool, evidence]);
    const isRepeated = alike > 1 && seen.has(call);
    seen.add(call);
    return !isRepeated;
  });
}

/** Items that need a person and are shown before the others are asked for. */
const NEEDS_SHOWN = 5;

/** Returns the ids to show of each kind: a few, with at least one of each kind, or all. */
export function cutNeeds(needs: Places["needs"], isWhole: boolean): { shown: Places["needs"]; more: number } {
  const all = Object.values(needs).flat().length;
  if (isWhole || all <= NEEDS_SHOWN) return { shown: needs, more: 0 };
  const kinds = Object.values(needs);
  const shown: string[][] = [];
  for (const [at, ids] of kinds.entries()) {
    const kept = kinds.slice(at + 1).filter((later) => later.length > 0).length;
    shown.push(ids.slice(0, Math.max(1, NEEDS_SHOWN - shown.flat().length - kept)));
  }
  const names = Object.keys(needs) as (keyof Places["needs"])[];
  const cut = Object.fromEntries(names.map((name, at) => [name, shown[at] ?? []])) as Places["needs"];
  return { shown: cut, more: all - shown.flat().length };
}

const idsOf = (trees: Tree[]) => trees.map((tree) => tree.id);

/**
 * Returns the ids to show with those of `before` that this page has decided, each still in its place: a row that says how
 * it ended must not jump.
 */
export function withSettled(
  shown: readonly string[],
  before: readonly string[],
  decided: ReadonlySet<string>,
): string[] {
  const order = [...shown];
  before.forEach((id, at) => {
    if (!decided.has(id) || order.includes(id)) return;
    const previous = before.slice(0, at).findLast((one) => order.includes(one));
    order.splice(previous === undefined ? 0 : order.indexOf(previous) + 1, 0, id);
  });
  return order;
}

export function samePlaces<Ids extends Record<string, string[]>>(one: Ids, other: Ids): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
