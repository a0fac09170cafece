"use client";

import { operate } from "@/app/operate";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { ValuesForm } from "@/components/ui/forms/values-form";
import { Section } from "@/components/ui/page/section";
import type { Improvement } from "@/core/shapes/improving/improvement";
import { nightly } from "@/core/words/faults";

const HOURS = Array.from({ length: 24 }, (_, hour) => [hour, nightly(hour)] as const);
const SWITCH = [
  ["off", "Off"],
  ["on", "On"],
] as const;

/** Whether the review agent looks by itself, at which hour, and what that may cost in a day. */
export function SettingsForm({ value, again }: { value: Improvement; again: () => Promise<void> }) {
  const saved = { on: value.on, hour: value.hour, cap_usd: String(value.cap_usd) };
  const { values, set, isChanged, changes } = useChanges(saved, (typed) => ({
    ...typed,
    cap_usd: typedNumber(typed.cap_usd, Number.NaN),
  }));
  const { on, hour, cap_usd } = values;
  return (
    <Section id="when" title="When it looks">
      <p className="py-2 text-ink-2">
        A look costs money, and sends quotations from the logs of all trees to the model's provider.
      </p>
      <ValuesForm
        label="When the review agent looks"
        isChanged={isChanged}
        save={() => operate("setImprovement", changes)}
        onSaved={() => void again()}
        fields={(form) => (
          <>
            <ChoiceField
              form={form}
              name="on"
              label="Looks by itself"
              value={on ? "on" : "off"}
              set={(word) => set({ on: word === "on" })}
              choices={SWITCH}
            />
            <ChoiceField
              form={form}
              name="hour"
              label="Nightly at"
              value={hour}
              set={(chosen) => set({ hour: chosen })}
              choices={HOURS}
            />
            <NumberField
              form={form}
              name="cap_usd"
              label="Daily cap in $"
              value={cap_usd}
              set={(text) => set({ cap_usd: text })}
              hasDecimals
            />
          </>
        )}
      />
    </Section>
  );
}
