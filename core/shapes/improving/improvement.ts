/** Shapes of the improvement loop: what went wrong in tasks, and what the review agent proposed about it. */
import type { FaultKind } from "@/core/log/faults";
import type { SelfState } from "./self";

/** What started a look. */
export type LookCause = "night" | "faults" | "person";

/** A proposal that a look at past work made. */
export interface LookProposal {
  /** Public id of the review item. */
  review: string;
  /** Kind of the entry that it would change. */
  kind: "agent" | "document";
  /** Name of the entry. */
  name: string;
  /** `deleted`: somebody deleted its tree. */
  status: "open" | "approved" | "rejected" | "withdrawn" | "answered" | "deleted";
  /** Ids of the kinds of faults that it would prevent. */
  faults: string[];
}

/** One look of the review agent at the faults. */
export interface ImprovementLook {
  /** Id of the look. */
  id: string;
  cause: LookCause;
  /** The person who asked for it; null: the clock or the faults did. */
  by: string | null;
  /** When it was started. */
  at: string;
  /** The kinds of faults that it was given. */
  faults: FaultKind[];
  /** Public id of its tree; null when none was started, as `note` says. */
  tree: string | null;
  /** How its tree stands; `none`: no tree was started. */
  status: "running" | "succeeded" | "failed" | "stopped" | "none";
  /** What the agent reports, or why there is no tree. */
  note: string | null;
  /** US dollars that its tree has cost. */
  spent_usd: number;
  /** What it proposed. */
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
  /** Most tokens of such looks in a day (UTC). */
  tokens_per_day: number;
}

/** The settings and the state of improvement. */
export interface Improvement extends ImprovementSettings {
  /** Set while changes of Banyan by agents are switched off: then nothing looks and nothing is proposed. */
  off: SelfState["off"];
  flags: FlagLooksState;
  /** The model that would look; null: no language model is connected. */
  model: string | null;
  /** US dollars that looks have cost today (UTC). */
  spent_today_usd: number;
  /** Proposals that looks made today (UTC). */
  proposals_today: number;
  /** Most proposals of looks in a day (UTC). */
  most_proposals: number;
  /** When the next look is due by the clock; null: never. */
  next_at: string | null;
  /** The last 30 days, most new faults first; at most 50 kinds. */
  faults: FaultKind[];
  /** The newest 30, newest first. */
  looks: ImprovementLook[];
}
