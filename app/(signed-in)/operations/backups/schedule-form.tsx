"use client";

import { operate } from "@/app/operate";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { ValuesForm } from "@/components/ui/forms/values-form";
import { Hint } from "@/components/ui/hint";
import { Section } from "@/components/ui/page/section";
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
        Banyan removes the oldest scheduled backup when a newer one is verified, and never a backup that you made.
      </p>
      {isFixed ? <FixedHint schedule={schedule} /> : <Fields schedule={schedule} again={again} />}
    </Section>
  );
}

function Fields({ schedule, again }: { schedule: BackupSchedule; again: () => Promise<void> }) {
  const { every_seconds: now, every_setting, keep_setting } = schedule;
  const { values, set, isChanged, changes } = useChanges(
    { every: textOf(now), keep: String(schedule.keep) },
    (typed) => ({ every: typed.every, keep: typedNumber(typed.keep, Number.NaN) }),
  );
  const { every, keep } = values;
  const intervals = now === null || CHOICES.includes(now) ? CHOICES : [...CHOICES, now].sort((a, b) => a - b);
  const choices = intervals.map((seconds) => [textOf(seconds), capitalized(intervalWords(seconds))] as const);
  return (
    <ValuesForm
      label="Schedule of backups"
      isChanged={isChanged}
      save={() => operate("setBackupSchedule", changes)}
      onSaved={() => void again()}
      fields={(form) => (
        <>
          {every_setting === null ? (
            <ChoiceField
              form={form}
              name="every"
              label="How often"
              value={every}
              set={(chosen) => set({ every: chosen })}
              choices={[["off", "Off"], ...choices]}
            />
          ) : null}
          {keep_setting === null ? (
            <NumberField
              form={form}
              name="keep"
              label="Backups to keep"
              value={keep}
              set={(text) => set({ keep: text })}
            />
          ) : null}
        </>
      )}
    >
      <FixedHint schedule={schedule} />
    </ValuesForm>
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
