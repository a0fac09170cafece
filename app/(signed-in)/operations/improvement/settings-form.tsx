"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FIELD } from "@/components/ui/field-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Improvement } from "@/core/shapes/improving/improvement";
import { nightly } from "@/core/words/faults";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Whether the review agent looks by itself, at which hour, and what that may cost in a day. */
export function SettingsForm({ value, again }: { value: Improvement; again: () => Promise<void> }) {
  const [isOn, setOn] = useState(value.on);
  const [hour, setHour] = useState(value.hour);
  const [cap, setCap] = useState(String(value.cap_usd));
  const { pending, outcome, run } = useAction();
  const isChanged = isOn !== value.on || hour !== value.hour || cap.trim() !== String(value.cap_usd);

  function send(event: FormEvent): void {
    event.preventDefault();
    if (pending || !isChanged) return;
    run(
      () => operate("setImprovement", { on: isOn, hour, cap_usd: Number(cap.trim() || "x") }),
      () => void again(),
    );
  }

  return (
    <Section id="when" title="When it looks">
      <form onSubmit={send} aria-label="When the review agent looks">
        <p className="py-2 text-ink-2">
          A look costs money, and sends quotations from the logs of all trees to the model's provider.
        </p>
        <div className="flex flex-wrap items-end gap-3">
          <label className={FIELD}>
            <span>Looks by itself</span>
            <select value={isOn ? "on" : "off"} onChange={(event) => setOn(event.target.value === "on")}>
              <option value="off">Off</option>
              <option value="on">On</option>
            </select>
          </label>
          <label className={FIELD}>
            <span>Nightly at</span>
            <select value={hour} onChange={(event) => setHour(Number(event.target.value))}>
              {HOURS.map((one) => (
                <option key={one} value={one}>
                  {nightly(one)}
                </option>
              ))}
            </select>
          </label>
          <label className={FIELD}>
            <span>Daily cap in $</span>
            <input
              type="text"
              inputMode="decimal"
              className="w-24"
              value={cap}
              onChange={(event) => setCap(event.target.value)}
            />
          </label>
          <Button type="submit" aria-disabled={pending || !isChanged}>
            Save
          </Button>
        </div>
        <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
      </form>
    </Section>
  );
}
