"use client";

import { useId } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Overlap } from "@/core/shapes/schedules";
import { NextTimes } from "./next-times";
import { cronOf, PATTERNS, type Pattern, type Repeat } from "./repeat";

export interface Times {
  name: string;
  repeat: Repeat;
  zone: string;
  overlap: Overlap;
}

interface TimeFieldsProps {
  form: Form;
  times: Times;
  change: (fields: Partial<Times>) => void;
}

const PATTERN_WORDS: Record<Pattern, string> = {
  hour: "Every hour",
  day: "Every day",
  weekdays: "Every weekday",
  week: "Every week",
  month: "Every month",
  cron: "Cron expression",
};
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const OVERLAP_WORDS: Record<Overlap, string> = {
  skip: "Skip the time",
  beside: "Start another tree beside it",
};

/** At which times a schedule begins, in which time zone, and what they are. */
export function TimeFields({ form, times, change }: TimeFieldsProps) {
  const { name, repeat, zone, overlap } = times;
  return (
    <div className="grid gap-3">
      <Field form={form} name="name" label="Name">
        <input
          {...form.register("name")}
          type="text"
          value={name}
          maxLength={100}
          placeholder="The first line of the task"
          onChange={({ target }) => change({ name: target.value })}
        />
      </Field>
      <RepeatFields form={form} repeat={repeat} change={(fields) => change({ repeat: { ...repeat, ...fields } })} />
      <ZoneField form={form} zone={zone} change={(value) => change({ zone: value })} />
      <NextTimes cron={cronOf(repeat)} zone={zone} />
      <label className={FIELD}>
        <span>If its tree still runs</span>
        <select value={overlap} onChange={({ target }) => change({ overlap: target.value as Overlap })}>
          {Object.entries(OVERLAP_WORDS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Hint className="mt-0!">
        A time that passes while no server works is caught up once. The trees have your rights; when you lose them, the
        schedule is paused.
      </Hint>
    </div>
  );
}

interface RepeatFieldsProps {
  form: Form;
  repeat: Repeat;
  change: (fields: Partial<Repeat>) => void;
}

function RepeatFields({ form, repeat, change }: RepeatFieldsProps) {
  const { pattern, time } = repeat;
  // What was chosen stays the start of an expression by hand.
  const choose = (next: Pattern) =>
    change({ pattern: next, ...(next === "cron" && pattern !== "cron" && { cron: cronOf(repeat) }) });
  return (
    <div className="flex flex-wrap items-end gap-3">
      <label className={FIELD}>
        <span>Repeat</span>
        <select value={pattern} onChange={({ target }) => choose(target.value as Pattern)} data-first-focus>
          {PATTERNS.map((one) => (
            <option key={one} value={one}>
              {PATTERN_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      {pattern === "week" ? (
        <label className={FIELD}>
          <span>On</span>
          <select value={repeat.weekday} onChange={({ target }) => change({ weekday: target.value })}>
            {WEEKDAYS.map((day, number) => (
              <option key={day} value={number}>
                {day}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {pattern === "month" ? <DayField day={repeat.day} change={(day) => change({ day })} /> : null}
      {pattern === "cron" ? (
        <CronField form={form} cron={repeat.cron} change={(cron) => change({ cron })} />
      ) : pattern === "hour" ? (
        <MinuteField time={time} change={(value) => change({ time: value })} />
      ) : (
        <label className={FIELD}>
          <span>At</span>
          <input
            type="time"
            required
            value={time}
            onChange={({ target }) => target.value && change({ time: target.value })}
          />
        </label>
      )}
      <div className="w-full empty:hidden">{form.fault("cron")}</div>
    </div>
  );
}

function DayField({ day, change }: { day: string; change: (day: string) => void }) {
  return (
    <label className={FIELD}>
      <span>On day</span>
      <select value={day} onChange={({ target }) => change(target.value)}>
        {Array.from({ length: 31 }, (_, index) => String(index + 1)).map((one) => (
          <option key={one}>{one}</option>
        ))}
        <option value="L">Last day</option>
      </select>
    </label>
  );
}

function MinuteField({ time, change }: { time: string; change: (time: string) => void }) {
  const minutes = Array.from({ length: 60 }, (_, minute) => String(minute).padStart(2, "0"));
  return (
    <label className={FIELD}>
      <span>At minute</span>
      <select value={time.slice(-2)} onChange={({ target }) => change(`09:${target.value}`)}>
        {minutes.map((minute) => (
          <option key={minute}>{minute}</option>
        ))}
      </select>
    </label>
  );
}

function CronField({ form, cron, change }: { form: Form; cron: string; change: (cron: string) => void }) {
  return (
    <label className={`${FIELD} min-w-50 flex-1`}>
      <span>Minute, hour, day of the month, month, day of the week</span>
      <input
        {...form.register("cron")}
        type="text"
        className="font-mono text-mono"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        value={cron}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}

function ZoneField({ form, zone, change }: { form: Form; zone: string; change: (zone: string) => void }) {
  const id = useId();
  return (
    <Field form={form} name="zone" label="Time zone">
      <input
        {...form.register("zone")}
        type="text"
        list={`${id}-zones`}
        spellCheck={false}
        autoComplete="off"
        value={zone}
        onChange={({ target }) => change(target.value)}
      />
      <datalist id={`${id}-zones`}>
        {["UTC", ...Intl.supportedValuesOf("timeZone")].map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </Field>
  );
}
