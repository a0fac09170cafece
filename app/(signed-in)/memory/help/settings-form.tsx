"use client";

import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { ValuesForm } from "@/components/ui/forms/values-form";
import { Hint } from "@/components/ui/hint";
import { Section } from "@/components/ui/page/section";
import type { MemorySettings } from "@/core/lessons/holdout";

const SWITCH = [
  ["on", "Yes"],
  ["off", "No"],
] as const;

/** Whether tasks are shown lessons, and how many goals run without them. */
export function SettingsForm({ memory }: { memory: MemorySettings }) {
  const { values, set, isChanged, changes } = useChanges(
    { on: memory.on, holdout: String(memory.holdout) },
    (typed) => ({ on: typed.on, holdout: typedNumber(typed.holdout, Number.NaN) }),
  );
  const { on, holdout } = values;
  return (
    <Section id="settings" title="Settings">
      <ValuesForm
        label="Settings of memory"
        isChanged={isChanged}
        save={() => operate("setMemory", changes)}
        onSaved={() => refreshPage()}
        fields={(form) => (
          <>
            <ChoiceField
              form={form}
              name="on"
              label="Tasks are shown lessons"
              value={on ? "on" : "off"}
              set={(word) => set({ on: word === "on" })}
              choices={SWITCH}
            />
            <NumberField
              form={form}
              name="holdout"
              label="One goal without in"
              value={holdout}
              set={(text) => set({ holdout: text })}
            />
          </>
        )}
      >
        <Hint>
          Goals without memory are what the others are compared with. A smaller number measures sooner; 0 holds no goal
          out, and then nothing is measured.
        </Hint>
      </ValuesForm>
    </Section>
  );
}
