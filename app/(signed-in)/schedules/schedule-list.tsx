"use client";

import { usePolled } from "@/components/http/use-polled";
import { useRowKeys } from "@/components/ui/hooks/use-row-keys";
import { Icon } from "@/components/ui/icon";
import type { Schedule } from "@/core/shapes/schedules";
import { ScheduleRow } from "./schedule-row";

const POLL_MS = 5_000;

export function ScheduleList({ start, mayRun }: { start: Schedule[]; mayRun: boolean }) {
  const { value: schedules, again } = usePolled("schedules", start, POLL_MS);
  useRowKeys();
  return (
    <section aria-label="Schedules">
      <p className="pb-2 text-ink-2">
        A schedule submits its task at given times.
        {mayRun ? (
          <>
            {" "}
            To add one, write a task on Home and choose “Repeat…”, the calendar{" "}
            <Icon name="schedule" className="inline size-3.5 align-[-2px]" /> near “Start”.
          </>
        ) : null}
      </p>
      {schedules.length === 0 ? (
        <p className="py-2 text-ink-2">No schedules yet.</p>
      ) : (
        <ul className="*:border-b *:border-line">
          {schedules.map((schedule) => (
            <ScheduleRow key={schedule.id} schedule={schedule} mayRun={mayRun} again={again} />
          ))}
        </ul>
      )}
    </section>
  );
}
