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
  quiet: { from: string; until: string; zone: string } | null;
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
  stopped: { by: string | null; at: string; why: string | null } | null;
  /** The insight that the next cycle would deal with; null: none. */
  next: InsightOfCycle | null;
  /** Why no cycle can begin now; null: one can. */
  hold: { code: Hold; sentence: string } | null;
  /** Rejections since the last accepted change. */
  rejections: number;
  /** What cycles have cost since midnight (UTC). */
  today_usd: number;
  /** What cycles whose trees have not ended, or whose changes wait, may still cost. */
  reserved_usd: number;
  /** The newest first. */
  runs: EvolutionRun[];
  /** The newest first. */
  cycles: EvolutionCycle[];
}

/** An insight as it was when its cycle began. Title, path and symbol are texts of the repository. */
export interface InsightOfCycle {
  id: string;
  kind: InsightKind;
  title: string;
  /** Empty: the repository as a whole. */
  path: string;
  line: number;
  end: number;
  score: number;
}

/** What a run failed at: `look`, its look for insights; `rights`, those of the person who began it are gone. */
export const RUN_FAULTS = ["look", "rights"] as const;
/** Why a run of an evolution failed. */
export type RunFault = (typeof RUN_FAULTS)[number];

/** One call of `banyan evolve`, or one time of a schedule. */
export interface EvolutionRun {
  id: string;
  cause: "person" | "schedule";
  by: string;
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
  id: string;
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
  cap_usd: number;
  /** The pull request, the id of a proposal's review item, or the branch of a folder; null before there is one. */
  change: { kind: ChangeKind; name: string; url: string | null } | null;
  created_at: string;
  changed_at: string;
}

/** A change that a person accepts or rejects here: its project has no forge. */
export interface WaitingChange {
  project: string;
  cycle: string;
  /** The title of its insight: a text of the repository. */
  title: string;
  at: string;
}

/** An evolution that Banyan has stopped, until a person resumes it. */
export interface StoppedEvolution {
  project: string;
  at: string;
  /** Why Banyan stopped it. */
  sentence: string;
}
