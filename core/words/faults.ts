/** Faults of tasks, and looks at them, in words. */
import { MANY_FAULTS, MOST_PROPOSALS_A_DAY } from "@/core/faults/limits";
import type { FaultKind, FaultReason } from "@/core/log/faults";
import type { Improvement, ImprovementLook, LookProposal } from "@/core/shapes/improving/improvement";
import { count, money, plural } from "./figures";

const REASONS: Partial<Record<FaultReason, string>> = {
  call_refused: "Tool call refused",
  rejected: "Rejected by a person",
  no_progress: "No progress for many turns",
  silent_tool: "Silent tool call ended",
  endless_reply: "Endless reply cut",
  refused: "Model refused",
  invalid_replies: "Invalid replies",
  timeout: "Timed out",
  runaway: "Went in circles",
  out_of_grant: "Grant did not suffice",
  out_of_iterations: "Goal: rounds used up",
  criteria_unreachable: "Goal cannot be reached",
  claims_failed: "Claims not shown",
  judged_failed: "Judged as failed",
  by_agent: "Given up by the agent",
  by_supervisor: "Stopped by the supervisor",
  broken_log: "Log cannot be read",
  internal: "Internal error",
};

export function faultReason(reason: FaultReason): string {
  return REASONS[reason] ?? reason;
}

export function faultCounts({ count, fresh }: Pick<FaultKind, "count" | "fresh">): string {
  return `${plural(count, "task")}${fresh > 0 ? `, ${fresh} new` : ""}`;
}

export function lookCause({ cause, by }: Pick<ImprovementLook, "cause" | "by">): string {
  if (cause === "person") return `Asked for by ${by ?? "a person"}`;
  return cause === "night" ? "Nightly" : "Many new faults of a kind";
}

export function lookStatus({ status, note }: Pick<ImprovementLook, "status" | "note">): string {
  if (status === "running") return "Looking now";
  if (status === "none") return note === null ? "Tree deleted" : "Nothing to look at";
  return status === "succeeded" ? "Done" : status === "failed" ? "Failed" : "Stopped";
}

const PROPOSALS: Record<LookProposal["status"], string> = {
  open: "Waits for a decision",
  approved: "Approved",
  rejected: "Rejected",
  withdrawn: "Withdrawn",
  answered: "Answered",
  deleted: "Deleted",
};

export function proposalStatus({ status }: Pick<LookProposal, "status">): string {
  return PROPOSALS[status];
}

export function proposalName({ kind, name }: Pick<LookProposal, "kind" | "name">): string {
  return `${kind === "agent" ? "Agent" : "Document"} ${name}`;
}

/** Returns one sentence: whether looks start by themselves, when, and what they may cost. */
export function improvementSentence({ on, cap_usd, hour }: Pick<Improvement, "on" | "cap_usd" | "hour">): string {
  const limits = `at most ${money(cap_usd)} and ${MOST_PROPOSALS_A_DAY} proposals a day`;
  if (!on) return `Off: the review agent looks at faults only when somebody asks; ${limits}.`;
  return `On: the review agent looks at faults each night at ${nightly(hour)}, and when ${MANY_FAULTS} new faults of a kind have come; ${limits}.`;
}

/** Returns what happens with the next flag that an agent raises. */
export function flagLooksSentence({ why_none, tokens_today, tokens_per_day }: Improvement["flags"]): string {
  const used = `${count(tokens_today)} of ${count(tokens_per_day)} tokens today`;
  if (why_none === "off")
    return "Flags: the setting BANYAN_FLAG_REVIEW_TOKENS_PER_DAY is 0, so the review agent examines none.";
  if (why_none === "no_model") return "Flags: no language model is connected, so the review agent examines none.";
  if (why_none === "cap") return `Flags: too few tokens are left for another look today; ${used} (UTC).`;
  return `Flags: the review agent examines what agents flag for review, and comments on the item; ${used}.`;
}

export function nightly(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}
