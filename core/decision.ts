import type { Reason } from "@/core/log/reasons";
import type { GrantedSpend } from "./log/amounts";
import type { Entry, FinishingPurpose } from "./log/entries";
import type { EndStatus, ParkedBy, Verdict } from "./log/terms";
import type { Call } from "./state";

export interface FinishingStart {
  purpose: FinishingPurpose;
  agent: string;
}

/** A task whose lease ends. `waits` is null when it is ready again, parked, paused or ended. */
export interface Rest {
  kind: "rest";
  waits: {
    kind: "subtasks" | "predecessors" | "finishing" | "answer" | "approval";
    tasks: string[];
    reviews: string[];
    /** End of the wait; absent or null waits forever. */
    untilMs?: number | null;
  } | null;
  parkedUntilMs: number | null;
  /** Why it is parked. */
  why?: string;
  /** What parks it; absent: its model's provider, which is expected back. */
  parkedBy?: ParkedBy;
  /** Opens a pause with the rest, under manual stepping. */
  step?: true;
}

export type Decision =
  /** Bookkeeping without side effects: append these entries and decide again. `letters` are read by them. */
  | {
      kind: "note";
      entries: Entry[];
      letters?: number[];
      stopTasks?: string[];
      /** Reviews to withdraw, or to answer because of a timeout. */
      reviewChanges?: { uid: string; withdraw?: true; answer?: { text: string; by: string } }[];
    }
  /** Carry out this turn's core tools, whose effect is a record in the tree. */
  | { kind: "settle"; calls: Call[] }
  /** Ask a person to approve these calls. */
  | { kind: "ask_approval"; calls: Call[] }
  | { kind: "run_tool"; call: Call }
  | { kind: "call_model" }
  | { kind: "compact" }
  /** Run the commands of the claims in the open `end_task`. */
  | { kind: "check_claims" }
  | { kind: "start_finishing"; starts: FinishingStart[] }
  /** Merge the task's changes in its own folder into the folder that was copied. */
  | { kind: "merge_files" }
  | EndDecision
  | Rest;

export interface EndDecision {
  kind: "end";
  status: EndStatus;
  reason: Reason | null;
  /** See `Ended`. */
  grantNeeded?: GrantedSpend;
  detail: string | null;
  result: string | null;
  summary: string | null;
  verdict: Verdict | null;
  /** See `Ended`. */
  unmerged?: string;
  /** The response to the open `end_task`, if there is one. */
  response?: string;
}
