"use client";

import { useState } from "react";
import { type GivenLimits, setRetention } from "@/app/actions/retention";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { fieldText, NumberField, typedNumber } from "@/components/ui/forms/number-field";
import type { Form } from "@/components/ui/forms/use-form";
import { ValuesForm } from "@/components/ui/forms/values-form";
import { Hint } from "@/components/ui/hint";
import { Section } from "@/components/ui/page/section";
import type { Retention, RetentionSettings } from "@/core/shapes/retention";
import { retentionSentence } from "@/core/words/retention";
import { CleanPreview } from "./clean-preview";
import { Runs } from "./runs";

const GOALS = [
  ["stay", "Stay"],
  ["go", "Go too"],
] as const;
const ARCHIVES = [
  ["off", "Off"],
  ["on", "On"],
] as const;

/** What the form shows. */
interface Values {
  days: string;
  megabytes: string;
  keepsGoals: boolean;
  archives: boolean;
}

interface RetentionFormProps {
  retention: Retention;
  again: () => Promise<void>;
}

/** Which old trees the server removes once a day. What is typed can be previewed before it is saved. */
export function RetentionForm({ retention, again }: RetentionFormProps) {
  const { settings } = retention;
  const saved = valuesOf(settings);
  // Only what differs from the saved values, which may change while somebody types.
  const [typed, setTyped] = useState<Partial<Values>>({});
  const values = { ...saved, ...typed };
  const { days, megabytes } = values;
  const change = changeOf(values, saved);
  const unsaved = Object.entries(typed).filter(([name, value]) => value !== saved[name as keyof Values]);
  if (unsaved.length < Object.keys(typed).length) setTyped(Object.fromEntries(unsaved));
  return (
    <>
      <Section id="retention" title="Retention">
        <p className="text-ink-2 py-2">
          {retentionSentence(settings)} Pinned trees stay, and so do failures that nobody has opened, trees with open
          review items, and folders that a person chose.
        </p>
        <ValuesForm
          label="Retention"
          isChanged={Object.keys(change).length > 0}
          save={() => setRetention(change)}
          onSaved={() => void again()}
          fields={(form) => (
            <Fields
              form={form}
              values={values}
              set={(changed) => setTyped((before) => ({ ...before, ...changed }))}
              fixedBy={settings.fixed_by}
            />
          )}
        >
          <Hint>
            Empty: no limit. The size counts the database and the workspaces. An archive is a file in the data folder
            that can be read again; Banyan never removes it.
          </Hint>
          <FixedHint settings={settings} />
        </ValuesForm>
        <Runs retention={retention} />
      </Section>
      <CleanPreview
        // A preview counts only for what it was made with.
        key={JSON.stringify([days, megabytes, settings.keep_goals, settings.archive])}
        limits={limitsOf(days, megabytes)}
        retention={retention}
        again={again}
      />
    </>
  );
}

interface FieldsProps {
  form: Form;
  values: Values;
  set: (typed: Partial<Values>) => void;
  /** Settings of the environment. */
  fixedBy: readonly string[];
}

function Fields({ form, values: { days, megabytes, keepsGoals, archives }, set, fixedBy }: FieldsProps) {
  return (
    <>
      <NumberField
        form={form}
        name="days"
        label="Days after the end"
        value={days}
        set={(text) => set({ days: text })}
        placeholder="No limit"
        isFixed={fixedBy.includes("BANYAN_RETENTION_DAYS")}
        width="w-32"
      />
      <NumberField
        form={form}
        name="max_mb"
        label="At most, in MB"
        value={megabytes}
        set={(text) => set({ megabytes: text })}
        placeholder="No limit"
        isFixed={fixedBy.includes("BANYAN_RETENTION_MB")}
        width="w-32"
      />
      <ChoiceField
        form={form}
        name="keep_goals"
        label="Trees that pursued a goal"
        value={keepsGoals ? "stay" : "go"}
        set={(word) => set({ keepsGoals: word === "stay" })}
        choices={GOALS}
        isFixed={fixedBy.includes("BANYAN_RETENTION_GOALS")}
      />
      <ChoiceField
        form={form}
        name="archive"
        label="Archive before removing"
        value={archives ? "on" : "off"}
        set={(word) => set({ archives: word === "on" })}
        choices={ARCHIVES}
        isFixed={fixedBy.includes("BANYAN_RETENTION_ARCHIVE")}
      />
    </>
  );
}

function FixedHint({ settings: { fixed_by } }: { settings: RetentionSettings }) {
  if (fixed_by.length === 0) return null;
  const names = new Intl.ListFormat("en").format(fixed_by);
  return <Hint>{fixed_by.length === 1 ? `The setting ${names} decides` : `The settings ${names} decide`} this.</Hint>;
}

function valuesOf({ days, max_mb, keep_goals, archive }: RetentionSettings): Values {
  return {
    days: fieldText(days),
    megabytes: fieldText(max_mb),
    keepsGoals: keep_goals,
    archives: archive !== null,
  };
}

/** Returns only what differs, because a setting of the environment refuses each change of its value. */
function changeOf(values: Values, saved: Values): Parameters<typeof setRetention>[0] {
  return {
    ...(values.days.trim() !== saved.days && { days: typedNumber(values.days, 0) }),
    ...(values.megabytes.trim() !== saved.megabytes && { max_mb: typedNumber(values.megabytes, 0) }),
    ...(values.keepsGoals !== saved.keepsGoals && { keep_goals: values.keepsGoals }),
    ...(values.archives !== saved.archives && { archive: values.archives }),
  };
}

/** Returns the limits as they are typed; null when none is. */
function limitsOf(days: string, megabytes: string): GivenLimits | null {
  if (days.trim() === "" && megabytes.trim() === "") return null;
  return {
    ...(days.trim() !== "" && { days: Number(days) }),
    ...(megabytes.trim() !== "" && { max_mb: Number(megabytes) }),
  };
}
