"use client";

import Link from "next/link";
import { Separator } from "@/components/ui/parts";
import type { Schedule } from "@/core/shapes/schedules";
import { PausedLine } from "./paused-line";
import { RunLine } from "./run-line";
import { ScheduleActs } from "./schedule-acts";

interface ScheduleRowProps {
  schedule: Schedule;
  mayRun: boolean;
  again: () => Promise<void>;
}

/** A schedule in the list: when it begins, what it did last, and what a person may do with it. */
export function ScheduleRow({ schedule, mayRun, again }: ScheduleRowProps) {
  const { id, name, words, zone, paused, next, last } = schedule;
  return (
    <li className="py-3" data-schedule={id}>
      <div className="flex items-start gap-3 phone:flex-wrap">
        <div className="min-w-0 flex-auto phone:basis-full">
          <Link className="block truncate font-medium hover:underline" href={`/schedules/${id}`} data-row>
            {name}
          </Link>
          <p className="text-ink-2">
            {words}
            <span className="text-ink-3">
              <Separator />
              {zone}
            </span>
          </p>
          {paused ? (
            <PausedLine paused={paused} />
          ) : (
            <p className="text-ink-2">{next[0] ? `Next: ${next[0].local}` : "No time is left."}</p>
          )}
          {last ? (
            <div className="mt-1 flex min-w-0 gap-2 text-small text-ink-2">
              <span className="flex-none text-ink-3">Last</span>
              <RunLine run={last} />
            </div>
          ) : null}
        </div>
        {mayRun ? <ScheduleActs schedule={schedule} again={again} /> : null}
      </div>
    </li>
  );
}
