/** Nobody decides about what they have asked for themselves, wherever somebody else could: calls, proposals, edits and rules alike. */

import { type Actor, UserError } from "@/agents/application";
import { mayDecide } from "@/core/rules/roles";
import type { Review } from "@/core/shapes/shapes";
import type { Store } from "@/db/store";

type Item = Pick<Review, "id" | "kind" | "tree_id">;

/** One sentence that says why somebody else decides, or null. A flag allows nothing, and whoever steers may close it. */
export function ownReview(store: Store, review: Item, actor: Actor): string | null {
  if (review.kind === "flag" || review.kind === "question") return null;
  const proposedBy = store.proposals.of(review.id)?.submittedBy;
  return ownTree(store, review.tree_id, actor, proposedBy === undefined ? [] : [proposedBy]);
}

export function ownTree(store: Store, treeUid: string, actor: Actor, also: readonly string[] = []): string | null {
  if (mayDecide(actor, [...store.directors.of(treeUid), ...also], store.people.reviewers())) return null;
  return "It comes from a tree that you started or told what to do: somebody else who may decide does so.";
}

/** Throws UserError. */
export function refuseOwn(store: Store, review: Item, actor: Actor): void {
  const why = ownReview(store, review, actor);
  if (why !== null) throw new UserError("forbidden", why);
}
