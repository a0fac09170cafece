/** What follows from each decision on a review item, in sentences. Pure. */

import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";

export interface FollowsInput {
  review: Pick<Review, "kind" | "if_ignored" | "alike" | "status">;
  agent: string;
  /** Tasks that stand still until it is decided: its own and those above it. */
  waiting: number;
  /** The task has ended: nobody reads a reason any more. */
  hasEnded: boolean;
  /** For a proposal. */
  proposed?: { kind: string; name: string; baseVersion: number | null; startsServer: boolean };
}

export function followsOf(input: FollowsInput): ReviewItem["follows"] {
  const { review, agent, hasEnded } = input;
  const reads = hasEnded ? "Its task has ended, so nobody reads a reason." : `${agent} reads your reason.`;
  const ignored = review.if_ignored ?? "It stays in this list until somebody decides.";
  switch (review.kind) {
    case "question":
      return {
        approve: `${agent} reads your answer and goes on.${above(input)}`,
        reject: "A question is answered, not rejected: “I do not know; decide yourself” is an answer.",
        ignored,
        undo: "For a few seconds, until the answer is sent. What was read stays read; a further message can correct it.",
      };
    case "approval":
      return {
        approve: `Exactly this call runs, once, and ${agent} goes on with what it gives.${above(input)} Any other call asks again.`,
        reject: `The call is not run. ${agent} reads your reason in its place and goes on without it.`,
        ignored,
        undo: "For a few seconds, until the decision is sent. What a call has done stays done.",
      };
    case "proposal":
      return proposalFollows(input, reads, ignored);
    case "flag":
      return {
        approve: `Dealt with: the flag closes. ${hasEnded ? "Its task has ended." : `A reason, if you give one, reaches ${agent}.`} Nothing waits for it.`,
        reject: `No problem: the flag closes, and a reason tells ${hasEnded ? "nobody: its task has ended" : `${agent} why`}.`,
        ignored,
        undo: "For a few seconds, until the decision is sent.",
      };
    case "change":
      return {
        approve: `The change is taken over, and ${agent} goes on from it.${above(input)}`,
        reject: `The change is not taken over. ${reads}`,
        ignored,
        undo: "For a few seconds, until the decision is sent.",
      };
  }
}

function proposalFollows({ proposed, agent }: FollowsInput, reads: string, ignored: string): ReviewItem["follows"] {
  const { kind = "entry", name = "", baseVersion = null, startsServer = false } = proposed ?? {};
  const tried = startsServer
    ? "Its server is started once in the sandbox and must answer its probe; if it does not, nothing changes. Then "
    : "";
  const live = `version ${(baseVersion ?? 0) + 1} of the ${kind} ${name} is live`;
  const sentence = `${tried}${live} for tasks that begin from now on; tasks that run keep what they began with.`;
  return {
    approve: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} Whoever asked for it receives it.`,
    reject: `Nothing changes. ${reads}${reads.startsWith(agent) ? " It may propose once more." : ""}`,
    ignored,
    undo:
      baseVersion === null
        ? "For a few seconds before it is sent; afterwards under Decided: it is removed again, as long as it is unchanged."
        : `For a few seconds before it is sent; afterwards under Decided: version ${baseVersion} is restored, as long as nothing newer is live.`,
  };
}

function above({ waiting }: FollowsInput): string {
  if (waiting <= 1) return "";
  return waiting === 2 ? " The task above it waits for that too." : ` ${waiting - 1} tasks above it wait for that too.`;
}
