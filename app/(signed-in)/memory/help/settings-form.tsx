"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
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
  const [isOn, setOn] = useState(memory.on);
  const [holdout, setHoldout] = useState(String(memory.holdout));
  return (
    <Section id="settings" title="Settings">
      <ValuesForm
        label="Settings of memory"
        isChanged={isOn !== memory.on || holdout.trim() !== String(memory.holdout)}
        save={() => operate("setMemory", { on: isOn, holdout: typedNumber(holdout, Number.NaN) })}
        onSaved={() => refreshPage()}
        fields={(form) => (
          <>
            <ChoiceField
              form={form}
              name="on"
              label="Tasks are shown lessons"
              value={isOn ? "on" : "off"}
              set={(word) => setOn(word === "on")}
              choices={SWITCH}
            />
            <NumberField form={form} name="holdout" label="One goal without in" value={holdout} set={setHoldout} />
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
