"use client";

import Link from "next/link";
import { operate } from "@/app/operate";
import { ActionRow } from "@/components/reviews/action-row";
import { buttonLook } from "@/components/ui/button-look";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { PausedSchedule } from "@/core/shapes/status";
import { NeedFrame, type Unfolds } from "./need-frame";
import { SettledItem, SettledSay } from "./settled-item";

interface PausedScheduleItemProps extends Unfolds {
  id: string;
  /** null: it was settled since the list was drawn. */
  schedule: PausedSchedule | null;
}

/** A schedule that Banyan has paused, with the reason. It begins nothing until a person resumes it. */
export function PausedScheduleItem({ id, schedule, ...unfolds }: PausedScheduleItemProps) {
  const { pending, outcome, run } = useAction();
  const act = (work: () => Promise<Outcome>) => pending || run(work);
  // The server tells of the change a moment after the person's action.
  if (!schedule || outcome?.ok)
    return (
      <SettledItem id={id}>
        <SettledSay sentence={outcome?.ok ? outcome.sentence : undefined} />
      </SettledItem>
    );
  const address = `/schedules/${id}`;
  return (
    <NeedFrame
      {...unfolds}
      data-paused-schedule={id}
      aria-label={`Paused schedule: ${schedule.name}`}
      icon="schedule"
      look="failed"
      kind="Schedule"
      title={`${schedule.name} is paused`}
      about={`Schedule · ${schedule.sentence}`}
      age={<Elapsed since={schedule.at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={address} prefetch={false}>
          {schedule.name} is paused
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        {schedule.sentence} It begins nothing until it is resumed. Who resumes it gives it their rights.
      </p>
      <ActionRow>
        <Button aria-disabled={pending} onClick={() => act(() => operate("resumeSchedule", { id }))}>
          Resume
        </Button>
        <Link className={buttonLook("quiet")} href={address} prefetch={false}>
          Open
        </Link>
        <Button look="quiet" aria-disabled={pending} onClick={() => act(() => operate("pauseSchedule", { id }))}>
          Leave paused
        </Button>
      </ActionRow>
      <OutcomeLine outcome={outcome} />
    </NeedFrame>
  );
}
