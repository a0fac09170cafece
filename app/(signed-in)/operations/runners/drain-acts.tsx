"use client";

import { operate } from "@/app/operate";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { RunnerState } from "@/core/runners/shapes";

interface DrainActsProps {
  runner: Pick<RunnerState, "name" | "drained" | "state">;
  again: () => Promise<void>;
}

/** A button that drains the runner, or gives it work again. */
export function DrainActs({ runner: { name, drained, state }, again }: DrainActsProps) {
  const { pending, outcome, run } = useAction();
  const act = (work: () => Promise<Outcome>) => pending || run(work, () => void again());
  const of = <span className="sr-only"> {name}</span>;
  return (
    <>
      {drained ? (
        <Button aria-disabled={pending} onClick={() => act(() => operate("resumeRunner", { id: name }))}>
          Resume{of}
        </Button>
      ) : state === "answers" ? (
        <Button aria-disabled={pending} onClick={() => act(() => operate("drainRunner", { id: name }))}>
          Drain{of}
        </Button>
      ) : null}
      <OutcomeLine outcome={outcome} />
    </>
  );
}
