"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useGo } from "@/components/going/use-go";
import { usePolled } from "@/components/http/use-polled";
import { refreshPage } from "@/components/refresh/refresh-page";
import { ClockNotes, TimeList } from "@/components/schedules/next-times";
import { Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { ScheduleWithRuns } from "@/core/shapes/schedules";
import { goalFacts } from "@/core/words/goals";
import { PausedLine } from "../paused-line";
import { RunLine } from "../run-line";
import { ScheduleActs } from "../schedule-acts";
import { EditDialog } from "./edit-dialog";

const POLL_MS = 5_000;
/** As many as the server lists. */
const MOST_RUNS = 100;

interface ScheduleViewProps {
  start: ScheduleWithRuns;
  mayRun: boolean;
}

/** A schedule: its times, what it submits, and the trees that it has begun. */
export function ScheduleView({ start, mayRun }: ScheduleViewProps) {
  const { value: schedule, again } = usePolled<ScheduleWithRuns>(`schedules/${start.id}`, start, POLL_MS);
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

/** What each time submits. */
function Submitted({ schedule: { submission, made_by, overlap } }: { schedule: ScheduleWithRuns }) {
  const { task, agent, runbook, model, project, workspace, repository, pool, checks_pool, rights, goal } = submission;
  const doneBy = runbook ? `runbook ${runbook}` : (agent ?? "agent_selector chooses");
  const facts: [string, string | undefined][] = [
    ["Done by", goal ? "pursued as a goal, in rounds" : doneBy],
    ...(goal ? goalFacts(goal) : []),
    ["Model", model],
    ["Project", project],
    ["Folder", repository?.url ?? workspace],
    ["Runs on", pool === null ? "this server" : pool && `the pool ${pool}`],
    ["Checked on", checks_pool && `the pool ${checks_pool}`],
    ["Rights", rights?.join(", ")],
    ["Rights of", made_by],
    ["If its tree still runs", overlap === "skip" ? "Skips the time" : "Starts another tree beside it"],
  ];
  return (
    <>
      <p className="py-2 wrap-anywhere whitespace-pre-wrap">{task}</p>
      <Facts className="w-fit max-w-full">
        {facts.map(([name, value]) =>
          value ? (
            <div key={`${name} ${value}`} className="contents">
              <dt>{name}</dt>
              <dd className="wrap-anywhere">{value}</dd>
            </div>
          ) : null,
        )}
      </Facts>
    </>
  );
}
