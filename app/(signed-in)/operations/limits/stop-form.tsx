"use client";

import { setLimits } from "@/app/actions/operations";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { ValuesForm } from "@/components/ui/forms/values-form";
import { ALERT_LEVELS } from "@/core/log/limits";
import type { Limits } from "@/core/shapes/limits";
import { LEVEL_WORDS } from "@/core/words/spending/limits";

const LEVELS = ALERT_LEVELS.map((level) => [level, LEVEL_WORDS[level]] as const);

/** When everything is paused, and from which level alerts are sent. */
export function StopForm({ value, again }: { value: Limits; again: () => Promise<void> }) {
  const { values, set, isChanged, changes } = useChanges(
    {
      violations: String(value.violations),
      within_minutes: String(value.within_minutes),
      alert_from: value.alert_from,
    },
    (typed) => ({
      ...typed,
      violations: typedNumber(typed.violations, Number.NaN),
      within_minutes: typedNumber(typed.within_minutes, Number.NaN),
    }),
  );
  const { violations, within_minutes, alert_from } = values;
  return (
    <ValuesForm
      label="Emergency stop"
      isChanged={isChanged}
      save={() => setLimits(changes)}
      onSaved={() => void again()}
      fields={(form) => (
        <>
          <NumberField
            form={form}
            name="violations"
            label="Violations"
            value={violations}
            set={(text) => set({ violations: text })}
          />
          <NumberField
            form={form}
            name="within_minutes"
            label="Within minutes"
            value={within_minutes}
            set={(text) => set({ within_minutes: text })}
          />
          <ChoiceField
            form={form}
            name="alert_from"
            label="Alerts from"
            value={alert_from}
            set={(level) => set({ alert_from: level })}
            choices={LEVELS}
          />
        </>
      )}
    />
  );
}
