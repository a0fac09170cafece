"use client";

import { type GivenLimits, setRetention } from "@/app/actions/retention";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { fieldText, NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
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

/** What the form shows, by the names of the operation. */
interface Values {
  days: string;
  max_mb: string;
  keep_goals: boolean;
  archive: boolean;
}

interface RetentionFormProps {
  retention: Retention;
  again: () => Promise<void>;
}

/** Which old trees the server removes once a day. What is typed can be previewed before it is saved. */
export function RetentionForm({ retention, again }: RetentionFormProps) {
  const { settings } = retention;
  const { values, set, isChanged, changes } = useChanges(valuesOf(settings), inputOf);
  const { days, max_mb } = values;
  return (
    <>
      <Section id="retention" title="Retention">
        <p className="text-ink-2 py-2">
          {retentionSentence(settings)} Pinned trees stay, and so do failures that nobody has opened, trees with open
          review items, and folders that a person chose.
        </p>
        <ValuesForm
          label="Retention"
          isChanged={isChanged}
          save={() => setRetention(changes)}
          onSaved={() => void again()}
          fields={(form) => <Fields form={form} values={values} set={set} fixedBy={settings.fixed_by} />}
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
        key={JSON.stringify([days, max_mb, settings.keep_goals, settings.archive])}
        limits={limitsOf(days, max_mb)}
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

function Fields({ form, values: { days, max_mb, keep_goals, archive }, set, fixedBy }: FieldsProps) {
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
        value={max_mb}
        set={(text) => set({ max_mb: text })}
        placeholder="No limit"
        isFixed={fixedBy.includes("BANYAN_RETENTION_MB")}
        width="w-32"
      />
      <ChoiceField
        form={form}
        name="keep_goals"
        label="Trees that pursued a goal"
        value={keep_goals ? "stay" : "go"}
        set={(word) => set({ keep_goals: word === "stay" })}
        choices={GOALS}
        isFixed={fixedBy.includes("BANYAN_RETENTION_GOALS")}
      />
      <ChoiceField
        form={form}
        name="archive"
        label="Archive before removing"
        value={archive ? "on" : "off"}
        set={(word) => set({ archive: word === "on" })}
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
    max_mb: fieldText(max_mb),
    keep_goals,
    archive: archive !== null,
  };
}

/** An empty field is no limit, which is stored as 0. */
function inputOf({ days, max_mb, keep_goals, archive }: Values) {
  return { days: typedNumber(days, 0), max_mb: typedNumber(max_mb, 0), keep_goals, archive };
}

/** Returns the limits as they are typed; null when none is. */
function limitsOf(days: string, max_mb: string): GivenLimits | null {
  if (days.trim() === "" && max_mb.trim() === "") return null;
  return {
    ...(days.trim() !== "" && { days: Number(days) }),
    ...(max_mb.trim() !== "" && { max_mb: Number(max_mb) }),
  };
}
