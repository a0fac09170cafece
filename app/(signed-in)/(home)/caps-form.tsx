"use client";

import type { FormEvent } from "react";
import { fieldText, NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { SpendCaps } from "@/core/shapes/status";
import { saveCaps } from "./caps-actions";

interface CapsFormProps {
  caps: SpendCaps;
  onSaved: (next: Partial<SpendCaps>) => void;
  cancel: () => void;
}

/** Form that changes the caps on money. */
export function CapsForm({ caps, onSaved, cancel }: CapsFormProps) {
  const { values, set, isChanged, changes } = useChanges(
    {
      day_usd: fieldText(caps.day_usd),
      tree_usd: fieldText(caps.tree_usd),
    },
    ({ day_usd, tree_usd }) => ({ day_usd: usdOf(day_usd), tree_usd: usdOf(tree_usd) }),
  );
  const form = useForm();
  const isFixed = caps.day_setting !== null;
  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    // It stands inside the page, not inside the form of a new task; its Enter key saves the caps only.
    event.stopPropagation();
    if (!isChanged) {
      cancel();
      return;
    }
    form.run(
      () => saveCaps(changes),
      (outcome) => outcome.ok && onSaved(changes),
    );
  }
  return (
    <form
      {...form.props}
      className="mt-1 flex flex-wrap items-end gap-2"
      aria-label="Caps on spending"
      onSubmit={onSubmit}
    >
      <NumberField
        form={form}
        name="day_usd"
        label="All trees, a day"
        value={values.day_usd}
        set={(text) => set({ day_usd: text })}
        placeholder="no cap"
        isFixed={isFixed}
        hasDecimals
      />
      <NumberField
        form={form}
        name="tree_usd"
        label="One tree"
        value={values.tree_usd}
        set={(text) => set({ tree_usd: text })}
        placeholder="no cap"
        hasDecimals
      />
      <Button type="submit" disabled={form.pending}>
        Save
      </Button>
      <Button look="quiet" onClick={cancel}>
        Cancel
      </Button>
      <div className="w-full empty:hidden">
        {form.faultsBelow()}
        <OutcomeLine outcome={form.rest} />
      </div>
      <Hint className="mt-0! w-full">
        {isFixed ? `${caps.day_setting} sets the daily cap. ` : ""}In dollars. Empty means no cap.
      </Hint>
    </form>
  );
}

/** Returns null for an empty field. The server refuses text that is no amount. */
function usdOf(text: string): number | null {
  return typedNumber(text.replace(/[$\s,_]/g, ""), null);
}
