/** Commands that decide: questions, flags and approvals. */
import { z } from "zod";
import { type Actor, UserError } from "@/agents/application";
import { type CommandWorld, operation, reachesReview } from "@/agents/commands/world/operation";
import { said, saidAndDecided } from "@/agents/operations/operation";
import { present, text, yesOrNo } from "@/agents/operations/parse";
import { refuseOwn } from "@/agents/queries/own-reviews";
import { approveProposal } from "./proposals";
import { decidedAlready, withComments } from "./review-talk";

/** What comes with a decision. */
export const decisionFields = z.strictObject({
  reason: text.optional().describe("Why, in words that the task reads."),
  /** Also decides all equal open items. */
  alike: yesOrNo.optional().describe("Decides all identical open items, too."),
  /** Texts that replace the proposal's own, by the name of their part, and are then approved. */
  edited: z
    .record(z.string(), text, "must be an object that maps parts to texts")
    .optional()
    .describe("Parts of a proposal with the texts that they should have instead, by the names of the parts."),
});

const decisionInput = decisionFields.extend({
  decision: z.enum(["approved", "rejected"], "must be approved or rejected"),
});

export const reviewOperations = {
  /** Of a flag: approved means dealt with, rejected no problem. The reason reaches the task. */
  decide: operation({
    right: "decide",
    summary: "Approves or rejects a review item; the task receives the reason.",
    on: "review",
    // A reviewer decides about calls in every tree.
    reach: () => ({}),
    onPages: true,
    input: decisionInput,
    audit: ["decision", "reason", "alike"],
    tells: ({ edited }) => ({ edited: edited && Object.keys(edited) }),
    result: saidAndDecided,
    run: decide,
  }),
  answer: operation({
    right: "answer",
    summary: "Answers a question.",
    on: "review",
    reach: reachesReview,
    http: "POST reviews/:id/answer",
    input: z.strictObject({ text: present.describe("The answer, which the task reads.") }),
    audit: [],
    // The text itself is in the item's rows.
    tells: ({ text: words }) => ({ characters: words.length }),
    result: said,
    async run({ id: reviewId, text: words }, actor, { store, ids, now }) {
      const uid = ids.review(reviewId);
      const review = store.queries.reviews.get(uid, now());
      if (review?.kind !== "question")
        throw new UserError("invalid", `${reviewId} is not a question: only questions can be answered.`);
      if (!words.trim()) throw new UserError("invalid", "The answer is empty.");
      const done = await store.decisions.answer(uid, words, actor.name, withComments(words, store.comments.of(uid)));
      if (!done) throw decidedAlready(store.queries.reviews.get(uid, now()), "The question is already closed");
      return { sentence: "Answered. The task continues." };
    },
  }),
};

async function decide(
  { id: reviewId, decision, reason = "", alike = false, edited }: { id: string } & z.infer<typeof decisionInput>,
  actor: Actor,
  world: CommandWorld,
): Promise<{ sentence: string; decided: string[] }> {
  const { store, ids, now } = world;
  const uid = ids.review(reviewId);
  const review = store.queries.reviews.get(uid, now());
  if (review?.kind === "question") throw new UserError("invalid", `${reviewId} is a question: answer it instead.`);
  if (review) refuseOwn(store, review, actor);
  const ownReason = reason.trim();
  const heard = withComments(ownReason, store.comments.of(uid));
  const isEdited = edited !== undefined && Object.keys(edited).length > 0;
  if (isEdited && (review?.kind !== "proposal" || decision !== "approved"))
    throw new UserError("invalid", "Only a proposal can be edited, and only when it is approved.");
  if (review?.kind === "proposal" && decision === "approved")
    return approveProposal(
      { ...world, validateServer: async (body) => (await world.servers()).validate(body) },
      uid,
      { reason: ownReason, heard, ...(isEdited && { edited }) },
      actor,
    );
  const isApproval = review?.kind === "approval";
  const words = wordsOf(decision, isApproval);
  const text = `${actor.name} decided on your flag “${review?.title ?? ""}”: ${words}.${heard ? ` ${heard}` : ""}`;
  // The task that raised a flag is told only when there is a text to read: the decision alone changes nothing for it.
  const told = heard ? text : null;
  const comment = decision === "approved" ? `${actor.name} allowed the call and wrote: ${heard}` : heard;
  const decided = await store.decisions.decide({
    uid,
    status: decision,
    reason: ownReason,
    told: isApproval && heard ? comment : heard,
    by: actor.name,
    alike,
    words: told,
  });
  if (decided.length === 0) throw decidedAlready(store.queries.reviews.get(uid, now()));
  if (review?.kind === "proposal") return { sentence: "Proposal rejected; nothing changes.", decided };
  return { sentence: decidedSentence(decided.length, isApproval, words), decided };
}

function decidedSentence(count: number, isApproval: boolean, words: string): string {
  if (count > 1) return `${count} equal items are closed: ${words}.`;
  return isApproval ? `The call is ${words}.` : `The flag is closed: ${words}.`;
}

function wordsOf(decision: "approved" | "rejected", isApproval: boolean): string {
  if (isApproval) return decision === "approved" ? "allowed" : "not allowed";
  return decision === "approved" ? "dealt with" : "no problem";
}
