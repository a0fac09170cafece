"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useGo } from "@/components/going/use-go";
import { usePolled } from "@/components/http/use-polled";
import { refreshPage } from "@/components/refresh/refresh-page";
import { ClockNotes, TimeList } from "@/components/schedules/next-times";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { ScheduleWithRuns } from "@/core/shapes/schedules";
import { PausedLine } from "../paused-line";
import { RunLine } from "../run-line";
import { ScheduleActs } from "../schedule-acts";
import { EditDialog } from "./edit-dialog";
import { Submitted } from "./submitted";

const POLL_MS = 5_000;
/** As many as the server lists. */
const MOST_RUNS = 100;

interface ScheduleViewProps {
  start: ScheduleWithRuns;
  mayRun: boolean;
}

/** A schedule: its times, what it submits, and the trees that it has begun. */
export function ScheduleView({ start, mayRun }: ScheduleViewProps) {
  const { value: schedule, again } = usePolled(`schedules/${start.id}`, start, POLL_MS);
  const { words, zone, cron, paused, next, notes, runs } = schedule;
  return (
    <>
      <Section
        id="times"
        title="Times"
        end={mayRun ? <Acts schedule={schedule} again={again} /> : null}
        className="[&>header]:items-center"
      >
        <p className="pt-2">
          {words}, <span className="text-ink-2">{zone}</span>{" "}
          <code className="ml-1 font-mono text-mono text-ink-3">{cron}</code>
        </p>
        {paused ? <PausedLine paused={paused} /> : <TimeList times={next} />}
        {paused ? null : <ClockNotes notes={notes} />}
      </Section>
      <Section id="submits" title="Submits">
        <Submitted schedule={schedule} />
      </Section>
      <Section id="runs" title="Runs" beside={runs.length < MOST_RUNS ? runs.length || null : `newest ${MOST_RUNS}`}>
        {runs.length === 0 ? (
          <p className="py-2 text-ink-2">No time has come yet.</p>
        ) : (
          <ul className="*:border-b *:border-line">
            {runs.map((run) => (
              <li key={`${run.cause} ${run.due_at}`} className="py-2">
                <RunLine run={run} />
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function Acts({ schedule, again }: { schedule: ScheduleWithRuns; again: () => Promise<void> }) {
  const go = useGo();
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <div className="flex flex-wrap items-start justify-end gap-2">
      <ScheduleActs schedule={schedule} again={again} />
      <Button onClick={() => setOpen("edit")}>Edit</Button>
      <Button onClick={() => setOpen("remove")}>Remove</Button>
      {open === "edit" ? (
        <EditDialog
          schedule={schedule}
          onClosed={close}
          onSaved={() => {
            refreshPage();
            void again();
          }}
        />
      ) : null}
      {open === "remove" ? (
        <RemovalDialog
          title="Remove this schedule?"
          button="Remove schedule"
          remove={() => operate("removeSchedule", { id: schedule.id })}
          onClosed={close}
          onDone={(_, dismiss) => {
            dismiss();
            go.after.push("/schedules");
          }}
        >
          <p className="mt-2">Nothing begins any more. The trees that it has begun stay.</p>
        </RemovalDialog>
      ) : null}
    </div>
  );
}
