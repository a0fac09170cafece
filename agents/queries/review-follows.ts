/** Sentences that say what each decision on a review item does. Pure. */
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "@/core/words/asks";

export interface FollowsInput {
  review: Pick<Review, "kind" | "if_ignored" | "alike" | "status" | "tool">;
  agent: string;
  /** Tasks that wait for the decision: the item's own task and the tasks above it. */
  waiting: number;
  /** The task has ended, so nobody reads a reason. */
  hasEnded: boolean;
  /** For a proposal. */
  proposed?: {
    kind: string;
    name: string;
    baseVersion: number | null;
    /** The number that its version would get. */
    nextVersion: number;
    startsServer: boolean;
    goesOnTrial: boolean;
    /** Whether a launcher builds and tries approved changes of Banyan. */
    hasLauncher: boolean;
    /** Whether its approval removes the entry. */
    removes: boolean;
    /** Whether a release made it of a seed, so that no task asked for it. */
    isSeed: boolean;
  };
}

export function followsOf(input: FollowsInput): ReviewItem["follows"] {
  const { review, agent, hasEnded } = input;
  const reads = hasEnded ? "The task has ended, so nobody reads a reason." : `${agent} reads your reason.`;
  const ignored = review.if_ignored ?? "It stays open until somebody decides.";
  switch (review.kind) {
    case "question":
      return {
        approve: `${agent} reads your answer and continues.${above(input)}`,
        reject: "Questions cannot be rejected. You can answer “I do not know; decide yourself”.",
        ignored,
        undo: "For a few seconds, until the answer is sent. After that, correct it with a message.",
      };
    case "approval":
      if (isAskOfCall(review))
        return {
          approve: `Allows exactly this request, once; the running call goes on.${above(input)} The same request asks again.`,
          reject: "The call reads that it is not allowed, with your reason, and goes on without it.",
          ignored,
          undo: "For a few seconds, until the decision is sent. What the call then does cannot be undone.",
        };
      return {
        approve: `Runs exactly this call, once; ${agent} continues with its result.${above(input)} Any other call asks again.`,
        reject: `The call does not run. ${agent} reads your reason and continues without the result.`,
        ignored,
        undo: "For a few seconds, until the decision is sent. The effects of a call cannot be undone.",
      };
    case "proposal":
      return proposalFollows(input, reads, ignored);
    case "flag":
      return {
        approve: `Closes the flag as dealt with. ${flagReads(input)}`,
        reject: `Closes the flag as no problem. ${flagReads(input)}`,
        ignored,
        undo: "For a few seconds, until the decision is sent.",
      };
    case "change":
      return {
        approve: `Accepts the change; ${agent} continues from it.${above(input)}`,
        reject: `Discards the change. ${reads}`,
        ignored,
        undo: "For a few seconds, until the decision is sent.",
      };
  }
}

function flagReads({ agent, hasEnded }: FollowsInput): string {
  return hasEnded
    ? "The task has ended, so nobody reads a reason."
    : `Nothing waits for it. ${agent} reads a reason if you give one.`;
}

const LAUNCHED =
  "The launcher builds it, tries it beside this release and watches it for half an hour; what is worse is taken back by itself.";

function proposalFollows({ proposed, agent }: FollowsInput, reads: string, ignored: string): ReviewItem["follows"] {
  if (proposed?.kind === "code")
    return {
      approve: `The branch ${proposed.name} is approved, exactly as it is shown. ${proposed.hasLauncher ? LAUNCHED : "Nothing of it runs until you take it into your checkout and restart."}`,
      reject: `Nothing changes. ${reads}${reads.startsWith(agent) ? " It may propose again." : ""}`,
      ignored,
      undo: proposed.hasLauncher
        ? "For a few seconds before it is sent; afterwards by going back to an earlier release on this machine: `npx banyan releases` lists them."
        : "For a few seconds, until the decision is sent. Afterwards nothing needs to be undone, as long as you have not taken the branch.",
    };
  const { kind = "entry", name = "", baseVersion = null, nextVersion = 1, startsServer = false } = proposed ?? {};
  const { removes = false, isSeed = false } = proposed ?? {};
  const tried = startsServer
    ? "The server starts once in the sandbox and must answer its probe; if it fails, nothing changes. Then "
    : "";
  const what = `version ${nextVersion} of the ${kind} ${name}`;
  const happens = removes
    ? `the ${kind} ${name} is removed; running tasks keep it, and its versions stay`
    : proposed?.goesOnTrial
      ? `${what} goes on trial: ended trees are replayed with it first, where there are some; then new trees use it and the live version in turn, and their results decide within 14 days`
      : `${what} is live for new tasks; running tasks keep their version`;
  const sentence = `${tried}${happens}.`;
  return {
    approve: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${isSeed ? "" : " The task that asked for it receives it."}`,
    reject: isSeed
      ? "Nothing changes: what is installed stays, also after the next start. The release keeps its code."
      : `Nothing changes. ${reads}${reads.startsWith(agent) ? " It may propose again." : ""}`,
    ignored,
    undo: proposed?.goesOnTrial
      ? "For a few seconds before it is sent; afterwards by ending the trial."
      : baseVersion === null
        ? "For a few seconds before it is sent; afterwards under Decided, which removes it, as long as it is unchanged."
        : `For a few seconds before it is sent; afterwards under Decided, which restores version ${baseVersion}, as long as no newer version is live.`,
  };
}

function above({ waiting }: FollowsInput): string {
  if (waiting <= 1) return "";
  return waiting === 2 ? " Its parent task waits for that too." : ` ${waiting - 1} tasks above it wait for that too.`;
}
