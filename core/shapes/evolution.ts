/** Shapes of evolution: cycles in which a project's best insight becomes a change that a person accepts or rejects. */
import type { ForgeKind } from "./forges";
import type { InsightKind } from "./insights";

/** What a person allows an evolution. */
export interface EvolutionRules {
  /** A cycle may cost at most this. */
  cycle_usd: number;
  /** All cycles of a day (UTC) may cost at most this. */
  day_usd: number;
  /** Changes that may wait for a person at a time. */
  most_open: number;
  /** Globs of the files that it may change. */
  paths: string[];
  /** Insights with a lower score are left alone. */
  least_score: number;
  /** No cycle begins between these times, as `HH:MM` in the time zone; null: at any time. */
  quiet: {
    /** No cycle begins from this time on, as `HH:MM`. */
    from: string;
    /** Cycles begin again from this time on, as `HH:MM`. */
    until: string;
    /** Name of the time zone, such as `Europe/Berlin`. */
    zone: string;
  } | null;
  /** After so many rejections in a row it stops until a person resumes it. */
  stop_after: number;
}

/** Why no cycle can begin now. */
export type Hold =
  | "stopped"
  | "switched_off"
  | "quiet"
  | "open"
  | "day_cap"
  | "busy"
  | "no_check"
  | "not_looked"
  | "nothing";

/** How a change reaches people: at the forge, as a proposal for Banyan itself, or as a branch of the project's folder. */
export type ChangeKind = "pull_request" | "proposal" | "branch";

/**
 * `working`: its tree works, or is judged. `open`: its change waits for a person. `failed`: no try passed. `stopped`: a
 * person stopped it.
 */
export const CYCLE_STATES = ["working", "open", "accepted", "rejected", "failed", "stopped"] as const;
/** How far a cycle of an evolution has come. */
export type CycleState = (typeof CYCLE_STATES)[number];

/** `GET /projects/:name/evolution`. */
export interface EvolutionOfProject {
  project: string;
  rules: EvolutionRules;
  change: ChangeKind;
  /** Where an accepted change becomes a branch; null: the project has no folder of the server, so a person names one. */
  folder: string | null;
  /** The linked forge; null: there is none. */
  forge: ForgeKind | null;
  /** Set while no cycle begins; `by` null: Banyan stopped it. */
  stopped: {
    /** Name of the person who stopped it; null: Banyan did. */
    by: string | null;
    /** When it was stopped. */
    at: string;
    /** The reason; null: none was given. */
    why: string | null;
  } | null;
  /** The insight that the next cycle would deal with; null: none. */
  next: InsightOfCycle | null;
  /** Why no cycle can begin now; null: one can. */
  hold: {
    /** What holds it up. */
    code: Hold;
    /** The same for people, in one sentence. */
    sentence: string;
  } | null;
  /** Rejections since the last accepted change. */
  rejections: number;
  /** What cycles have cost since midnight (UTC). */
  today_usd: number;
  /** What cycles whose trees have not ended, or whose changes wait, may still cost. */
  reserved_usd: number;
  /** The newest 50, the newest first. */
  runs: EvolutionRun[];
  /** How many runs there were. */
  runs_total: number;
  /** The newest first. */
  cycles: EvolutionCycle[];
}

/** An insight as it was when its cycle began. Title, path and symbol are texts of the repository. */
export interface InsightOfCycle {
  /** Id of the insight. */
  id: string;
  kind: InsightKind;
  /** What was found, as a title. */
  title: string;
  /** Empty: the repository as a whole. */
  path: string;
  /** The first line, from 1; 0: the repository as a whole. */
  line: number;
  /** The last line; 0: the repository as a whole. */
  end: number;
  /** How much it promises, from 0 to 1. */
  score: number;
}

/**
 * What a run failed at: `look`, its look for insights; `rights`, those of the person who began it are gone; `begin`, its
 * next cycle could not begin, for a reason that is not its insight's.
 */
export const RUN_FAULTS = ["look", "rights", "begin"] as const;
/** Why a run of an evolution failed. */
export type RunFault = (typeof RUN_FAULTS)[number];

/** One call of `banyan evolve`, or one time of a schedule. */
export interface EvolutionRun {
  /** Id of the run. */
  id: string;
  /** Whether a person or a schedule began it. */
  cause: "person" | "schedule";
  /** Name of the person in whose name it runs. */
  by: string;
  /** Most cycles of the run. */
  cycles_max: number;
  /** Cycles that it has begun. */
  cycles: number;
  /** `looking`: for insights, before its first cycle. */
  state: "looking" | "running" | "ended";
  /** What it failed at, when it has ended so; null: it goes on, or ended as it should. */
  fault: RunFault | null;
  /** Why it ended; null while it goes on. */
  sentence: string | null;
  created_at: string;
  ended_at: string | null;
}

/** One change that an evolution makes for one insight. */
export interface EvolutionCycle {
  /** Id of the cycle. */
  id: string;
  /** Id of its run. */
  run: string;
  insight: InsightOfCycle;
  state: CycleState;
  /** Why it stands so, as a sentence; null: its state says it. */
  why: string | null;
  /** Its tree; null before it begins, and after it was deleted. */
  tree: string | null;
  /** Tries so far, of at most three. */
  tries: number;
  /** What each refused try was refused for, as sentences. */
  refusals: string[];
  cost_usd: number;
  /** Most US dollars that it may cost. */
  cap_usd: number;
  /** The pull request, the id of a proposal's review item, or the branch of a folder; null before there is one. */
  change: {
    kind: ChangeKind;
    /** Number of the pull request, id of the review item, or name of the branch. */
    name: string;
    /** Address of the pull request; null for other changes. */
    url: string | null;
  } | null;
  created_at: string;
  /** When its state changed last. */
  changed_at: string;
}

/** A change that a person accepts or rejects here: its project has no forge. */
export interface WaitingChange {
  /** Name of the project. */
  project: string;
  /** Id of the cycle. */
  cycle: string;
  /** The title of its insight: a text of the repository. */
  title: string;
  /** Since when it waits. */
  at: string;
}

/** An evolution that Banyan has stopped, until a person resumes it. */
export interface StoppedEvolution {
  /** Name of the project. */
  project: string;
  /** When it was stopped. */
  at: string;
  /** Why Banyan stopped it. */
  sentence: string;
}
