"use client";

import type { FormEvent } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { EvolutionRules } from "@/core/shapes/evolution";

const NUMBERS = [
  { name: "cycle_usd", label: "A cycle costs at most, in dollars" },
  { name: "day_usd", label: "Cycles of a day (UTC) cost at most, in dollars" },
  { name: "most_open", label: "Changes that may wait for a person" },
  { name: "least_score", label: "Least score of an insight, 0 to 1" },
  { name: "stop_after", label: "Stops after so many rejections in a row" },
] as const;
const TIMES = [
  { name: "from", label: "Quiet from", example: "08:00" },
  { name: "until", label: "Quiet until", example: "18:00" },
  { name: "zone", label: "Time zone", example: "Europe/Berlin" },
] as const;

interface RulesDialogProps {
  project: string;
  rules: EvolutionRules;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Changes what an evolution is allowed. */
export function RulesDialog({ project, rules, onClosed, onDone }: RulesDialogProps) {
  const { values, set, isChanged, changes } = useChanges(
    {
      cycle_usd: String(rules.cycle_usd),
      day_usd: String(rules.day_usd),
      most_open: String(rules.most_open),
      least_score: String(rules.least_score),
      stop_after: String(rules.stop_after),
      paths: rules.paths.join("\n"),
      quiet: rules.quiet ?? { from: "", until: "", zone: "" },
    },
    (typed) => ({
      cycle_usd: typedNumber(typed.cycle_usd, Number.NaN),
      day_usd: typedNumber(typed.day_usd, Number.NaN),
      most_open: typedNumber(typed.most_open, Number.NaN),
      least_score: typedNumber(typed.least_score, Number.NaN),
      stop_after: typedNumber(typed.stop_after, Number.NaN),
      paths: typed.paths.split("\n").filter((line) => line.trim() !== ""),
      quiet: quietOf(typed.quiet),
    }),
  );
  const { paths, quiet } = values;
  const form = useForm();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    if (!isChanged) {
      dismiss();
      return;
    }
    form.run(
      () => operate("setEvolution", { id: project, ...changes }),
      (outcome) => {
        if (!outcome.ok) return;
        dismiss();
        onDone(outcome);
      },
    );
  }
  return (
    <Modal title={`Rules of the evolution of ${project}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          {NUMBERS.map(({ name, label }) => (
            <Field key={name} form={form} name={name} label={label}>
              <input
                {...form.register(name)}
                type="text"
                inputMode="decimal"
                autoComplete="off"
                value={values[name]}
                onChange={({ target }) => set({ [name]: target.value })}
              />
            </Field>
          ))}
          <Field form={form} name="paths" label="Files that it may change, one glob a line">
            <textarea
              {...form.register("paths")}
              rows={2}
              className="field-sizing-content max-h-60 font-mono text-mono!"
              spellCheck={false}
              value={paths}
              onChange={({ target }) => set({ paths: target.value })}
            />
          </Field>
          <div className="grid grid-cols-3 gap-2 phone:grid-cols-1">
            {TIMES.map(({ name, label, example }) => (
              <Field key={name} form={form} name={`quiet.${name}`} label={label}>
                <input
                  {...form.register(`quiet.${name}`, "quiet-says")}
                  type="text"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder={example}
                  value={quiet[name]}
                  onChange={({ target }) => set({ quiet: { ...quiet, [name]: target.value } })}
                />
              </Field>
            ))}
          </div>
          <Hint className="mt-0!" id="quiet-says">
            No cycle begins in quiet hours. Leave the three fields empty for none.
          </Hint>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Save
          </FormActs>
        </form>
      )}
    </Modal>
  );
}

function quietOf({ from, until, zone }: NonNullable<EvolutionRules["quiet"]>): EvolutionRules["quiet"] {
  const quiet = { from: from.trim(), until: until.trim(), zone: zone.trim() };
  return Object.values(quiet).every((text) => text === "") ? null : quiet;
}
