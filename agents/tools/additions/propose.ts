/**
 * Changes of the configuration that agents propose. A proposal is inert: it is in no prompt, starts nothing and offers nothing
 * until a person approves exactly it; then whoever asked for it receives it in the same tree (agents/commands/proposals.ts).
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
  /** The call stays open until it is decided. */
  waits: boolean;
}

/** Waits for the decision like a question does for its answer; without a decision in time the answer says so, and nothing fails. */
export function propose(proposed: Proposed, call: Call, view: ControlView): ControlEffect {
  const { state } = view;
  const review = view.idFor(call, "proposal");
  const { askTimeoutMs } = state.setup;
  const { kind, name, body, why, waits, ...item } = proposed;
  const untilMs = waits && askTimeoutMs ? view.facts.nowMs + askTimeoutMs : null;
  const ignored = waits ? "The task that asked waits for it; nothing changes." : "Nothing changes.";
  const opened: NewReview = { uid: review, addressee: null, kind: "proposal", ...item, ifIgnored: ignored };
  const fallback = JSON.stringify({ status: "undecided" });
  return {
    entries: waits
      ? [{ kind: "event", turn: state.turn, content: { type: "asked", call: call.id, review, untilMs, fallback } }]
      : [response(state, call, JSON.stringify({ proposal: review, status: "open" }))],
    reviews: [opened],
    proposals: [{ review, kind, name, body, why }],
  };
}

/** A finishing task answers for what has ended: nobody would read what it waits for. */
export function mayWait(view: ControlView): boolean {
  return view.state.assignment.role === "work";
}
