/** Shapes of the improvement loop: what went wrong in tasks, and what the review agent proposed about it. */
import type { FaultKind } from "@/core/log/faults";
import type { SelfState } from "./self";

/** What started a look. */
export type LookCause = "night" | "faults" | "person";

/** A proposal that a look at past work made. */
export interface LookProposal {
  /** Public id of the review item. */
  review: string;
  kind: "agent" | "document";
  name: string;
  /** `deleted`: somebody deleted its tree. */
  status: "open" | "approved" | "rejected" | "withdrawn" | "answered" | "deleted";
  /** Ids of the kinds of faults that it would prevent. */
  faults: string[];
}

/** One look of the review agent at the faults. */
export interface ImprovementLook {
  id: string;
  cause: LookCause;
  /** The person who asked for it; null: the clock or the faults did. */
  by: string | null;
  at: string;
  /** The kinds of faults that it was given. */
  faults: FaultKind[];
  /** Public id of its tree; null when none was started, as `note` says. */
  tree: string | null;
  status: "running" | "succeeded" | "failed" | "stopped" | "none";
  /** What the agent reports, or why there is no tree. */
  note: string | null;
  spent_usd: number;
  proposals: LookProposal[];
}

export interface ImprovementSettings {
  /** Whether looks start by themselves. */
  on: boolean;
  /** The most that all looks of a day (UTC) may spend. */
  cap_usd: number;
  /** The hour of the night, 0 to 23, in the server's time zone. */
  hour: number;
}

/** The review agent's looks at what agents flag for review. */
export interface FlagLooksState {
  /** Why no look at flags starts now; null: the next flag starts a look. */
  why_none: "off" | "no_model" | "cap" | null;
  /** Used and reserved today (UTC). */
  tokens_today: number;
  tokens_per_day: number;
}

/** The settings and the state of improvement. */
export interface Improvement extends ImprovementSettings {
  /** Set while changes of Banyan by agents are switched off: then nothing looks and nothing is proposed. */
  off: SelfState["off"];
  flags: FlagLooksState;
  /** The model that would look; null: no language model is connected. */
  model: string | null;
  spent_today_usd: number;
  proposals_today: number;
  most_proposals: number;
  /** When the next look is due by the clock; null: never. */
  next_at: string | null;
  /** The last 30 days, most new faults first. */
  faults: FaultKind[];
  /** Newest first. */
  looks: ImprovementLook[];
}
