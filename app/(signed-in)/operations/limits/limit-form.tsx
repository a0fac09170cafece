"use client";

import type { FormEvent } from "react";
import { setLimits } from "@/app/actions/operations";
import { FormActs } from "@/components/ui/form-acts";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { fieldText, NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { LIMIT_ACTIONS } from "@/core/log/limits";
import type { LimitState } from "@/core/shapes/limits";
import { ACTION_WORDS, LIMIT_WORDS } from "@/core/words/spending/limits";

const UNITS = { percent: "%", tokens: "tokens", usd: "$", rounds: "rounds" } as const;
const ACTIONS = LIMIT_ACTIONS.map((action) => [action, ACTION_WORDS[action]] as const);

interface LimitFormProps {
  limit: LimitState;
  again: () => Promise<void>;
  onClosed: () => void;
}

/** Sets one limit and its action. An empty maximum is no limit. */
export function LimitForm({ limit, again, onClosed }: LimitFormProps) {
  const { name, max, max_set_by, action } = limit;
  const form = useForm();
  const { pending, rest, run } = form;
  const { values, set, isChanged, changes } = useChanges({ max: fieldText(max), action }, (typed) => ({
    max: typedNumber(typed.max, null),
    action: typed.action,
  }));
  const words = LIMIT_WORDS[name];

  function send(event: FormEvent): void {
    event.preventDefault();
    if (!isChanged) {
      onClosed();
      return;
    }
    run(
      () => setLimits({ limits: { [name]: changes } }),
      (result) => {
        if (!result.ok) return;
        void again();
        onClosed();
      },
    );
  }

  return (
    <form {...form.props} className="py-1" onSubmit={send} aria-label={`Limit of ${words.name}`}>
      <div className="flex flex-wrap items-end gap-3">
        <NumberField
          form={form}
          name={`limits.${name}.max`}
          label={`Limit in ${UNITS[words.unit]}`}
          value={values.max}
          set={(text) => set({ max: text })}
          placeholder="none"
          isFixed={max_set_by !== null}
          hasDecimals
        />
        <ChoiceField
          form={form}
          name={`limits.${name}.action`}
          label="At the limit"
          value={values.action}
          set={(chosen) => set({ action: chosen })}
          choices={ACTIONS}
        />
        <FormActs close={onClosed} disabled={pending}>
          Save
        </FormActs>
      </div>
      {form.faultsBelow()}
      <Hint>
        {max_set_by !== null
          ? `The setting ${max_set_by} sets this limit.`
          : name === "cost"
            ? "This is the daily cap of all trees. Empty: no limit."
            : "Empty: no limit."}
      </Hint>
      <OutcomeLine outcome={rest?.ok === false ? rest : null} />
    </form>
  );
}
