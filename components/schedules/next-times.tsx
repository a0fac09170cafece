"use client";

import { useFetched } from "@/components/pickers/use-fetched";
import { Hint } from "@/components/ui/hint";
import { Badge, Say } from "@/components/ui/parts";
import type { ClockChange, ScheduledTime } from "@/core/shapes/schedules";

/** The preview starts after a pause of this length in typing. */
const SETTLED_MS = 200;

const CHANGE_WORDS: Record<ClockChange, string> = {
  moved: "Clocks go forward",
  first_of_two: "First of two",
  each_of_two: "Clocks go back",
};

/** What an expression means before it is saved: in words, the next three times, and when the clocks change. */
export function NextTimes({ cron, zone }: { cron: string; zone: string }) {
  const path = `schedule-times?cron=${encodeURIComponent(cron || " ")}&zone=${encodeURIComponent(zone)}` as const;
  const { body, problem, isNewest } = useFetched(cron === "" ? null : path, SETTLED_MS);
  if (problem !== null || cron === "")
    return (
      <Say look="bad" role="alert">
        {problem ?? "Write a cron expression, such as 0 9 * * 1-5 for 09:00 on weekdays."}
      </Say>
    );
  return (
    <div className="min-h-24" role="status" aria-busy={!isNewest} data-preview={isNewest ? "ready" : "late"}>
      {body ? (
        <>
          <p className="text-ink-2">
            {body.words}, <span className="text-ink-3">{body.zone}</span>
          </p>
          <TimeList times={body.next} />
          <ClockNotes notes={body.notes} />
        </>
      ) : null}
    </div>
  );
}

/** Times in the schedule's own time zone. */
export function TimeList({ times }: { times: readonly ScheduledTime[] }) {
  if (times.length === 0) return <p className="py-1">No time is left.</p>;
  return (
    <ol aria-label="Next times" className="mt-1">
      {times.map(({ at, local, clock_change }) => (
        <li key={at} className="flex flex-wrap items-center gap-x-2 py-0.5">
          <time dateTime={at} title={new Date(at).toUTCString()}>
            {local}
          </time>
          {clock_change === null ? null : <Badge look="parked">{CHANGE_WORDS[clock_change]}</Badge>}
        </li>
      ))}
    </ol>
  );
}

export function ClockNotes({ notes }: { notes: readonly string[] }) {
  return notes.map((note) => <Hint key={note}>{note}</Hint>);
}
