/** Changes of Banyan's own code by its agents. */

/** The address under which a task names the source of the release that runs, as a repository. */
export const SELF_URL = "banyan:self";

/** Full gate runs for changes by agents since midnight (UTC). Quick checks do not count. */
export interface GateRunsToday {
  /** Runs since midnight (UTC). */
  used: number;
  /** Most runs of a day. */
  most: number;
  /** When the next one is possible; null: now. */
  again_at: string | null;
}

/** Whether agents may change Banyan at present. */
export interface SelfPower {
  /** null: agents may propose changes. `by` is null for the file `self/halt` in the data folder. */
  off: {
    /** Name of the person who switched it off; null for the file `self/halt`. */
    by: string | null;
    /** Since when it is off. */
    since: string;
    /** The reason that was given. */
    reason: string;
  } | null;
}

/** What a trial of a release measured. */
export interface TrialNumbers {
  /** Requests for pages in the trial. */
  asked: number;
  /** Those of them that failed. */
  failed: number;
  /** The 95th percentile of the answers in milliseconds, in the trial. */
  slow_ms: number;
  /** The same for the release before it. */
  before_ms: number;
  /** What canaries were not asked to do, because the release before it did not do it either: `command`, `approval`. */
  not_measured?: string[];
}

/** A change by agents that a person has approved, as the launcher tells it. */
export interface AgentsRelease {
  /** Number of the release. */
  n: number;
  /** `dropped`: a person, the switch or a newer release came first. */
  state: "approved" | "trial" | "permanent" | "retired" | "bad" | "dropped";
  /** Hash of its commit; null: it has none. */
  commit: string | null;
  /** Of its commit. Absent, as what follows it, where a launcher of an earlier version tells of it. */
  title?: string | null;
  /** Why its agent proposed it; the beginning of a long text. */
  about?: string | null;
  /** The review item in which it was approved. */
  item: string;
  /** Name of the person who approved it; null: it is not known. */
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
  /** When its trial began; null before. */
  trial_since: string | null;
  /** How its pages answered a signed-in person in the trial, and in how many ms 95 % of the answers came; null before. */
  numbers: TrialNumbers | null;
  /** When it becomes permanent if nothing is worse; null while it is still proved, and when it is not on trial. */
  trial_until?: string | null;
  /** What the first part of the gates left for its trial; null: nothing. `said` is a sentence once they have passed it. */
  whole_gates?: {
    /** Whether the whole gates still have to run, or have passed it. */
    state: "left" | "passed";
    /** What they said, as a sentence; null before. */
    said: string | null;
  } | null;
  /** Whether a person at the machine has to confirm it. */
  needs_confirmation: boolean;
}

/** A release of agents or of a person. */
export interface NamedRelease {
  /** Number of the release. */
  n: number;
  /** Title of its commit; null: it is not known. */
  title: string | null;
  /** Hash of its commit; null: it has none. */
  commit: string | null;
  /** Whether agents proposed it; else a person made it. */
  by_agents: boolean;
  /** When it was made. */
  made_at: string;
}

/** The newest looks at the release on trial, beside what the permanent release showed before it. */
export interface TrialFigures {
  /** Number of the release. */
  n: number;
  /** The 95th percentile of its answers; null before the first look. */
  answer_ms: number | null;
  /** The same of the permanent release just before, in milliseconds. */
  answer_ms_before: number;
  /** 0: the system does not tell. */
  memory_bytes: number;
  /** The same of the permanent release just before. */
  memory_bytes_before: number;
  /** Bad looks in a row. */
  bad_looks: number;
}

/** How many releases may follow each other, and how many did. */
export interface ReleaseLimits {
  /** Releases of agents that began within a day. */
  used: number;
  /** Most releases of agents within a day. */
  most: number;
  /** When the limits allow the next; null: now. */
  next_at: string | null;
  /** Releases that were taken back within a day. Then nothing is released until a person allows it. */
  taken_back: number;
  /** After so many within a day nothing more is released. */
  most_taken_back: number;
  /** Lengths of time, in minutes. */
  minutes: {
    /** From the begin of one release of agents to that of the next, at least. */
    apart: number;
    /** How long the permanent release has to serve before one of agents begins. */
    healthy: number;
    /** How long a release on trial is watched. */
    watch: number;
  };
}

/** What the launcher did. */
export interface ReleaseNews {
  /** When it happened. */
  at: string;
  /** What happened, as the launcher's journal calls it, such as `trial`. */
  what: string;
  /** Number of the release; null: it is about no release. */
  n: number | null;
  /** Title of the release; null: it has none, or it is about no release. */
  title: string | null;
  /** The reason, in words; null: none. */
  why: string | null;
  /** Name of the person who asked for it; null: nobody did. */
  by: string | null;
}

/** The release that serves, the one before it, and a running trial. */
export interface ReleasesNow {
  /** null while none serves. */
  serving:
    | (NamedRelease & {
        /** Since when it serves; null: it is not known. */
        since: string | null;
      })
    | null;
  /** The release that serves when no trial runs; null: there is none. */
  permanent:
    | (NamedRelease & {
        /** Since when it is permanent; null: it is not known. */
        since: string | null;
      })
    | null;
  /** What a person can go back to. */
  before: NamedRelease | null;
  /** The release on trial; null: none is. */
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
