/** Runs of the gates on changes that agents proposed, as Operations shows them. */
import type { GateOutcome, GatesReport } from "@/core/shapes/improving/gates";

/** What one gate said in a run. */
export interface RanGate {
  /** Name of the gate. */
  gate: string;
  outcome: GateOutcome;
  /** Whether the run counts as not measured when this gate could not be measured. */
  required: boolean;
  /** How long it ran, in seconds. */
  seconds: number;
  /** Findings that a person has to look at. */
  flags: number;
  /** Findings for which it failed. */
  faults: number;
}

/** One run of the gates, in a list. */
export interface GateRun {
  /** Id of the run, as in `/gate-runs/{id}`. */
  id: string;
  outcome: GatesReport["outcome"];
  /** Whether only the gates ran that read files; such a run proves nothing about tests. */
  quick: boolean;
  /** When it began. */
  started_at: string;
  /** How long all gates ran, in seconds. */
  seconds: number;
  /** The commit of the release that judged. */
  base: string;
  /** The commit that was judged. */
  head: string;
  /** What each gate said, in the order in which they ran. */
  gates: RanGate[];
}
