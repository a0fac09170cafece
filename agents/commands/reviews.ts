/** Commands that decide: questions, flags and approvals. */

import { type Actor, type Commands, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Ids } from "@/agents/queries/ids";
import { refuseOwn } from "@/agents/queries/own-reviews";
import type { Store } from "@/db/store";
import { approveProposal, type ProposalSources } from "./proposals";
import { decidedAlready, withComments } from "./review-talk";

type ReviewCommands = Pick<Commands, "decide" | "answer">;

type ReviewSources = { configuration: Configuration } & Omit<ProposalSources, "store">;

interface ReviewContext {
  store: Store;
  ids: Ids;
  sources: ReviewSources;
}

export function createReviewCommands(store: Store, ids: Ids, sources: ReviewSources): ReviewCommands {
  const context: ReviewContext = { store, ids, sources };
  return {
    decide: (reviewId, decision, reason, actor, options = {}) =>
      decide(context, reviewId, decision, reason, actor, options),
    answer: (reviewId, text, actor) => answer(context, reviewId, text, actor),
  };
}

async function decide(
  context: ReviewContext,
  reviewId: string,
  decision: "approved" | "rejected",
  reason: string,
  actor: Actor,
  { alike = false, edited }: { alike?: boolean; edited?: Record<string, string> },
): ReturnType<Commands["decide"]> {
  const { store, ids, sources } = context;
  const uid = ids.review(reviewId);
  const review = store.queries.reviews.get(uid, sources.now());
  if (review?.kind === "question") throw new UserError("invalid", `${reviewId} is a question: answer it instead.`);
  if (review) refuseOwn(store, review, actor);
  const ownReason = reason.trim();
  const heard = withComments(ownReason, store.comments.of(uid));
  const isEdited = edited !== undefined && Object.keys(edited).length > 0;
  if (isEdited && (review?.kind !== "proposal" || decision !== "approved"))
    throw new UserError("invalid", "Only a proposal can be edited, and only when it is approved.");
  if (review?.kind === "proposal" && decision === "approved")
    return approveProposal(
      { ...sources, store },
      uid,
      { reason: ownReason, heard, ...(isEdited && { edited }) },
      actor,
    );
  const isApproval = review?.kind === "approval";
  const words = wordsOf(decision, isApproval);
  const text = `${actor.name} decided on your flag “${review?.title ?? ""}”: ${words}.${heard ? ` ${heard}` : ""}`;
  // The task that raised a flag is told only when there is a text to read: the decision alone changes nothing for it.
  const told = heard ? text : null;
  const beside = decision === "approved" ? `${actor.name} allowed the call and wrote: ${heard}` : heard;
  const decided = await store.decisions.decide({
    uid,
    status: decision,
    reason: ownReason,
    told: isApproval && heard ? beside : heard,
    by: actor.name,
    alike,
    words: told,
  });
  if (decided.length === 0) throw decidedAlready(store.queries.reviews.get(uid, sources.now()));
  if (review?.kind === "proposal") return { sentence: "Proposal rejected; nothing changes.", decided };
  return { sentence: decidedSentence(decided.length, isApproval, words), decided };
}

function decidedSentence(count: number, isApproval: boolean, words: string): string {
  if (count > 1) return `${count} equal items are closed: ${words}.`;
  return isApproval ? `The call is ${words}.` : `The flag is closed: ${words}.`;
}

async function answer(
  context: ReviewContext,
  reviewId: string,
  text: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  const { store, ids, sources } = context;
  const uid = ids.review(reviewId);
  const review = store.queries.reviews.get(uid, sources.now());
  if (review?.kind !== "question")
    throw new UserError("invalid", `${reviewId} is not a question: only questions can be answered.`);
  if (!text.trim()) throw new UserError("invalid", "The answer is empty.");
  const done = await store.decisions.answer(uid, text, actor.name, withComments(text, store.comments.of(uid)));
  if (!done) throw decidedAlready(store.queries.reviews.get(uid, sources.now()), "The question is already closed");
  return { sentence: "Answered. The task continues." };
}

function wordsOf(decision: "approved" | "rejected", isApproval: boolean): string {
  if (isApproval) return decision === "approved" ? "allowed" : "not allowed";
  return decision === "approved" ? "dealt with" : "no problem";
}
