/** Nobody decides on their own requests (calls, proposals, edits, rules) when another person could decide. */
import { type Actor, UserError } from "@/agents/application";
import { mayDecide } from "@/core/rules/roles";
import type { Review } from "@/core/shapes/shapes";
import { CANARY_PERSON } from "@/db/people/canary";
import { WATCHER } from "@/db/people/watcher";
import type { Store } from "@/db/store";

type Item = Pick<Review, "id" | "kind" | "tree_id">;

/** Returns why somebody else must decide, or null. Flags grant nothing, so anyone who may decide may close them. */
export function ownReview(store: Store, review: Item, actor: Actor): string | null {
  if (actor.name === WATCHER && !store.queries.trees.madeBy(CANARY_PERSON).includes(review.tree_id))
    return "The watch of a release decides only what its own small tasks ask.";
  if (review.kind === "flag" || review.kind === "question") return null;
  const proposedBy = store.proposals.of(review.id)?.submittedBy;
  return ownTree(store, review.tree_id, actor, proposedBy === undefined ? [] : [proposedBy]);
}

export function ownTree(store: Store, treeUid: string, actor: Actor, also: readonly string[] = []): string | null {
  if (mayDecide(actor, [...store.directors.of(treeUid), ...also], store.people.reviewers())) return null;
  return "It comes from a tree that you started or directed: another reviewer must decide.";
}

/** Throws UserError. */
export function refuseOwn(store: Store, review: Item, actor: Actor): void {
  const why = ownReview(store, review, actor);
  if (why !== null) throw new UserError("forbidden", why);
}
