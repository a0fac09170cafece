/** Shapes of trials: a new version of an entry that new trees use in turn with the live one. */
import type { TrialMetric, TrialOdds } from "@/core/rules/trial";

/** The trees of one version. */
export interface ShownTrialSide {
  /** Number of the version. */
  version: number;
  /** Trees that have got this version, with those that still run or do not count. */
  started: number;
  /** Trees that have ended, used the entry and have a result. */
  trees: number;
  /** Those of `trees` whose result counts as a success. */
  passed: number;
  /** Of the counted trees together. */
  cost_usd: number;
  tokens: number;
}

/** One replay: an ended tree that runs again from its beginning. */
export interface ShownReplay {
  /** Which version it runs with: the one that was live, or the new one. */
  side: "live" | "candidate";
  /** The replay's own tree; null: it did not begin, or was deleted. */
  tree_id: string | null;
  /** How it went; `not_counted`: as `why` says. */
  status: "waiting" | "running" | "passed" | "failed" | "not_counted";
  /**
   * Why it does not count. `asked`: it needed a person; `stopped`; `time`: 24 h were over; `deleted`: its tree was
   * deleted; `no_result`: it had no result, or did not use the entry; `not_possible`: its files were gone.
   */
  why: "asked" | "stopped" | "time" | "deleted" | "no_result" | "not_possible" | null;
}

/** An ended tree that runs again with both versions. */
export interface ReplayedTree {
  /** The ended tree; it may have been deleted. */
  source_id: string;
  /** Whether it decides. The proposer sees only the others. */
  decides: boolean;
  live: ShownReplay;
  candidate: ShownReplay;
}

/** Trees that count with both versions. */
export interface ReplayedHalf {
  live: ShownTrialSide;
  candidate: ShownTrialSide;
}

/** The replays of ended trees before a trial. */
export interface TrialReplays {
  /**
   * `running`; `done`; `stopped`: the trial ended before; `off`: switched off by the setting; `judges`: only people
   * measure it; `none`: no ended tree can be replayed.
   */
  state: "running" | "done" | "stopped" | "off" | "judges" | "none";
  /** The trees that decide. */
  decides: ReplayedHalf;
  /** The trees whose results the proposer sees. */
  shown: ReplayedHalf;
  /** The ended trees that run again. */
  trees: ReplayedTree[];
}

/** A new version of an entry, on trial against the live one. */
export interface Trial {
  /** Id of the trial, as in `/trials/{id}`. */
  id: string;
  /** Kind of the entry. */
  kind: "agent" | "document" | "tool" | "runbook";
  /** Name of the entry. */
  name: string;
  /**
   * `replaying`: ended trees run again before it; `trial`: it is running; `permanent`: the version was made live;
   * `bad`: taken back; `stale`: somebody changed the entry.
   */
  status: "replaying" | "trial" | "permanent" | "bad" | "stale";
  /**
   * Why it ended, null while it is running. `unjudged`: live without a trial, because there was no language model;
   * `replays`: worse in the replays.
   */
  outcome: "better" | "worse" | "cost" | "undecided" | "person" | "unjudged" | "edited" | "removed" | "replays" | null;
  /** `verdict`: the tree's verdict is pass; `agreement`: the verdict is a person's; `person`: a person says pass. */
  metric: TrialMetric;
  live: ShownTrialSide;
  candidate: ShownTrialSide;
  odds: TrialOdds;
  /** null for a trial from before there were replays, and for a version that was live at once. */
  replays: TrialReplays | null;
  /** Numbers of counted trees of each version after which the results are judged. */
  looks: number[];
  /** Why nothing decides it now, except a person: there is no language model, or changes by agents are off; else null. */
  undecided_by: "no_model" | "off" | null;
  /** Who proposed the version: an agent or a person. */
  proposed_by: string;
  /** Who approved the version. */
  approved_by: string;
  /** The item of its proposal, which may have been deleted with its tree. */
  review_id: string;
  /** When the trial began. */
  started_at: string;
  /** When it goes back without a result. */
  ends_at: string;
  ended_at: string | null;
  /** Name of the person who ended it; null: nobody did. */
  ended_by: string | null;
}

/** What a person says about the result of a tree. */
export interface PersonVerdict {
  /** Whether the person calls the result right. */
  outcome: "pass" | "fail";
  /** Why, in the person's words; empty: no reason was given. */
  reason: string;
  /** Name of the person. */
  by: string;
  /** When it was said. */
  at: string;
}
