/**
 * Changes of the configuration that agents propose. A proposal has no effect until a person approves exactly that
 * proposal. Then the task that asked for it receives it, in the same tree (agents/commands/proposals.ts).
 */
import { z } from "zod";
import type { ControlEffect, ControlView } from "@/agents/tools/contract/control";
import type { ReviewFacts } from "@/core/log/terms";
import { response } from "@/core/notes";
import type { Call } from "@/core/state";
import { seenReplays } from "@/core/words/trials";
import type { NewProposal, NewReview } from "@/db/records/records";

export interface Proposed extends Omit<NewProposal, "review"> {
  title: string;
  detail: string;
  evidence: string;
  blastRadius: number;
  uncertainty: number;
  facts?: ReviewFacts;
  /** The call stays open until a person decides. */
  waits: boolean;
}

/**
 * Returns the effect that opens the review of a proposal. A call that waits works like a question. When nobody decides
 * in time its result says `undecided`, and the task continues.
 */
export function propose(proposed: Proposed, call: Call, view: ControlView): ControlEffect {
  const { state } = view;
  const review = view.idFor(call, "proposal");
  const { askTimeoutMs } = state.setup;
  const { kind, name, body, why, faults = [], waits: wantsToWait, ...item } = proposed;
  const before = kind === "code" ? null : view.refusedBefore(kind, name, body);
  if (before) {
    const seen = before.seen.length > 0 ? ` ${seenReplays(before.seen)}` : "";
    return { entries: [response(state, call, `${REFUSED[before.why]}${seen}`, true)] };
  }
  const proposal: NewProposal = { review, kind, name, body, why, ...(state.setup.look && { faults }) };
  const look = state.setup.look ? view.look() : null;
  if (state.setup.look) {
    const refused = look ? look.refusalOf(proposal, view.proposed) : "Only the tree of a look at faults may propose.";
    if (refused !== null) return { entries: [response(state, call, refused, true)] };
  }
  const waits = wantsToWait && look === null;
  const untilMs = waits && askTimeoutMs ? view.facts.nowMs + askTimeoutMs : null;
  const facts: ReviewFacts = {
    ...item.facts,
    ...(waits && { waits: { untilMs } }),
    ...(look && { faults: look.faults.filter(({ id }) => faults.includes(id)) }),
    ...(state.tainted && { tainted: true }),
  };
  const opened: NewReview = { uid: review, addressee: null, kind: "proposal", ...item, facts, ifIgnored: null };
  const fallback = JSON.stringify({ status: "undecided" });
  return {
    entries: waits
      ? [{ kind: "event", turn: state.turn, content: { type: "asked", call: call.id, review, untilMs, fallback } }]
      : [response(state, call, JSON.stringify({ proposal: review, status: "open" }))],
    reviews: [opened],
    proposals: [proposal],
  };
}

const REFUSED = {
  rejected: "Exactly this change was proposed before, and a person rejected it. Propose something else, or leave it.",
  bad: "Exactly this change was on trial before, and was taken back. Propose something else, or leave it.",
};

/** The argument by which a look at faults names its evidence. */
export const preventedFaults = z
  .array(z.string().max(20))
  .max(8)
  .optional()
  .describe("Only in a look at faults: ids of the faults that this would prevent.");

/** Returns whether the task may wait. A finishing task may not: the work has ended and cannot use the decision. */
export function mayWait(view: ControlView): boolean {
  return view.state.assignment.role === "work";
}
