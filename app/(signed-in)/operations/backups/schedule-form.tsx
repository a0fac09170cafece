"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { BackupSchedule, Backups } from "@/core/shapes/operations";
import { intervalWords, scheduleSentence } from "@/core/words/backups";

const HOUR = 3_600;
const CHOICES = [HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 168 * HOUR];

/** How often the server makes backups, and how many of them stay. */
export function ScheduleForm({ backups, again }: { backups: Backups; again: () => Promise<void> }) {
  const { schedule } = backups;
  const isFixed = schedule.every_setting !== null && schedule.keep_setting !== null;
  return (
    <Section id="schedule" title="Schedule">
      <p className="text-ink-2 py-2">
        {scheduleSentence(schedule)}
        {schedule.next_at === null ? null : (
          <>
            {" "}
            Next: <Clock at={schedule.next_at} />.
          </>
        )}
        {backups.last_success === null ? null : (
          <>
            {" "}
            Last good backup: <Clock at={backups.last_success} />.
          </>
        )}{" "}
        Banyan removes the oldest scheduled backup when a newer one is verified, and never a backup that you made. Copy
        backups to another machine: this disk can fail too.
      </p>
      {/* Set up anew when the saved values change. */}
      {isFixed ? <FixedHint schedule={schedule} /> : <Fields key={keyOf(schedule)} {...{ schedule, again }} />}
    </Section>
  );
}

const keyOf = ({ every_seconds, keep }: BackupSchedule) => `${every_seconds} ${keep}`;

function Fields({ schedule, again }: { schedule: BackupSchedule; again: () => Promise<void> }) {
  const [every, setEvery] = useState(textOf(schedule.every_seconds));
  const [keep, setKeep] = useState(String(schedule.keep));
  const { pending, outcome, run } = useAction();
  const { every_seconds: now, every_setting, keep_setting } = schedule;
  const choices = now === null || CHOICES.includes(now) ? CHOICES : [...CHOICES, now].sort((a, b) => a - b);
  const isChanged = every !== textOf(now) || keep.trim() !== String(schedule.keep);

  function send(event: FormEvent): void {
    event.preventDefault();
    if (pending || !isChanged) return;
    run(
      () =>
        operate("setBackupSchedule", {
          ...(every_setting === null && { every }),
          ...(keep_setting === null && { keep: Number(keep.trim() || "x") }),
        }),
      () => void again(),
    );
  }

  return (
    <form onSubmit={send} aria-label="Schedule of backups">
      <div className="flex flex-wrap items-end gap-3">
        {every_setting === null ? (
          <label className={FIELD}>
            <span>How often</span>
            <select value={every} onChange={(event) => setEvery(event.target.value)}>
              <option value="off">Off</option>
              {choices.map((seconds) => (
                <option key={seconds} value={textOf(seconds)}>
                  {capitalized(intervalWords(seconds))}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        {keep_setting === null ? (
          <label className={FIELD}>
            <span>Backups to keep</span>
            <input
              type="text"
              inputMode="numeric"
              className="w-24"
              value={keep}
              onChange={(event) => setKeep(event.target.value)}
            />
          </label>
        ) : null}
        <Button type="submit" aria-disabled={pending || !isChanged}>
          Save
        </Button>
      </div>
      <FixedHint schedule={schedule} />
      <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
    </form>
  );
}

function FixedHint({ schedule: { every_setting, keep_setting } }: { schedule: BackupSchedule }) {
  if (every_setting === null && keep_setting === null) return null;
  return (
    <Hint>
      {every_setting === null ? null : `The setting ${every_setting} says how often. `}
      {keep_setting === null ? null : `The setting ${keep_setting} says how many stay.`}
    </Hint>
  );
}

function textOf(seconds: number | null): string {
  if (seconds === null) return "off";
  return seconds % HOUR === 0 ? `${seconds / HOUR}h` : `${seconds / 60}m`;
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
