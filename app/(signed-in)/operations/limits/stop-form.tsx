"use client";

import { useState } from "react";
import { setLimits } from "@/app/actions/operations";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { ValuesForm } from "@/components/ui/forms/values-form";
import { ALERT_LEVELS, type AlertLevel } from "@/core/log/limits";
import type { Limits } from "@/core/shapes/limits";
import { LEVEL_WORDS } from "@/core/words/spending/limits";

const LEVELS = ALERT_LEVELS.map((level) => [level, LEVEL_WORDS[level]] as const);

/** When everything is paused, and from which level alerts are sent. */
export function StopForm({ value, again }: { value: Limits; again: () => Promise<void> }) {
  const [violations, setViolations] = useState(String(value.violations));
  const [minutes, setMinutes] = useState(String(value.within_minutes));
  const [from, setFrom] = useState<AlertLevel>(value.alert_from);
  const isChanged =
    violations.trim() !== String(value.violations) ||
    minutes.trim() !== String(value.within_minutes) ||
    from !== value.alert_from;
  return (
    <ValuesForm
      label="Emergency stop"
      isChanged={isChanged}
      save={() =>
        setLimits({
          violations: typedNumber(violations, Number.NaN),
          within_minutes: typedNumber(minutes, Number.NaN),
          alert_from: from,
        })
      }
      onSaved={() => void again()}
      fields={(form) => (
        <>
          <NumberField form={form} name="violations" label="Violations" value={violations} set={setViolations} />
          <NumberField form={form} name="within_minutes" label="Within minutes" value={minutes} set={setMinutes} />
          <ChoiceField form={form} name="alert_from" label="Alerts from" value={from} set={setFrom} choices={LEVELS} />
        </>
      )}
    />
  );
}
