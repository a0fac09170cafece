"use client";

import { useState } from "react";
import { type GivenLimits, setRetention } from "@/app/actions/retention";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Retention, RetentionSettings } from "@/core/shapes/retention";
import { retentionSentence } from "@/core/words/retention";
import { CleanPreview } from "./clean-preview";
import { Runs } from "./runs";

interface RetentionFormProps {
  retention: Retention;
  again: () => Promise<void>;
}

/** Which old trees the server removes once a day. What is typed can be previewed before it is saved. */
export function RetentionForm({ retention, again }: RetentionFormProps) {
  const { settings } = retention;
  const [days, setDays] = useState(textOf(settings.days));
  const [megabytes, setMegabytes] = useState(textOf(settings.max_mb));
  const [keepsGoals, setKeepsGoals] = useState(settings.keep_goals);
  const { pending, outcome, run } = useAction();
  const isFixed = (name: string) => settings.fixed_by.includes(`BANYAN_RETENTION_${name}`);
  const change = {
    ...(days.trim() !== textOf(settings.days) && { days: numberOf(days) }),
    ...(megabytes.trim() !== textOf(settings.max_mb) && { max_mb: numberOf(megabytes) }),
    ...(keepsGoals !== settings.keep_goals && { keep_goals: keepsGoals }),
  };
  const isChanged = Object.keys(change).length > 0;
  return (
    <>
      <Section id="retention" title="Retention">
        <p className="text-ink-2 py-2">
          {retentionSentence(settings)} Pinned trees stay, and so do failures that nobody has opened, trees with open
          review items, and folders that a person chose.
        </p>
        <form
          aria-label="Retention"
          onSubmit={(event) => {
            event.preventDefault();
            if (!pending && isChanged)
              run(
                () => setRetention(change),
                () => void again(),
              );
          }}
        >
          <div className="flex flex-wrap items-end gap-3">
            <NumberField label="Days after the end" value={days} set={setDays} isFixed={isFixed("DAYS")} />
            <NumberField label="At most, in MB" value={megabytes} set={setMegabytes} isFixed={isFixed("MB")} />
            <label className={FIELD}>
              <span>Trees that pursued a goal</span>
              <select
                value={keepsGoals ? "stay" : "go"}
                disabled={isFixed("GOALS")}
                onChange={(event) => setKeepsGoals(event.target.value === "stay")}
              >
                <option value="stay">Stay</option>
                <option value="go">Go too</option>
              </select>
            </label>
            <Button type="submit" aria-disabled={pending || !isChanged}>
              Save
            </Button>
          </div>
          <Hint>Empty: no limit. The size counts the database and the workspaces.</Hint>
          <FixedHint settings={settings} />
          <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
        </form>
        <Runs retention={retention} />
      </Section>
      <CleanPreview
        key={`${days} ${megabytes}`}
        limits={limitsOf(days, megabytes)}
        retention={retention}
        again={again}
      />
    </>
  );
}

interface NumberFieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  isFixed: boolean;
}

function NumberField({ label, value, set, isFixed }: NumberFieldProps) {
  return (
    <label className={FIELD}>
      <span>{label}</span>
      <input
        type="text"
        inputMode="numeric"
        className="w-32"
        placeholder="No limit"
        disabled={isFixed}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </label>
  );
}

function FixedHint({ settings: { fixed_by } }: { settings: RetentionSettings }) {
  if (fixed_by.length === 0) return null;
  const names = fixed_by.join(" and ");
  return <Hint>{fixed_by.length === 1 ? `The setting ${names} decides` : `The settings ${names} decide`} this.</Hint>;
}

function textOf(limit: number | null): string {
  return limit === null ? "" : String(limit);
}

/** Returns 0, no limit, for an empty text, and NaN for a wrong one, which the server refuses with a sentence. */
function numberOf(text: string): number {
  return text.trim() === "" ? 0 : Number(text);
}

/** Returns the limits as they are typed; null when none is. */
function limitsOf(days: string, megabytes: string): GivenLimits | null {
  if (days.trim() === "" && megabytes.trim() === "") return null;
  return {
    ...(days.trim() !== "" && { days: Number(days) }),
    ...(megabytes.trim() !== "" && { max_mb: Number(megabytes) }),
  };
}
