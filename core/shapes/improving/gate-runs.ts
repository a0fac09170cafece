/** Runs of the gates on changes that agents proposed, as Operations shows them. */
import type { GateOutcome, GatesReport } from "@/core/shapes/improving/gates";

/** What one gate said in a run. */
export interface RanGate {
  gate: string;
  outcome: GateOutcome;
  /** Whether the run counts as not measured when this gate could not be measured. */
  required: boolean;
  seconds: number;
  flags: number;
  faults: number;
}

/** One run of the gates, in a list. */
export interface GateRun {
  id: string;
  outcome: GatesReport["outcome"];
  /** Whether only the gates ran that read files; such a run proves nothing about tests. */
  quick: boolean;
  started_at: string;
  seconds: number;
  /** The commit of the release that judged. */
  base: string;
  /** The commit that was judged. */
  head: string;
  gates: RanGate[];
}
