"use client";

import { type FormEvent, useState } from "react";
import { setLimits } from "@/app/actions/operations";
import { FIELD } from "@/components/ui/field-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { ALERT_LEVELS, type AlertLevel } from "@/core/log/limits";
import type { Limits } from "@/core/shapes/limits";
import { LEVEL_WORDS } from "@/core/words/limits";

/** When everything is paused, and from which level alerts are sent. */
export function StopForm({ value, again }: { value: Limits; again: () => Promise<void> }) {
  const { pending, outcome, run } = useAction();
  const [violations, setViolations] = useState(String(value.violations));
  const [minutes, setMinutes] = useState(String(value.within_minutes));
  const [from, setFrom] = useState<AlertLevel>(value.alert_from);
  const isChanged =
    violations.trim() !== String(value.violations) ||
    minutes.trim() !== String(value.within_minutes) ||
    from !== value.alert_from;

  function send(event: FormEvent): void {
    event.preventDefault();
    if (pending || !isChanged) return;
    const change = { violations: number(violations), within_minutes: number(minutes), alert_from: from };
    run(
      () => setLimits(change),
      () => void again(),
    );
  }

  return (
    <form onSubmit={send} aria-label="Emergency stop">
      <div className="flex flex-wrap items-end gap-3">
        <label className={FIELD}>
          <span>Violations</span>
          <input
            type="text"
            inputMode="numeric"
            className="w-24"
            value={violations}
            onChange={(event) => setViolations(event.target.value)}
          />
        </label>
        <label className={FIELD}>
          <span>Within minutes</span>
          <input
            type="text"
            inputMode="numeric"
            className="w-24"
            value={minutes}
            onChange={(event) => setMinutes(event.target.value)}
          />
        </label>
        <label className={FIELD}>
          <span>Alerts from</span>
          <select value={from} onChange={(event) => setFrom(event.target.value as AlertLevel)}>
            {ALERT_LEVELS.map((level) => (
              <option key={level} value={level}>
                {LEVEL_WORDS[level]}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" aria-disabled={pending || !isChanged}>
          Save
        </Button>
      </div>
      <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
    </form>
  );
}

/** NaN for anything that is no number, which the command refuses with a sentence. */
function number(text: string): number {
  return Number(text.trim() || "x");
}
