/** Changes of Banyan's own code by its agents. */

/** The address under which a task names the source of the release that runs, as a repository. */
export const SELF_URL = "banyan:self";

/** Full gate runs for changes by agents since midnight (UTC). Quick checks do not count. */
export interface GateRunsToday {
  used: number;
  most: number;
  /** When the next one is possible; null: now. */
  again_at: string | null;
}

/** Whether agents may change Banyan at present. */
export interface SelfPower {
  /** null: agents may propose changes. `by` is null for the file `self/halt` in the data folder. */
  off: { by: string | null; since: string; reason: string } | null;
}

/** A change by agents that a person has approved, as the launcher tells it. */
export interface AgentsRelease {
  n: number;
  /** `dropped`: a person, the switch or a newer release came first. */
  state: "approved" | "trial" | "permanent" | "retired" | "bad" | "dropped";
  commit: string | null;
  /** The review item in which it was approved. */
  item: string;
  /** ISO 8601. */
  made_at: string;
  /** Why it is bad or was dropped, as a sentence. */
  why: string | null;
  /** Why it has not begun yet, as a sentence. */
  waits: string | null;
  trial_since: string | null;
  /** How its pages answered a signed-in person in the trial, and in how many ms 95 % of the answers came; null before. */
  numbers: { asked: number; failed: number; slow_ms: number; before_ms: number } | null;
  /** Whether a person at the machine has to let it through. */
  needs_confirmation: boolean;
}

export interface ReleasesStatus {
  /** Why nothing is released any more, as a sentence; null when it may. */
  halted: string | null;
  /** Why a person's newest version does not serve, as sentences; null when it does. */
  notice: string | null;
  /** When the newest release of a person was made; null when it is not known any more. */
  persons_at: string | null;
  /** The oldest first. */
  releases: AgentsRelease[];
}

export interface SelfState extends SelfPower {
  gate_runs: GateRunsToday;
  /** null: no launcher runs the server, and people take approved changes themselves. */
  releases: ReleasesStatus | null;
}
