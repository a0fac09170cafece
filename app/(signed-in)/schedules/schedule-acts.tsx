"use client";

import { operate } from "@/app/operate";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Schedule } from "@/core/shapes/schedules";

interface ScheduleActsProps {
  schedule: Pick<Schedule, "id" | "name" | "paused">;
  again: () => Promise<void>;
}

/** The second click of a double click would begin a second tree. */
const isFirst = (detail: number) => detail <= 1;

/** Buttons to start a schedule now, and to pause or resume it. */
export function ScheduleActs({ schedule: { id, name, paused }, again }: ScheduleActsProps) {
  const { pending, outcome, run } = useAction();
  const act = (work: () => Promise<Outcome>) => pending || run(work, () => void again());
  const of = <span className="sr-only"> {name}</span>;
  return (
    <div className="flex-none">
      <div className="flex flex-wrap items-center justify-end gap-2 phone:justify-start">
        <Button
          aria-disabled={pending}
          onClick={({ detail }) => isFirst(detail) && act(() => operate("runSchedule", { id }))}
        >
          Run now{of}
        </Button>
        {paused ? (
          <Button aria-disabled={pending} onClick={() => act(() => operate("resumeSchedule", { id }))}>
            Resume{of}
          </Button>
        ) : (
          <Button aria-disabled={pending} onClick={() => act(() => operate("pauseSchedule", { id }))}>
            Pause{of}
          </Button>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
    </div>
  );
}
