"use client";

import { type FormEvent, useState } from "react";
import { setLimits } from "@/app/actions/operations";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { LIMIT_ACTIONS, type LimitAction } from "@/core/log/limits";
import type { LimitState } from "@/core/shapes/limits";
import { ACTION_WORDS, LIMIT_WORDS } from "@/core/words/limits";

const UNITS = { percent: "%", tokens: "tokens", usd: "$", rounds: "rounds" } as const;

interface LimitFormProps {
  limit: LimitState;
  again: () => Promise<void>;
  onClosed: () => void;
}

/** Sets one limit and what follows at it. An empty maximum is no limit. */
export function LimitForm({ limit, again, onClosed }: LimitFormProps) {
  const { name, max, max_set_by, action } = limit;
  const { pending, outcome, run } = useAction();
  const [wanted, setWanted] = useState(max === null ? "" : String(max));
  const [then, setThen] = useState<LimitAction>(action);
  const words = LIMIT_WORDS[name];

  function send(event: FormEvent): void {
    event.preventDefault();
    const text = wanted.trim();
    // NaN for anything that is no number, which the command refuses with a sentence.
    const value = text === "" ? null : Number(text);
    const change = { ...(value !== max && max_set_by === null && { max: value }), action: then };
    run(
      () => setLimits({ limits: { [name]: change } }),
      (result) => {
        if (!result.ok) return;
        void again();
        onClosed();
      },
    );
  }

  return (
    <form className="py-1" onSubmit={send} aria-label={`Limit of ${words.name}`}>
      <div className="flex flex-wrap items-end gap-3">
        <label className={FIELD}>
          <span>Limit in {UNITS[words.unit]}</span>
          <input
            type="text"
            inputMode="decimal"
            className="w-24"
            placeholder="none"
            disabled={max_set_by !== null}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </label>
        <label className={FIELD}>
          <span>At the limit</span>
          <select value={then} onChange={(event) => setThen(event.target.value as LimitAction)}>
            {LIMIT_ACTIONS.map((one) => (
              <option key={one} value={one}>
                {ACTION_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <FormActs close={onClosed} disabled={pending}>
          Save
        </FormActs>
      </div>
      <Hint>
        {max_set_by !== null
          ? `The setting ${max_set_by} sets this limit.`
          : name === "cost"
            ? "This is the daily cap of all trees. Empty: no limit."
            : "Empty: no limit."}
      </Hint>
      <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
    </form>
  );
}
