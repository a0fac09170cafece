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

/** What a trial of a release measured. */
export interface TrialNumbers {
  asked: number;
  failed: number;
  slow_ms: number;
  before_ms: number;
  /** What canaries were not asked to do, because the release before it did not do it either: `command`, `approval`. */
  not_measured?: string[];
}

/** A change by agents that a person has approved, as the launcher tells it. */
export interface AgentsRelease {
  n: number;
  /** `dropped`: a person, the switch or a newer release came first. */
  state: "approved" | "trial" | "permanent" | "retired" | "bad" | "dropped";
  commit: string | null;
  /** Of its commit. Absent, as what follows it, where a launcher of an earlier version tells of it. */
  title?: string | null;
  /** Why its agent proposed it; the beginning of a long text. */
  about?: string | null;
  /** The review item in which it was approved. */
  item: string;
  approved_by?: string | null;
  /** Whether it was dropped for another release, and may be carried over to it. Absent, as what follows, as above. */
  stale?: boolean;
  /** Why it could not be carried over to the release that runs, as sentences. Absent: it may be, or need not. */
  not_carried?: string;
  /** Whether it was carried over and is not what a person approved, so that a person has to approve it again. */
  needs_approval?: boolean;
  /** The approved commit that this one replaces on another release; null: a person approved exactly this commit. */
  carried_from?: string | null;
  /** ISO 8601. */
  made_at: string;
  /** Why it is bad or was dropped, as a sentence. */
  why: string | null;
  /** Why it has not begun yet, as a sentence. */
  waits: string | null;
  trial_since: string | null;
  /** How its pages answered a signed-in person in the trial, and in how many ms 95 % of the answers came; null before. */
  numbers: TrialNumbers | null;
  /** When it becomes permanent if nothing is worse; null while it is still proved, and when it is not on trial. */
  trial_until?: string | null;
  /** What the first part of the gates left for its trial; null: nothing. `said` is a sentence once they have passed it. */
  whole_gates?: { state: "left" | "passed"; said: string | null } | null;
  /** Whether a person at the machine has to confirm it. */
  needs_confirmation: boolean;
}

/** A release of agents or of a person. */
export interface NamedRelease {
  n: number;
  title: string | null;
  commit: string | null;
  by_agents: boolean;
  made_at: string;
}

/** The newest looks at the release on trial, beside what the permanent release showed before it. */
export interface TrialFigures {
  n: number;
  /** The 95th percentile of its answers; null before the first look. */
  answer_ms: number | null;
  answer_ms_before: number;
  /** 0: the system does not tell. */
  memory_bytes: number;
  memory_bytes_before: number;
  /** Bad looks in a row. */
  bad_looks: number;
}

/** How many releases may follow each other, and how many did. */
export interface ReleaseLimits {
  /** Releases of agents that began within a day. */
  used: number;
  most: number;
  /** When the limits allow the next; null: now. */
  next_at: string | null;
  /** Releases that were taken back within a day. Then nothing is released until a person allows it. */
  taken_back: number;
  most_taken_back: number;
  minutes: { apart: number; healthy: number; watch: number };
}

/** What the launcher did. */
export interface ReleaseNews {
  at: string;
  what: string;
  n: number | null;
  title: string | null;
  why: string | null;
  by: string | null;
}

/** The release that serves, the one before it, and a running trial. */
export interface ReleasesNow {
  /** null while none serves. */
  serving: (NamedRelease & { since: string | null }) | null;
  permanent: (NamedRelease & { since: string | null }) | null;
  /** What a person can go back to. */
  before: NamedRelease | null;
  trial: TrialFigures | null;
  limits: ReleaseLimits;
  /** Why releases run without a wall around them; null when each has one. */
  without_wall: string | null;
  /** The oldest first. */
  journal: ReleaseNews[];
}

/** The releases of the server, and what holds them up. */
export interface ReleasesStatus {
  /** Why nothing is released any more, as a sentence; null when it may. */
  halted: string | null;
  /** Whether the launcher runs the whole gates in a trial, so that their first part is enough before. Absent: an older one does not. */
  runs_whole_gates?: boolean;
  /** Why a person's newest version does not serve, as sentences; null when it does. */
  notice: string | null;
  /**
   * The files of `seeds/` in the release that runs that agents have changed; null: any may be. Absent: an older launcher
   * does not tell.
   */
  held_seeds?: string[] | null;
  /** When the newest release of a person was made; null when it is not known any more. */
  persons_at: string | null;
  /** The oldest first. */
  releases: AgentsRelease[];
  /** Absent where a launcher of an earlier version tells it. */
  now?: ReleasesNow;
}

/** The state of the server's changes to itself. */
export interface SelfState extends SelfPower {
  gate_runs: GateRunsToday;
  /** null: no launcher runs the server, and people take approved changes themselves. */
  releases: ReleasesStatus | null;
}
