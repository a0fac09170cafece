import { Button } from "@/components/ui/parts";
import { SampleResult } from "./sample-result";
import { SampleTree } from "./sample-tree";
import { StopBox, type StopBy } from "./stop-box";
import type { SampleRun } from "./use-sample";

interface RunOfSampleProps {
  run: SampleRun;
  awaySinceMs: number | null;
  stopBy: StopBy;
  isStarting: boolean;
  startAgain: () => void;
}

/** A run of the sample: its progress, with the offer to stop the server, or its result. */
export function RunOfSample({ run, awaySinceMs, stopBy, isStarting, startAgain }: RunOfSampleProps) {
  if (run.tree.ended_at === null) {
    return (
      <>
        <SampleTree run={run} />
        <StopBox by={stopBy} awaySinceMs={awaySinceMs} />
      </>
    );
  }
  return (
    <SampleResult run={run}>
      <Button look="quiet" disabled={isStarting} onClick={startAgain}>
        Run it again
      </Button>
    </SampleResult>
  );
}
