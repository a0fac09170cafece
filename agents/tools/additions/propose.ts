/**
 * Changes of the configuration that agents propose. A proposal has no effect until a person approves exactly that
 * proposal. Then the task that asked for it receives it, in the same tree (agents/commands/proposals.ts).
 */

import type { ControlEffect, ControlView } from "@/agents/tools/contract/control";
import type { ReviewFacts } from "@/core/log/terms";
import { response } from "@/core/notes";
import type { Call } from "@/core/state";
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
  const { kind, name, body, why, waits, ...item } = proposed;
  const untilMs = waits && askTimeoutMs ? view.facts.nowMs + askTimeoutMs : null;
  const ignored = waits ? "The task keeps waiting; nothing changes." : "Nothing changes.";
  const facts = { ...item.facts, ...(waits && { waits: { untilMs } }) };
  const opened: NewReview = { uid: review, addressee: null, kind: "proposal", ...item, facts, ifIgnored: ignored };
  const fallback = JSON.stringify({ status: "undecided" });
  return {
    entries: waits
      ? [{ kind: "event", turn: state.turn, content: { type: "asked", call: call.id, review, untilMs, fallback } }]
      : [response(state, call, JSON.stringify({ proposal: review, status: "open" }))],
    reviews: [opened],
    proposals: [{ review, kind, name, body, why }],
  };
}

/** Returns whether the task may wait. A finishing task may not: the work has ended and cannot use the decision. */
export function mayWait(view: ControlView): boolean {
  return view.state.assignment.role === "work";
}
